import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../errors.ts';
import type { LockedEntry } from '../../config/charts/lock.ts';
import type { WantedChart } from '../../config/charts/wanted.ts';
import { cacheFolder, inCache } from '../cache.ts';
import { errorCode, explainRead, writeWhole } from '../files.ts';
import type { FoundHelm } from '../helm/find.ts';
import { must, run } from '../processes.ts';
import { digestOf, digestOfFolder } from './digest.ts';
import { fetchChart } from './pull.ts';

interface StoreOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths of hub.yaml count from here. */
  readonly configFolder: string;
  /** Asked for only when something has to be fetched. */
  readonly helm: () => Promise<FoundHelm>;
  readonly report: (text: string) => void;
}

/** Charts in the tool's cache, by their digest. */
interface ChartStore {
  /**
   * Looks which bytes a wanted chart is now, and keeps them.
   *
   * @throws UserError when it cannot be had, or is not what hub.yaml says it is.
   */
  resolve(wanted: WantedChart): Promise<LockedEntry>;
  /**
   * The path of a locked chart, which may have to be fetched. Its digest is compared each time.
   *
   * @throws UserError when it cannot be had, or is another than the one that was locked.
   */
  open(wanted: WantedChart, locked: LockedEntry): Promise<string>;
}

export function chartStore(options: StoreOptions): ChartStore {
  const { env, configFolder, helm, report } = options;
  const folder = join(cacheFolder(env), 'charts');
  const keptPath = (digest: string): string => join(folder, `${digest.replace('sha256:', '')}.tgz`);

  async function fetchArchive(wanted: WantedChart, version: string | undefined): Promise<Uint8Array> {
    if (wanted.kind === 'archive') return readArchive(wanted, resolve(configFolder, wanted.source));
    return fetchChart({ ...wanted, version }, { helm, env, report });
  }

  async function keep(archive: Uint8Array): Promise<{ readonly digest: string; readonly path: string }> {
    const digest = digestOf(archive);
    const path = keptPath(digest);
    await writeWhole(path, archive, { elsewhere: inCache });
    return { digest, path };
  }

  return {
    async resolve(wanted) {
      const found =
        wanted.kind === 'folder'
          ? await openFolder(wanted, configFolder)
          : await keep(await fetchArchive(wanted, wanted.version));
      const version = await versionOf(found.path, wanted, await helm());
      const { chart, asked, source } = wanted;
      return { chart, asked, version, source, digest: found.digest };
    },
    async open(wanted, locked) {
      if (wanted.kind === 'folder') {
        const { path, digest } = await openFolder(wanted, configFolder);
        if (digest !== locked.digest) throw otherThanLocked(locked, digest);
        return path;
      }
      const path = keptPath(locked.digest);
      if ((await digestOfFile(path)) === locked.digest) return path;
      const kept = await keep(await fetchArchive(wanted, locked.version));
      if (kept.digest !== locked.digest) throw otherThanLocked(locked, kept.digest);
      return kept.path;
    },
  };
}

/** undefined: not there. */
async function digestOfFile(path: string): Promise<string | undefined> {
  try {
    return digestOf(await readFile(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw explainRead(error, path);
  }
}

async function readArchive({ chart }: WantedChart, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? notThere(chart, path) : explainRead(error, path);
  }
}

async function openFolder(
  { chart, source }: WantedChart,
  configFolder: string,
): Promise<{ readonly digest: string; readonly path: string }> {
  const path = resolve(configFolder, source);
  const isChart = await stat(join(path, 'Chart.yaml')).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isChart) throw notThere(chart, path);
  return { path, digest: await digestOfFolder(path) };
}

function notThere(chart: string, path: string): UserError {
  return new UserError({
    what: `There is no chart there for ${chart}.`,
    where: path,
    fix: `Correct \`charts.${chart}.source\` in hub.yaml: a .tgz file, a folder with a Chart.yaml in it, or the address of a repository (https://…) or registry (oci://…).`,
    exitCode: 2,
  });
}

/** The version in the chart itself, which has to be the one that was asked for. */
async function versionOf(
  path: string,
  { chart, name, source, version }: WantedChart,
  helm: FoundHelm,
): Promise<string> {
  const shown = must(
    await run(helm.path, ['show', 'chart', path], { timeoutSeconds: 60 }),
    `What stands there for ${chart} is no Helm chart.`,
    `Correct \`charts.${chart}.source\` in hub.yaml (${source}).`,
  );
  const { name: actualName, version: actual } = parse(shown.stdout) as { name: string; version: string };
  if (actualName !== name) {
    throw new UserError({
      what: `The chart there is ${actualName}, not ${name}.`,
      where: source,
      fix: `Correct \`charts.${chart}.source\` in hub.yaml.`,
      exitCode: 2,
    });
  }
  if (version !== undefined && actual !== version) {
    throw new UserError({
      what: `The chart there has version ${actual}, and hub.yaml asks for ${version}.`,
      where: source,
      fix: `Write \`version: ${actual}\` under \`charts.${chart}\`, or name another source.`,
      exitCode: 2,
    });
  }
  return actual;
}

function otherThanLocked({ chart, version, source, digest }: LockedEntry, actual: string): UserError {
  return new UserError({
    what: `The chart ${chart} ${version} is not the one that was locked. Nothing was changed.`,
    where: source,
    fix: `Find out who changed it, and look at the difference (\`hubwright charts pull --out charts\` on a machine that still has the old one). If it is meant, \`hubwright charts update ${chart}\` locks the new one.`,
    details: `expected ${digest}\ngot      ${actual}`,
  });
}
