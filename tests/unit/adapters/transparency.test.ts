import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askLogs, publicLogs } from '../../../src/adapters/cluster/certificates/transparency.ts';

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

async function daysAndIssuers(from: string, env: NodeJS.ProcessEnv = {}) {
  const logs = await askLogs(domain, from, env);
  if ('notSeen' in logs) throw new Error(logs.notSeen);
  const days = (at: string): number => Math.round((Date.now() - Date.parse(at)) / 86_400_000);
  return logs.found.map(({ at, issuer, names }) => [days(at), issuer, names]);
}

describe('the public logs of certificates', () => {
  test('tell of each certificate with the name once, newest first', async () => {
    const from = await search(200, [
      entry('a', 2),
      entry('a', 2),
      entry('b', 6),
      entry('c', 8, { name_value: `other.${domain}` }),
      entry('d', 1, { name_value: `www.${domain}\n${domain}` }),
      entry('e', 3, { issuer_name: 'C=GB, O=Sectigo Limited' }),
    ]);
    expect(await daysAndIssuers(from)).toEqual([
      [1, "Let's Encrypt", [`www.${domain}`, domain]],
      [2, "Let's Encrypt", [domain]],
      [3, 'Sectigo Limited', [domain]],
      [6, "Let's Encrypt", [domain]],
    ]);
  });

  test.each([
    ['are not there', 502, 'Bad Gateway'],
    ['say something else', 200, { error: 'busy' }],
  ])('are not seen where they %s', async (_what, status, body) => {
    expect(await askLogs(domain, await search(status, body), {})).toEqual({ notSeen: expect.any(String) });
  });

  test('are asked by way of the proxy of the environment', async () => {
    const proxy = await search(200, [entry('a', 3)]);
    expect(await daysAndIssuers('http://logs.course-lab.org/', { HTTP_PROXY: proxy })).toEqual([
      [3, "Let's Encrypt", [domain]],
    ]);
  });

  test('know nothing of other servers, and are not asked', async () => {
    expect(
      await publicLogs({ domain, authority: 'acme-staging-v02.api.letsencrypt.org' }, {}),
    ).toBeUndefined();
  });
});
