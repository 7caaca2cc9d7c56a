import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { UserError, messageOf } from '../../errors.ts';
import { draftOf, draftsOf, errorCode, explainWrite, makeFolder, readIfThere, removeTree } from '../files.ts';

/** @throws UserError when the folder of the file is not there, or may not be looked at. */
export async function mustBeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw explainSource(error, folder);
  });
  if (found?.isDirectory()) return;
  throw new UserError({
    what: found ? 'The materials are not a folder.' : 'The folder of the materials is not there.',
    where: folder,
    fix: `Make it (\`mkdir -p ${folder}\`), or correct \`materials.folder\` in hub.yaml.`,
    exitCode: 2,
  });
}

/**
 * Whether the copy is of the folder as it is now. Names, sizes and times are compared, not contents.
 *
 * @throws UserError when the folder cannot be read.
 */
export async function copyIsCurrent(from: string, copy: string): Promise<boolean> {
  return (await readIfThere(markOf(copy))) === stampOf(from, await entriesBelow(from));
}

/**
 * Copies the folder with all rights to write taken away. The old copy stays until the new one is whole.
 *
 * @throws UserError when the folder cannot be read, or the disk is full.
 */
export async function copyReadOnly(from: string, copy: string): Promise<void> {
  const draft = draftOf(copy);
  try {
    await makeFolder(dirname(copy));
    for (const left of await draftsOf(copy)) await removeTree(left);
    const entries = await entriesBelow(from);
    await copyEntries(from, draft, entries);
    await replace(copy, draft);
    // Half a mark is as good as none.
    await writeFile(markOf(copy), stampOf(from, entries), { mode: 0o600 });
  } catch (error) {
    await removeTree(draft);
    throw explainWrite(error, copy);
  }
}

/** Killed in the middle it leaves no mark, so that the next run copies again, and the old copy as a draft. */
async function replace(copy: string, draft: string): Promise<void> {
  await rm(markOf(copy), { force: true });
  const old = draftOf(copy);
  await moveFolder(copy, old).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  await moveFolder(draft, copy);
  await chmod(copy, 0o555);
  await removeTree(old);
}

/** A folder that nobody may write to cannot be renamed on some systems. */
async function moveFolder(from: string, to: string): Promise<void> {
  await chmod(from, 0o755);
  await rename(from, to);
}

function markOf(copy: string): string {
  return `${copy}.stamp`;
}

/** A file or a folder of the materials. */
interface Entry {
  /** Relative to the materials. */
  readonly path: string;
  readonly found: Stats;
}

/**
 * What is to be copied, each folder before what is in it. Links are followed. Left out is what cannot be copied: sockets,
 * and links that lead nowhere (editors make such for files that are open) or to a folder that they are in.
 */
async function entriesBelow(folder: string): Promise<Entry[]> {
  const below = async (path: string, above: readonly (Stats | undefined)[]): Promise<Entry[]> => {
    const entries: Entry[] = [];
    for (const name of await namesIn(join(folder, path))) {
      const entry = { path: join(path, name), found: await look(join(folder, path, name)) };
      if (!isCopied(entry) || above.some((one) => isSame(one, entry.found))) continue;
      entries.push(entry);
      if (entry.found.isDirectory()) entries.push(...(await below(entry.path, [...above, entry.found])));
    }
    return entries;
  };
  return below('', [await look(folder)]);
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw explainSource(error, folder);
  });
  return names.toSorted();
}

/** undefined: nothing is there, or a link that leads nowhere. */
function look(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined;
    throw explainSource(error, path);
  });
}

function isCopied(entry: { readonly found: Stats | undefined }): entry is Entry {
  return entry.found?.isFile() === true || entry.found?.isDirectory() === true;
}

function isSame(one: Stats | undefined, other: Stats): boolean {
  return one?.dev === other.dev && one.ino === other.ino;
}

function stampOf(folder: string, entries: readonly Entry[]): string {
  const hash = createHash('sha256').update(folder);
  for (const { path, found } of entries)
    hash.update(found.isFile() ? `${path}\0${found.size}\0${found.mtimeMs}\n` : `${path}/\n`);
  return hash.digest('hex');
}

async function copyEntries(from: string, to: string, entries: readonly Entry[]): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const { path, found } of entries) {
    if (found.isFile()) await copyOne(join(from, path), join(to, path), found);
    else await mkdir(join(to, path), { mode: 0o700 });
  }
  const folders = entries.filter(({ found }) => found.isDirectory()).map(({ path }) => join(to, path));
  for (const folder of [to, ...folders].toReversed()) await chmod(folder, 0o555);
}

async function copyOne(from: string, to: string, { atime, mtime }: Stats): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    throw isFull(error) ? error : explainSource(error, from);
  });
  await utimes(to, atime, mtime);
  await chmod(to, 0o444);
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '');
}

/** Says in plain words why the materials cannot be read. */
function explainSource(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  const problem = { where: path, details: messageOf(error), cause: error };
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError({
      ...problem,
      what: 'You may not read everything in the materials.',
      fix: `Give yourself the right: \`chmod -R u+rX ${path}\`. If that is refused, \`namei -l ${path}\` shows whose it is.`,
    });
  }
  return new UserError({
    ...problem,
    what: 'The materials cannot be read.',
    fix:
      code === 'ENOENT'
        ? 'They changed while they were read: run the command again.'
        : 'When the cause is mended, run the command again.',
  });
}
