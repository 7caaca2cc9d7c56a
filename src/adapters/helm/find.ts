import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { cacheFolder } from '../cache.ts';
import { isProgram, programsOnPath } from '../on-path.ts';
import { run } from '../processes.ts';
import { download, platformOf } from './download.ts';
import { pinnedHelm, type PinnedHelm } from './pinned.ts';

/** A Helm that can be used. */
export interface FoundHelm {
  /** `3.22.0` */
  readonly version: string;
  readonly major: number;
  /** Absolute. */
  readonly path: string;
}

interface FindOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (text: string) => void;
  /** Where Helm is downloaded from, and which; tests bring their own. */
  readonly from?: string;
  readonly pinned?: PinnedHelm;
}

/** Oldest Helm 3 that is used; every Helm 4 is. */
const oldest = { major: 3, minor: 22 };

/**
 * Helm from HUBWRIGHT_HELM, PATH or the tool's cache; undefined when none of them has one that can be used.
 *
 * @throws UserError when HUBWRIGHT_HELM names one that cannot be used.
 */
export async function lookForHelm(env: NodeJS.ProcessEnv): Promise<FoundHelm | undefined> {
  const named = env['HUBWRIGHT_HELM'];
  if (named) return namedHelm(named);
  const { usable } = await onPath(env);
  return usable ?? (await probe(cachedPath(env, pinnedHelm)));
}

/**
 * Helm from where `lookForHelm` finds it, else downloaded into the tool's cache.
 *
 * @throws UserError when there is none that can be used and none can be downloaded.
 */
export async function findHelm(options: FindOptions): Promise<FoundHelm> {
  const { env, report, pinned = pinnedHelm } = options;
  const named = env['HUBWRIGHT_HELM'];
  if (named) return namedHelm(named);
  const { usable, tooOld } = await onPath(env);
  if (usable) return usable;
  if (tooOld) report(`Helm ${tooOld.version} (${tooOld.path}) is too old: using another`);
  const path = cachedPath(env, pinned);
  const cached = await probe(path);
  if (cached) return cached;
  report(`downloading Helm ${pinned.version}`);
  await download({ path, pinned, from: options.from ?? 'https://get.helm.sh', tooOld });
  const found = await probe(path);
  if (found) return found;
  throw new UserError({
    what: `The Helm that was downloaded for ${platformOf()} does not run on this machine.`,
    where: path,
    fix: 'Install Helm 3.22 or newer, or Helm 4, from your distribution (https://helm.sh/docs/intro/install).',
  });
}

function cachedPath(env: NodeJS.ProcessEnv, { version }: PinnedHelm): string {
  return join(cacheFolder(env), 'helm', `v${version}`, 'helm');
}

async function namedHelm(path: string): Promise<FoundHelm> {
  const found = await probe(path);
  if (found && isUsable(found)) return found;
  throw new UserError({
    what: found ? `Helm ${found.version} is too old.` : 'HUBWRIGHT_HELM names no program that is Helm.',
    where: path,
    fix: 'Name Helm 3.22 or newer, or Helm 4, or unset HUBWRIGHT_HELM: then PATH is looked at.',
    exitCode: 2,
  });
}

interface OnPath {
  readonly usable: FoundHelm | undefined;
  readonly tooOld: FoundHelm | undefined;
}

/** The first Helm on PATH that can be used, and the first that cannot. */
async function onPath(env: NodeJS.ProcessEnv): Promise<OnPath> {
  let tooOld: FoundHelm | undefined;
  for await (const path of programsOnPath('helm', env)) {
    const found = await probe(path);
    if (found && isUsable(found)) return { usable: found, tooOld };
    tooOld ??= found;
  }
  return { usable: undefined, tooOld };
}

function isUsable({ major, version }: FoundHelm): boolean {
  if (major !== oldest.major) return major > oldest.major;
  return Number(version.split('.')[1]) >= oldest.minor;
}

/** What the program says it is. A Helm that was built by hand knows no patch number: `v3.22`. */
async function probe(path: string): Promise<FoundHelm | undefined> {
  if (!(await isProgram(path))) return undefined;
  const { ok, stdout } = await run(path, ['version', '--template', '{{.Version}}'], { timeoutSeconds: 20 });
  const version = /^v(\d+)\.(\d+)(\.\d+)?/.exec(stdout.trim());
  if (!ok || !version) return undefined;
  return { version: version[0].slice(1), major: Number(version[1]), path };
}
