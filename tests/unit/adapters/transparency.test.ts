import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askLogs, loggedAges } from '../../../src/adapters/cluster/certificates/transparency.ts';

const domain = 'hub.course-lab.org';
let server: Server | undefined;
afterEach(() => server?.close());

/** A search that gives this answer. */
async function search(status: number, body: unknown): Promise<string> {
  server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function entry(serial: string, daysAgo: number, rest: object = {}): object {
  const time = new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 23);
  return {
    serial_number: serial,
    name_value: domain,
    issuer_name: "C=US, O=Let's Encrypt, CN=R11",
    entry_timestamp: time,
    ...rest,
  };
}

describe('the public logs of certificates', () => {
  test('tell of each certificate of the last week for the very name once', async () => {
    const from = await search(200, [
      entry('a', 2),
      entry('a', 2),
      entry('b', 6),
      entry('c', 8),
      entry('d', 1, { name_value: `www.${domain}\n${domain}` }),
      entry('e', 1, { issuer_name: 'C=GB, O=Sectigo Limited' }),
    ]);
    const ages = await askLogs(domain, from, {});
    expect(ages?.map((age) => Math.round(age / 86_400))).toEqual([6, 2]);
  });

  test.each([
    ['are not there', 502, 'Bad Gateway'],
    ['say something else', 200, { error: 'busy' }],
  ])('count for nothing where they %s', async (_what, status, body) => {
    expect(await askLogs(domain, await search(status, body), {})).toBeUndefined();
  });

  test('are asked by way of the proxy of the environment', async () => {
    const proxy = await search(200, [entry('a', 3)]);
    const ages = await askLogs(domain, 'http://logs.course-lab.org/', { HTTP_PROXY: proxy });
    expect(ages?.map((age) => Math.round(age / 86_400))).toEqual([3]);
  });

  test('know nothing of other servers, and are not asked', async () => {
    expect(
      await loggedAges({ domain, authority: 'acme-staging-v02.api.letsencrypt.org' }, {}),
    ).toBeUndefined();
  });
});
