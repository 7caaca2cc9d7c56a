import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { kindOf } from '../../../config/charts/wanted.ts';
import { UserError } from '../../../errors.ts';
import { cacheFolder, inCache } from '../../cache.ts';
import { fetchChart } from '../../charts/pull.ts';
import { writeWhole } from '../../files.ts';
import { findHelm } from '../../helm/find.ts';
import { run } from '../../processes.ts';
import type { ClusterContext } from '../context.ts';

const official = 'https://azimuth-cloud.github.io/capi-helm-charts';

interface ChartVersion {
  readonly name: string;
  readonly version: string;
}

/**
 * The chart that a cluster's release was made with, in that very version: another one would change more than was asked
 * for.
 *
 * @throws UserError when it cannot be had, or is another.
 */
export async function clusterChart(
  { environment, env, configFolder }: Pick<ClusterContext, 'environment' | 'env' | 'configFolder'>,
  { name, version }: ChartVersion,
  report: (text: string) => void,
): Promise<string> {
  const source = environment.scaling.chart ?? official;
  const kind = kindOf(source);
  const helm = await findHelm({ env, report });
  if (kind === 'folder' || kind === 'archive') {
    const path = resolve(configFolder, source);
    await refuseOther(helm.path, path, { name, version });
    return path;
  }
  const path = join(cacheFolder(env), 'charts', `${name}-${version}.tgz`);
  if (await isChart(helm.path, path, { name, version })) return path;
  const archive = await fetchChart({ name, kind, source, version }, { helm: async () => helm, env, report });
  await writeWhole(path, archive, { elsewhere: inCache });
  await refuseOther(helm.path, path, { name, version });
  return path;
}

async function isChart(helm: string, path: string, wanted: ChartVersion): Promise<boolean> {
  return sameChart(await shown(helm, path), wanted);
}

async function shown(helm: string, path: string): Promise<Partial<ChartVersion> | undefined> {
  const { ok, stdout } = await run(helm, ['show', 'chart', path], { timeoutSeconds: 60 });
  return ok ? (parse(stdout) as Partial<ChartVersion>) : undefined;
}

function sameChart(found: Partial<ChartVersion> | undefined, { name, version }: ChartVersion): boolean {
  return found?.name === name && found.version === version;
}

async function refuseOther(helm: string, path: string, wanted: ChartVersion): Promise<void> {
  const found = await shown(helm, path);
  if (sameChart(found, wanted)) return;
  const is =
    found === undefined ? 'There is no chart' : `The chart is ${found.name ?? ''} ${found.version ?? ''}`;
  throw new UserError({
    what: `${is} at ${path}, and the cluster was made with ${wanted.name} ${wanted.version}.`,
    fix: 'Name that version as `scaling.chart`.',
  });
}
