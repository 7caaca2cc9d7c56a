import { createHash, randomBytes } from 'node:crypto';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError, messageOf } from '../../errors.ts';
import { inCache } from '../cache.ts';
import { explainWrite, makeFolder } from '../files.ts';
import { get } from '../http.ts';
import { must, run } from '../processes.ts';
import type { PinnedHelm } from './pinned.ts';

interface Download {
  /** Where the program will be. */
  readonly path: string;
  readonly pinned: PinnedHelm;
  readonly from: string;
  /** A Helm that is there and too old, for those who read the error. */
  readonly tooOld: { readonly version: string; readonly path: string } | undefined;
}

/** This machine as Helm names it: `linux-amd64`. */
export function platformOf(): string {
  const machines: Readonly<Record<string, string>> = { x64: 'amd64', ppc64: 'ppc64le' };
  return `${platform()}-${machines[arch()] ?? arch()}`;
}

/**
 * Downloads the pinned Helm, compares its checksum and puts it at its place, whole or not at all.
 *
 * @throws UserError when it cannot be had, or is not the one that was pinned.
 */
export async function download({ path, pinned, from, tooOld }: Download): Promise<void> {
  const name = platformOf();
  const expected = pinned.sha256[name];
  const has = tooOld ? ` (Helm ${tooOld.version} in ${tooOld.path} is too old)` : '';
  if (expected === undefined) {
    throw new UserError({
      what: `There is no Helm on this machine${has}, and none to download for ${name}.`,
      fix: `Install Helm 3.22 or newer, or Helm 4 (https://helm.sh/docs/intro/install), so that \`helm version\` works.`,
    });
  }
  const url = `${from}/helm-v${pinned.version}-${name}.tar.gz`;
  const archive = await get(url).catch((error: unknown) => {
    throw new UserError({
      what: `There is no Helm on this machine${has}, and it cannot be downloaded.`,
      where: url,
      fix: `Install Helm 3.22 or newer, or Helm 4 (https://helm.sh/docs/intro/install). Without a network: put the program from that archive at ${path}, or name one with \`HUBWRIGHT_HELM=/path/to/helm\`. Behind a proxy: set \`https_proxy\`.`,
      details: messageOf(error),
      cause: error,
    });
  });
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) {
    throw new UserError({
      what: 'The Helm that was downloaded is not the one that was released. It was thrown away.',
      where: url,
      fix: 'Something between here and there changes downloads: ask who runs your proxy. Or install Helm yourself (https://helm.sh/docs/intro/install).',
      details: `expected sha256 ${expected}\ngot      sha256 ${actual}`,
    });
  }
  await unpack(archive, `${name}/helm`, path);
}

async function unpack(archive: Uint8Array, member: string, path: string): Promise<void> {
  const draft = `${dirname(path)}.${randomBytes(4).toString('hex')}`;
  try {
    await makeFolder(draft, inCache);
    await writeFile(join(draft, 'helm.tar.gz'), archive);
    must(
      await run('tar', ['-xzf', 'helm.tar.gz', member], { cwd: draft }),
      'Helm cannot be unpacked.',
      'Is `tar` with gzip installed? Then run the command again.',
    );
    await chmod(join(draft, member), 0o755);
    await makeFolder(dirname(path), inCache);
    await rename(join(draft, member), path);
  } catch (error) {
    throw explainWrite(error, path, inCache);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
