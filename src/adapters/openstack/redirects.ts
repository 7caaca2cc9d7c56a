import { type Asked, type Context, OpenstackError, serviceNames } from './explain.ts';
import type { Fetch, FetchInit } from './http.ts';

/** As many as keystoneauth follows (`DEFAULT_REDIRECT_LIMIT`). */
const mostRedirects = 30;

/** 303 asks for another method, and none of the services sends it. */
const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * Follows a service that has moved: with the same method, as keystoneauth does, for it is the same call.
 *
 * @throws OpenstackError where it leads from TLS to none, in circles, or nowhere.
 */
export async function fetchAt(
  fetch: Fetch,
  init: FetchInit,
  asked: Asked,
  context: Context,
): Promise<Response> {
  let url = asked.url;
  for (let followed = 0; ; followed++) {
    const response = await fetch(url, init);
    if (!redirects.has(response.status)) return response;
    const location = response.headers.get('location');
    const next = location && URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (!next || !/^https?:$/.test(next.protocol))
      throw astray(asked, context, `answers ${response.status} and does not say where it has moved`);
    if (url.startsWith('https:') && next.protocol !== 'https:')
      throw astray(asked, context, `leads to ${withoutQuery(next)}, which has no TLS`);
    if (followed === mostRedirects)
      throw astray(asked, context, `leads on and on, last to ${withoutQuery(next)}`);
    url = next.href;
  }
}

function withoutQuery({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function astray({ service, url }: Asked, { cloud }: Context, does: string): OpenstackError {
  const key = service === 'identity' ? 'auth_url' : `${service.replaceAll('-', '_')}_endpoint_override`;
  const problem = {
    what: `${serviceNames[service]} of the cloud ${cloud.name} ${does}.`,
    where: withoutQuery(new URL(url)),
    fix: `Nothing was sent there. Write the address that it has now as \`${key}\` into clouds.yaml, or ask those who run the cloud.`,
  };
  return new OpenstackError(problem, {
    service,
    refusal: 'other',
    status: undefined,
    requestId: undefined,
  });
}
