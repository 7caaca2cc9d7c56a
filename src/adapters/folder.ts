import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { errorCode } from './files.ts';

const largest = 1024 * 1024;

/**
 * The wanted files of a repository folder by their path in it, `/` between the parts.
 *
 * @throws UserError when it is not a folder, or a wanted file cannot be read, is large or not UTF-8: none is left out silently.
 */
export async function readFolder(
  folder: string,
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  try {
    const files = (await filesBelow(folder))
      .map((path) => relative(folder, path).split(sep).join('/'))
      .filter(isWanted);
    const texts = await Promise.all(
      files.map(async (path) => [path, await readText(join(folder, path))] as const),
    );
    return new Map(texts);
  } catch (error) {
    throw explain(error, folder);
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

async function readText(path: string): Promise<string> {
  if ((await stat(path)).size > largest) {
    throw new UserError({
      what: 'This file is larger than 1 MB: nothing of that size is expected here.',
      where: path,
      fix: 'Move it out of the repository folder, then import again.',
      exitCode: 2,
    });
  }
  const bytes = await readFile(path);
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new UserError({
    what: 'This file is not UTF-8 text.',
    where: path,
    fix: `Convert it: \`iconv -f latin1 -t utf-8 ${path} -o ${path}.new && mv ${path}.new ${path}\`.`,
    exitCode: 2,
  });
}

function explain(error: unknown, folder: string): unknown {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'There is no such folder.',
    ENOTDIR: 'This is a file, not a folder.',
    EACCES: 'You may not read everything in this folder.',
  };
  const what = reasons[errorCode(error) ?? ''];
  if (what === undefined) return error;
  return new UserError({
    what,
    where: folder,
    fix: 'Name the folder of the cloned repository, the one with group_vars/ in it.',
    exitCode: 2,
  });
}

/** What is at that path, behind links; undefined when nothing is. */
export async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
