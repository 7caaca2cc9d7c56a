import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { realHelm } from '../../support/helm-test.ts';
import { miniChart } from '../../support/helm.ts';
import { type Ran, runIn } from './run.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async ({ skip }) => {
  folder = await mkdtemp(join(tmpdir(), 'hubwright-charts-'));
  const { path } = await realHelm(3, skip);
  env = { ...process.env, HUBWRIGHT_HELM: path, XDG_CACHE_HOME: join(folder, 'cache') };
  await write('');
});
afterEach(() => rm(folder, { recursive: true }));

/** A file with two clusters, whose charts are the miniature ones. */
function write(helmValues: string): Promise<void> {
  return writeFile(
    join(folder, 'hub.yaml'),
    `name: course
defaults:
  auth: { accounts: { admins: [alex] } }
  profiles: { standard: { displayName: Python, default: true, image: 'example.org/python:1' } }
  charts:
    jupyterhub: { source: ${miniChart('jupyterhub')} }
    longhorn: { source: ${miniChart('longhorn')} }
environments:
  local: { target: local }
  training:
    target: kubernetes
    kubernetes: { context: rig }
${helmValues}`,
  );
}

const hubwright = (...argv: string[]): Promise<Ran> => runIn(folder, argv, { env });
const lockFile = (): Promise<string> => readFile(join(folder, 'hub.lock.yaml'), 'utf8');

describe('charts', () => {
  test('lock writes each chart once, and a second time changes nothing', async () => {
    const first = await hubwright('charts', 'lock');
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('Wrote hub.lock.yaml: commit it.');
    const text = await lockFile();
    expect(text.match(/digest: sha256:[0-9a-f]{64}\n/g)).toHaveLength(2);
    const second = await hubwright('charts', 'lock');
    expect(second.stdout).toContain('hub.lock.yaml has all of them already.');
    expect(await lockFile()).toBe(text);
    expect((await hubwright('charts', 'update')).stdout).toContain('Nothing is newer.');
    const out = await hubwright('charts', 'pull', '--out', 'out');
    expect(out.stdout).toContain('All of them are folders: there is nothing to fetch.');
  });

  test('update shows what was and what is, for those charts alone', async () => {
    await hubwright('charts', 'lock');
    const text = await lockFile();
    const before = /jupyterhub:[^]*?digest: (\S+)/.exec(text)?.[1] ?? '';
    await writeFile(join(folder, 'hub.lock.yaml'), text.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)));
    const { exitCode, stdout } = await hubwright('charts', 'update', 'jupyterhub', '--json');
    expect(exitCode).toBe(0);
    const { charts } = JSON.parse(stdout) as {
      charts: { chart: string; digest: string; before: { digest: string } }[];
    };
    const zero = `sha256:${'0'.repeat(64)}`;
    expect(
      Object.fromEntries(charts.map(({ chart, digest, before: old }) => [chart, [digest, old.digest]])),
    ).toEqual({ jupyterhub: [before, zero], longhorn: [zero, zero] });
  });

  test('unknown words and charts', async () => {
    expect(await hubwright('charts', 'fetch')).toMatchObject({ exitCode: 2 });
    const { exitCode, stderr } = await hubwright('charts', 'update', 'traefik');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('jupyterhub, longhorn, monitoring');
  });
});

describe('images', () => {
  test('every image of the environment, one a line', async () => {
    await hubwright('charts', 'lock');
    const { exitCode, stdout } = await hubwright('images', 'training');
    expect(exitCode).toBe(0);
    const images = stdout.trimEnd().split('\n');
    expect(images).toEqual([...new Set(images)].toSorted());
    expect(images).toContain('example.org/python:1');
    expect(images.length).toBeGreaterThan(3);
  });

  test('without a lock file it says how to make one', async () => {
    const { exitCode, stderr } = await hubwright('images', 'training');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('hubwright charts lock');
  });

  test('values that the chart refuses are shown where they are written', async () => {
    await hubwright('charts', 'lock');
    await write('    helmValues: { jupyterhub: { hub: { sizee: 3 } } }\n');
    const { exitCode, stderr } = await hubwright('images', 'training');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'hub.yaml:13:40 error  JupyterHub chart, `hub.sizee`: the chart knows no `sizee` here',
    );
  });

  test('a chart that changed stops it', async () => {
    await hubwright('charts', 'lock');
    const text = await lockFile();
    await writeFile(join(folder, 'hub.lock.yaml'), text.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)));
    const { exitCode, stderr } = await hubwright('images', 'training');
    expect(exitCode).toBe(1);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('is not the one that was locked');
  });
});
