import type { ServiceType } from './explain.ts';
import type { Session } from './session.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface ListCall {
  readonly service: ServiceType;
  /** `/lbaas/loadbalancers` */
  readonly path: string;
  /** Under which the answer has them: `loadbalancers`. */
  readonly key: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subject: string;
}

/** Objects a page, unless a test wants fewer. */
export const usualPageSize = 200;

/**
 * All objects of a list. By markers of our own: of Octavia's links to the next page each loses the filters, and may
 * lead to another host or to an error.
 */
export async function listAll<T extends { readonly id: string }>(
  session: Session,
  call: ListCall,
  pageSize: number,
): Promise<T[]> {
  const found: T[] = [];
  for (let marker: string | undefined; ;) {
    const page = await readPage(session, call, { limit: pageSize, marker });
    // The object that the last page ended with is gone: from the beginning.
    if (!page) return listAll(session, call, pageSize);
    found.push(...(page.items as readonly T[]));
    const last = page.items.at(-1)?.id;
    if (last === undefined || last === marker || !page.more) return found;
    marker = last;
  }
}

async function readPage(
  session: Session,
  { service, path, key, query, headers = {}, subject }: ListCall,
  { limit, marker }: { readonly limit: number; readonly marker: string | undefined },
): Promise<{ readonly items: readonly { readonly id: string }[]; readonly more: boolean } | undefined> {
  const { status, body } = await session.call({
    service,
    method: 'GET',
    path: `${path}${queryOf({ ...query, limit, marker })}`,
    headers,
    subject,
    allow: marker === undefined ? [] : [400, 404],
  });
  if (status >= 400) return undefined;
  const { [key]: items = [], [`${key}_links`]: links = [] } = body as Record<string, readonly unknown[]>;
  // A server may give fewer a page than it is asked for, and then says that there are more.
  const linked = (links as readonly { readonly rel?: string }[]).some(({ rel }) => rel === 'next');
  return { items: items as readonly { readonly id: string }[], more: linked || items.length >= limit };
}

/** `?name=a&tags=b&tags=c`; empty where nothing is given. */
function queryOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly string[]) : [value]).flatMap((one) =>
      one === undefined ? [] : [[name, String(one)] as [string, string]],
    ),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
