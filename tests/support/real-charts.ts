import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'vitest';
import { parse } from 'yaml';
import { cacheFolder } from '../../src/adapters/cache.ts';
import { openCharts } from '../../src/adapters/charts/charts.ts';
import { digestOfFolder } from '../../src/adapters/charts/digest.ts';
import { helmClient } from '../../src/adapters/helm/helm.ts';
import { parseManifest } from '../../src/adapters/kubernetes/release-data.ts';
import { chartDefaults } from '../../src/config/charts/defaults.ts';
import { wantedChart } from '../../src/config/charts/wanted.ts';
import { withSecrets } from '../../src/config/values.ts';
import { messageOf } from '../../src/errors.ts';
import type { ChartName, KubernetesObject, Release } from '../../src/platform/kubernetes/system.ts';
import { realHelm } from './helm-test.ts';

type Skip = TestContext['skip'];
type Found = { readonly path: string } | { readonly missing: string };

const found = new Map<ChartName, Promise<Found>>();

/**
 * A real chart: from the folder that HUBWRIGHT_CHARTS names, or, where it names none, from the chart's own repository.
 * Where neither has it the test is skipped, with the reason.
 */
export async function realChart(chart: ChartName, skip: Skip): Promise<string> {
  const folder = process.env['HUBWRIGHT_CHARTS'];
  const looked = found.get(chart) ?? (folder ? fromFolder(chart, folder) : fromRepository(chart, skip));
  found.set(chart, looked);
  const result = await looked;
  return 'missing' in result ? skip(result.missing) : result.path;
}

async function fromFolder(chart: ChartName, folder: string): Promise<Found> {
  const path = join(folder, chartDefaults[chart].name);
  if (!existsSync(join(path, 'Chart.yaml'))) return { missing: `HUBWRIGHT_CHARTS has no chart ${path}` };
  return { path: await released(path) };
}

/** A checkout has its schema as YAML, and Helm reads only JSON: a copy with both, kept for later runs. */
async function released(source: string): Promise<string> {
  const schema = join(source, 'values.schema.yaml');
  if (!existsSync(schema) || existsSync(join(source, 'values.schema.json'))) return source;
  const digest = (await digestOfFolder(source)).replace('sha256:', '').slice(0, 16);
  const copy = join(cacheFolder(process.env), 'tests', 'charts', digest);
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const draft = mkdtempSync(`${copy}.`);
  cpSync(realpathSync(source), draft, { recursive: true, dereference: true });
  writeFileSync(join(draft, 'values.schema.json'), JSON.stringify(parse(readFileSync(schema, 'utf8'))));
  try {
    renameSync(draft, copy);
  } catch {
    // Another worker was faster.
    rmSync(draft, { recursive: true });
  }
  return copy;
}

/** Longer than a repository needs, and not so long that a firewall holds every run up. */
const patience = 30_000;

async function fromRepository(chart: ChartName, skip: Skip): Promise<Found> {
  const helm = await realHelm(3, skip);
  const env = { ...process.env, HUBWRIGHT_HELM: helm.path };
  const charts = openCharts({ env, configFile: join(tmpdir(), 'hub.yaml'), report: () => undefined });
  const wanted = wantedChart({ charts: {} }, chart);
  const why = `no chart ${wanted.name}: HUBWRIGHT_CHARTS names no folder;`;
  const fetched = charts
    .resolve(wanted)
    .then(async (locked) => ({ path: await charts.open(wanted, locked) }))
    .catch((error: unknown) => ({ missing: `${why} ${messageOf(error)}` }));
  const gaveUp = sleep(patience, { missing: `${why} its repository does not answer` }, { ref: false });
  return Promise.race([fetched, gaveUp]);
}

/** A token that stands for any secret; the keys of JupyterHub's CryptKeeper are of 32 bytes. */
export const standIn = (name: string): string =>
  name === 'cryptKey' ? 'ab'.repeat(32) : `put in for ${name}`;

interface How {
  readonly major: 3 | 4;
  readonly skip: Skip;
  /** Of the cluster: `v1.36.3`. */
  readonly kubeVersion?: string;
}

/**
 * What a release sends, hooks and kinds of its own included, by that Helm; it also compares the values with the chart's
 * schema.
 */
export async function renderReal(
  release: Release,
  { major, skip, kubeVersion = 'v1.34.0' }: How,
): Promise<KubernetesObject[]> {
  const [path, helm] = [await realChart(release.chart, skip), await realHelm(major, skip)];
  const client = helmClient(helm, {
    cluster: { context: 'nowhere' },
    env: process.env,
    report: () => undefined,
  });
  const text = await client.template(
    { ...release, chart: path, values: withSecrets(release.values, standIn) },
    { kubeVersion, includeCrds: true, hooks: true },
  );
  return parseManifest(text);
}
