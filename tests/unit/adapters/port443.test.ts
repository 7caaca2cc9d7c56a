import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, createServer as createTls } from 'node:tls';
import { type TestContext, afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askPort443 } from '../../../src/adapters/cluster/certificates/port443.ts';

const host = '127.44.3.1';
const domain = 'hub.course-lab.org';
let folder: string;
let pair: { readonly cert: string; readonly key: string };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-port443-'));
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 40 -keyout key.pem -out cert.pem';
  const names = ['-subj', '/O=Test', '-addext', `subjectAltName=DNS:${domain}`];
  execFileSync('openssl', [...words.split(' '), ...names], { cwd: folder, stdio: 'ignore' });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  pair = { cert: read('cert.pem'), key: read('key.pem') };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What comes of asking a server on port 443. */
async function asked(
  server: ReturnType<typeof createPlain>,
  skip: TestContext['skip'],
  name: string | undefined = domain,
) {
  server.listen(443, host);
  const failed = await once(server, 'listening').then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (failed === 'EACCES') return skip('this user may not listen on port 443');
  try {
    return await askPort443(host, name);
  } finally {
    server.close();
  }
}

describe('port 443', () => {
  test('shows its certificate, whoever has signed it, and whether it is for the name', async ({ skip }) => {
    expect(await asked(createTls(pair), skip)).toMatchObject({
      address: host,
      shown: { names: [domain], issuer: 'Test', coversDomain: true },
    });
    expect(await asked(createTls(pair), skip, 'other.course-lab.org')).toMatchObject({
      shown: { coversDomain: false },
    });
  });

  test('is asked by name, and may have nothing for it, as traefik with sniStrict', async ({ skip }) => {
    const strict = createTls({
      SNICallback: (name, done) =>
        name === domain ? done(null, createSecureContext(pair)) : done(new Error('unknown')),
    });
    expect(await asked(strict, skip)).toMatchObject({ shown: { names: [domain] } });
    expect(await asked(createTls({}), skip)).toEqual({
      address: host,
      problem: expect.stringMatching(/^it refuses to speak TLS for that name \(/),
      reached: true,
    });
  });

  test('may speak something else than TLS', async ({ skip }) => {
    const plain = createPlain((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await asked(plain, skip)).toMatchObject({ problem: expect.any(String), reached: true });
  });

  test('may be closed', async () => {
    expect(await askPort443(host, domain)).toEqual({
      address: host,
      problem: 'the connection is refused',
      reached: false,
    });
  });
});
