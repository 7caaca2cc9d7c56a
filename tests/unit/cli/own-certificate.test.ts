import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runIn } from './run.ts';

let folder: string;

function openssl(...words: string[]): void {
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });
}

/** A certificate that `by` has signed, with its key. */
function certificate(name: string, by: string, days = 90): void {
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${name}`);
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-days',
    String(days),
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  );
}

function concatenate(to: string, ...parts: string[]): void {
  writeFileSync(join(folder, to), parts.map((part) => readFileSync(join(folder, part), 'utf8')).join(''));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-own-'));
  for (const root of ['root', 'stranger'])
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '400',
      '-subj',
      `/CN=${root}`,
      '-keyout',
      `${root}.key`,
      '-out',
      `${root}.pem`,
    );
  certificate('hub.course-lab.org', 'root');
  certificate('late.course-lab.org', 'root', 10);
  concatenate('whole.pem', 'hub.course-lab.org.pem', 'root.pem');
  concatenate('mixed.pem', 'hub.course-lab.org.pem', 'stranger.pem');
  concatenate('late.pem', 'late.course-lab.org.pem', 'root.pem');
  writeFileSync(join(folder, 'no.pem'), 'nothing of the kind');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Given {
  readonly file: string;
  readonly key?: string;
  readonly domain?: string;
}

async function check({ file, key = 'hub.course-lab.org.key', domain = 'hub.course-lab.org' }: Given) {
  writeFileSync(
    join(folder, 'hub.yaml'),
    `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: test, namespace: jupyterhub }
    auth: { accounts: { admins: [alex] } }
    address: { domain: ${domain} }
    https: { files: { certificate: ${file}, key: { fromFile: ${key} } } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/a:1, memory: { limit: 1.8G } }
`,
  );
  const { stdout, exitCode } = await runIn(folder, ['check', '--json']);
  const { problems } = JSON.parse(stdout) as { problems: { code: string; line?: number }[] };
  return { codes: problems.map(({ code }) => code), exitCode };
}

describe('check of a certificate in files', () => {
  test('takes one that fits its key, its name and its chain', async () => {
    expect(await check({ file: 'whole.pem' })).toEqual({ codes: [], exitCode: 0 });
  });

  test.each<[code: string, given: Given, exitCode: number]>([
    ['certificate-missing', { file: 'nowhere.pem' }, 2],
    ['certificate-missing', { file: 'no.pem' }, 2],
    ['certificate-other-key', { file: 'whole.pem', key: 'root.key' }, 2],
    ['certificate-other-name', { file: 'whole.pem', domain: 'other.course-lab.org' }, 2],
    ['certificate-chain', { file: 'hub.course-lab.org.pem' }, 0],
    ['certificate-chain', { file: 'mixed.pem' }, 0],
    [
      'certificate-ends-soon',
      { file: 'late.pem', key: 'late.course-lab.org.key', domain: 'late.course-lab.org' },
      0,
    ],
  ])('says %s', async (code, given, exitCode) => {
    expect(await check(given)).toEqual({ codes: [code], exitCode });
  });

  test('needs no key', async () => {
    expect(await check({ file: 'whole.pem', key: 'nowhere.key' })).toEqual({ codes: [], exitCode: 0 });
  });
});
