import type { Cloud } from './clouds/load.ts';
import type { Exchange } from './exchange.ts';
import { explainNonsense } from './explain.ts';

/** A token with what Keystone says of it. */
export interface Token {
  readonly id: string;
  /** Of this machine's clock, in milliseconds: from then on it is renewed before it is used. */
  readonly renewAt: number;
  readonly project: { readonly id: string; readonly name: string } | undefined;
  readonly roles: readonly string[];
  readonly catalog: readonly CatalogService[];
}

/** A service of the catalogue (Identity API v3, "Service catalog"). */
export interface CatalogService {
  readonly type: string;
  readonly name?: string | null;
  readonly endpoints?: readonly {
    readonly interface: string;
    readonly region_id?: string | null;
    readonly region?: string | null;
    readonly url?: string | null;
  }[];
}

interface TokenBody {
  readonly token: {
    readonly issued_at: string;
    readonly expires_at: string;
    readonly project?: { readonly id: string; readonly name: string };
    readonly roles?: readonly { readonly name: string }[];
    readonly catalog?: readonly CatalogService[];
  };
}

/** `GET /`: either form, by whether the address has a version in it. */
interface Versions {
  readonly versions?: { readonly values?: readonly Version[] } | readonly Version[];
  readonly version?: Version;
}

interface Version {
  readonly id: string;
  readonly links?: readonly { readonly rel: string; readonly href: string }[];
}

/** A token is renewed this long before its end, as keystoneauth does it; a short-lived one in its last quarter. */
const marginMs = 120_000;

/** Where Keystone's v3 is: `auth_url` itself, or as it says there. */
export async function identityUrl(
  exchange: Exchange,
  { credentials }: Pick<Cloud, 'credentials'>,
): Promise<string> {
  // Some clouds still write the version of long ago.
  const authUrl = credentials.authUrl.replace(/\/v2\.0$/, '');
  if (authUrl.endsWith('/v3')) return authUrl;
  const { body } = await exchange.send({
    service: 'identity',
    method: 'GET',
    url: authUrl,
    subject: 'its versions',
    // Several choices: that is what is asked for.
    allow: [300],
  });
  const { versions, version } = (body ?? {}) as Versions;
  const known = Array.isArray(versions)
    ? (versions as readonly Version[])
    : (versionsIn(versions) ?? [version]);
  const href = known
    .find((each) => each?.id.startsWith('v3'))
    ?.links?.find(({ rel }) => rel === 'self')?.href;
  return href === undefined ? `${authUrl}/v3` : asSafeAs(authUrl, new URL(href, `${authUrl}/`));
}

function versionsIn(versions: Versions['versions']): readonly Version[] | undefined {
  return versions && 'values' in versions ? (versions.values as readonly Version[]) : undefined;
}

/** Behind a TLS proxy Keystone may tell an address without TLS: no password goes there. */
function asSafeAs(authUrl: string, found: URL): string {
  const downgraded = authUrl.startsWith('https:') && found.protocol !== 'https:';
  const { origin } = downgraded ? new URL(authUrl) : found;
  return `${origin}${found.pathname}`.replace(/\/+$/, '');
}

/** Asks for a token (`POST /v3/auth/tokens`). */
export async function requestToken(
  exchange: Exchange,
  url: string,
  { identity, scope, who }: Cloud['credentials'],
): Promise<Token> {
  const begun = Date.now();
  const asked = {
    service: 'identity',
    method: 'POST',
    url: `${url}/auth/tokens`,
    subject: `a token for ${who}`,
  } as const;
  const auth = { identity, ...(scope ? { scope } : {}) };
  const { headers, body } = await exchange.send({ ...asked, body: { auth }, mayRepeat: true });
  const id = headers.get('x-subject-token');
  const { token } = (body ?? {}) as Partial<TokenBody>;
  if (!id || !token) throw explainNonsense(JSON.stringify(body), asked, exchange.context);
  // By the difference of Keystone's own times: its clock may be another than ours.
  const lifetime = Date.parse(token.expires_at) - Date.parse(token.issued_at);
  return {
    id,
    renewAt: begun + lifetime - Math.min(marginMs, lifetime / 4),
    project: token.project && { id: token.project.id, name: token.project.name },
    roles: (token.roles ?? []).map(({ name }) => name),
    catalog: token.catalog ?? [],
  };
}
