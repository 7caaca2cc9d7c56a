import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError, messageOf } from '../errors.ts';

/** Code of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** How it could be done in another place, as half a sentence: for what stands in the data folder, as most does. */
const inDataFolder = 'name another folder with `HUBWRIGHT_DATA=/some/folder`';

/**
 * The file's text, or undefined when there is none.
 *
 * @throws UserError when it is there and cannot be read.
 */
export async function readIfThere(path: string, elsewhere = inDataFolder): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw explainRead(error, path, elsewhere);
  }
}

/** Says in plain words why something could not be read. Other errors come back as they are. */
export function explainRead(error: unknown, path: string, elsewhere = inDataFolder): unknown {
  const reasons: Readonly<Record<string, [what: string, fix: string]>> = {
    ENOTDIR: partIsFile(elsewhere),
    EACCES: ['you may not read it', `Give yourself the right: \`chmod u+rX ${dirname(path)} ${path}\`.`],
    EISDIR: ['it is a folder', `Move it away: \`mv ${path} ${path}.old\`.`],
  };
  const reason = reasons[errorCode(error) ?? ''];
  if (!reason) return error;
  const [what, fix] = reason;
  return new UserError({ what: `Cannot read: ${what}.`, where: path, fix, cause: error });
}

/** The parsed JSON, or undefined when the file is missing or no JSON (a write that was cut off elsewhere). */
export async function readJson(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Writing {
  readonly mode?: number;
  /** For what does not stand in the data folder: what else can be done, as half a sentence. */
  readonly elsewhere?: string | undefined;
}

/**
 * Writes the whole file or nothing: into a new file beside it, to the disk, then renamed over it. Folders that are
 * missing are made for the user alone.
 *
 * @throws UserError when the disk is full or the folder cannot be written to.
 */
export async function writeWhole(
  path: string,
  text: string | Uint8Array,
  { mode = 0o600, elsewhere }: Writing = {},
): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makeFolders(dirname(path));
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw explainWrite(error, path, elsewhere);
  }
}

/** Makes the folder for the user alone, with those above it. @throws UserError when it cannot. */
export async function makeFolder(path: string, elsewhere?: string): Promise<void> {
  await makeFolders(path).catch((error: unknown) => {
    throw explainWrite(error, path, elsewhere);
  });
}

/** One by one: Node itself says ENOENT for every one that cannot be made on the way, and for those in /proc it never ends. */
async function makeFolders(path: string): Promise<void> {
  const mode = 0o700;
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (errorCode(error) !== 'ENOENT' || above === path) throw error;
    await makeFolders(above);
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** Says in plain words why something could not be written. Other errors come back as they are. */
export function explainWrite(error: unknown, path: string, elsewhere = inDataFolder): unknown {
  const code = errorCode(error) ?? '';
  const giveRight = `Give yourself the right, or ${elsewhere}.`;
  const reasons: Readonly<Record<string, [what: string, fix: string]>> = {
    ENOSPC: [
      'the disk is full',
      'Free some room there, then run the command again: it continues where it stopped.',
    ],
    EDQUOT: ['your disk quota is used up', 'Free some room there, then run the command again.'],
    EROFS: ['the file system is read-only', sentence(elsewhere)],
    EACCES: ['you may not write there', giveRight],
    EPERM: ['you may not write there', giveRight],
    ENOENT: ['there is no such place, and it cannot be made', sentence(elsewhere)],
    ENOTDIR: partIsFile(elsewhere),
    EEXIST: partIsFile(elsewhere),
  };
  const reason = reasons[code];
  if (!reason) return error;
  const [what, fix] = reason;
  const said = code === 'EEXIST' || code === 'ENOTDIR';
  return new UserError({
    what: `Cannot write: ${what}.`,
    where: (said && pathOf(error)) || path,
    fix,
    details: said ? undefined : messageOf(error),
    cause: error,
  });
}

function partIsFile(elsewhere: string): [what: string, fix: string] {
  return ['a part of the path is a file', `Move that file away, or ${elsewhere}.`];
}

function sentence(half: string): string {
  return `${half.charAt(0).toUpperCase()}${half.slice(1)}.`;
}

/** What the system was asked for when it refused. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

/** Like `writeWhole`, with the mode that the file has. For config files. */
export async function rewrite(path: string, text: string): Promise<void> {
  await writeWhole(path, text, { mode: (await stat(path)).mode & 0o777, elsewhere: besideAnother });
}

/** For what stands in the config file or beside it. */
export const besideAnother = 'name a copy of the file in another folder with `--file PATH`';

interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/**
 * Writes files that are not there yet, in that order. One that holds the very text is what a run that was killed has
 * left, and no hindrance.
 *
 * @param elsewhere What else can be done where that place will not do, as half a sentence.
 * @throws UserError, with nothing written, when one is there already.
 */
export async function writeNew(files: readonly NewFile[], elsewhere: string): Promise<void> {
  for (const { path, text } of files) {
    const found = await readIfThere(path, elsewhere);
    if (found !== undefined && found !== text) throw isThere(path, elsewhere);
  }
  for (const { path, text, mode } of files) await writeWhole(path, text, { mode, elsewhere });
}

function isThere(path: string, elsewhere: string): UserError {
  return new UserError({
    what: 'The file is there already, and is not overwritten.',
    where: path,
    fix: `Move it away (\`mv ${path} ${path}.old\`), or ${elsewhere}.`,
    exitCode: 2,
  });
}

/** A name beside that path, for what is made there and takes its place when it is whole. */
export function draftOf(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}`;
}

/** What runs that were killed left beside that path. For who holds the lock of it: another's draft is in use. */
export async function draftsOf(path: string): Promise<string[]> {
  const name = basename(path);
  const isDraft = (other: string): boolean =>
    other.startsWith(`${name}.`) && /^[0-9a-f]{8}(\.link)?$/.test(other.slice(name.length + 1));
  return (await readdir(dirname(path))).filter(isDraft).map((draft) => join(dirname(path), draft));
}

/** Deletes what is there with all that is in it, read-only folders too: Go's module cache, our own copies. */
export async function removeTree(path: string): Promise<void> {
  await allowChanges(path);
  await rm(path, { recursive: true, force: true });
}

/** Links are not followed. Where the right cannot be had, deleting fails, and says so. */
async function allowChanges(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  if ((found.mode & 0o700) !== 0o700) await chmod(path, found.mode | 0o700).catch(() => undefined);
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await allowChanges(join(path, entry.name));
  }
}
