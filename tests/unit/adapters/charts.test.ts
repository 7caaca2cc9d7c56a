import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Charts, openCharts } from '../../../src/adapters/charts/charts.ts';
import { run } from '../../../src/adapters/processes.ts';
import { wantedChart } from '../../../src/config/charts/wanted.ts';
import { realHelm } from '../../support/helm-test.ts';
import { parts } from '../../support/parts.ts';
import { freePorts } from '../../support/cluster/processes.ts';
import { ChartRepository, packed, tinyChart } from '../../support/tiny-chart.ts';

let folder: string;
let repository: ChartRepository | undefined;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hubwright-charts-'))));
afterEach(async () => {
  repository?.stop();
  repository = undefined;
  await rm(folder, { recursive: true });
});

function wanted(source: string, version?: string) {
  return wantedChart(
    { charts: { jupyterhub: { source, ...(version === undefined ? {} : { version }) } } },
    'jupyterhub',
  );
}

describe.each([3, 4] as const)('charts, with Helm %i', (major) => {
  async function open(skip: TestContext['skip']): Promise<{ charts: Charts; helm: string }> {
    const { path } = await realHelm(major, skip);
    const home = join(folder, 'helm');
    const env = {
      ...process.env,
      HUBWRIGHT_HELM: path,
      XDG_CACHE_HOME: join(folder, 'cache'),
      HELM_CACHE_HOME: home,
      HELM_CONFIG_HOME: home,
      HELM_DATA_HOME: home,
    };
    await mkdir(join(folder, 'course'), { recursive: true });
    const configFile = join(folder, 'course', 'hub.yaml');
    return { charts: openCharts({ env, configFile, report: () => undefined }), helm: path };
  }

  async function serve(helm: string): Promise<ChartRepository> {
    repository = new ChartRepository(helm, join(folder, 'repository'));
    await repository.start();
    await repository.add(await tinyChart(folder, '4.4.0'));
    return repository;
  }

  test('from a repository: locked, fetched once, and then without the network', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url, asked } = await serve(helm);
    const one = wanted(url);
    const locked = await charts.resolve(one);
    expect(locked).toMatchObject({ chart: 'jupyterhub', asked: 'default', version: '4.4.0', source: url });
    await charts.writeLock([locked]);
    expect(await charts.readLock()).toEqual([locked]);
    repository?.stop();
    const before = asked.length;
    const path = await charts.open(one, locked);
    expect(await readFile(path)).toEqual(await readFile(join(folder, 'repository', 'jupyterhub-4.4.0.tgz')));
    expect(asked).toHaveLength(before);
    expect(await readdir(join(folder, 'cache', 'hubwright', 'charts'))).toHaveLength(1);
  });

  test('a chart that changed behind its version stops everything', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    const locked = await charts.resolve(wanted(url));
    await repository?.add(await tinyChart(folder, '4.4.0', 'other'));
    await rm(join(folder, 'cache'), { recursive: true });
    await expect(charts.open(wanted(url), locked)).rejects.toMatchObject({
      what: 'The chart jupyterhub 4.4.0 is not the one that was locked. Nothing was changed.',
      where: url,
      fix: expect.stringContaining('`hubwright charts update jupyterhub`') as string,
      details: expect.stringMatching(/^expected sha256:[0-9a-f]{64}\ngot {6}sha256:[0-9a-f]{64}$/) as string,
    });
  });

  test('a cached chart that was damaged is fetched again', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    const locked = await charts.resolve(wanted(url));
    const path = await charts.open(wanted(url), locked);
    const whole = await readFile(path);
    await writeFile(path, 'damaged');
    expect(await readFile(await charts.open(wanted(url), locked))).toEqual(whole);
  });

  test('a version that is not there', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    await expect(charts.resolve(wanted(url, '9.9.9'))).rejects.toMatchObject({
      what: 'There is no chart jupyterhub 9.9.9 there.',
      where: url,
    });
  });

  test('a repository that is none, and one that is away', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    await expect(charts.resolve(wanted(`${url}/elsewhere`))).rejects.toMatchObject({
      what: 'There is no chart jupyterhub 4.4.0 there.',
    });
    repository?.stop();
    await expect(charts.resolve(wanted(`${url}/away`))).rejects.toMatchObject({
      what: 'The chart jupyterhub 4.4.0 cannot be fetched: its server cannot be reached.',
      fix: expect.stringContaining('charts pull --out') as string,
    });
  });

  test('a .tgz at an address', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    const locked = await charts.resolve(wanted(`${url}/jupyterhub-4.4.0.tgz`));
    expect(locked.version).toBe('4.4.0');
  });

  test('a .tgz and a folder beside hub.yaml, each with its own version', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const chart = await tinyChart(join(folder, 'course'), '4.5.0');
    const archive = await packed(helm, chart, join(folder, 'course', 'charts'));
    const file = wanted('charts/jupyterhub-4.5.0.tgz');
    const locked = await charts.resolve(file);
    expect(locked.version).toBe('4.5.0');
    expect(await readFile(await charts.open(file, locked))).toEqual(await readFile(archive));
    const inFolder = wanted('chart-4.5.0');
    const lockedFolder = await charts.resolve(inFolder);
    expect(await charts.open(inFolder, lockedFolder)).toBe(chart);
    await writeFile(join(chart, 'templates', 'more.yaml'), '# edited\n');
    await expect(charts.open(inFolder, lockedFolder)).rejects.toMatchObject({
      what: 'The chart jupyterhub 4.5.0 is not the one that was locked. Nothing was changed.',
    });
    await expect(charts.resolve(wanted('chart-4.5.0', '4.4.0'))).rejects.toMatchObject({
      what: 'The chart there has version 4.5.0, and hub.yaml asks for 4.4.0.',
    });
    await expect(charts.resolve(wanted('charts'))).rejects.toMatchObject({
      what: 'There is no chart there for jupyterhub.',
    });
  });

  test('the locked charts of an environment, and copies for a site without a network', async ({ skip }) => {
    const { charts, helm } = await open(skip);
    const { url } = await serve(helm);
    const locked = await charts.resolve(wanted(url));
    await charts.writeLock([locked]);
    const environment = { charts: { jupyterhub: { source: url } } } as Parameters<Charts['locked']>[0];
    const found = await charts.locked(environment);
    expect(Object.keys(found)).toEqual(['jupyterhub']);
    expect(found.jupyterhub).toMatchObject({ version: '4.4.0', digest: locked.digest.slice(7, 70) });
    expect(await found.jupyterhub?.path()).toContain(locked.digest.slice(7));
    const copy = await charts.copy(wanted(url), locked, join(folder, 'out'));
    expect(copy).toBe(join(folder, 'out', 'jupyterhub-4.4.0.tgz'));
    expect(await readdir(join(folder, 'out'))).toEqual(['jupyterhub-4.4.0.tgz']);
  });

  test('an OCI registry', async ({ skip }) => {
    const found = await parts('registry');
    if ('missing' in found) skip(found.missing);
    else await throughRegistry(join(found.registry, 'registry'), await open(skip));
  }, 90_000);

  async function throughRegistry(
    registry: string,
    { charts, helm }: { charts: Charts; helm: string },
  ): Promise<void> {
    const [port] = await freePorts(1);
    const config = join(folder, 'registry.yaml');
    const text = `version: 0.1\nstorage: { filesystem: { rootdirectory: ${join(folder, 'registry')} } }\nhttp: { addr: "127.0.0.1:${port}" }\n`;
    await writeFile(config, text);
    const server = spawn(registry, ['serve', config], { stdio: 'ignore' });
    try {
      const archive = await packed(helm, await tinyChart(folder, '4.4.0'), folder);
      const push = () => run(helm, ['push', archive, `oci://127.0.0.1:${port}/charts`, '--plain-http']);
      await expect.poll(async () => (await push()).ok, { timeout: 60_000 }).toBe(true);
      const one = wanted(`oci://127.0.0.1:${port}/charts/jupyterhub`);
      const locked = await charts.resolve(one);
      expect(await readFile(await charts.open(one, locked))).toEqual(await readFile(archive));
      await expect(charts.resolve(wanted(one.source, '9.9.9'))).rejects.toMatchObject({
        what: 'There is no chart jupyterhub 9.9.9 there.',
      });
    } finally {
      server.kill();
    }
  }
});
