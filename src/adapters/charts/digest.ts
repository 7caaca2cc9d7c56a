import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest of a folder: of a list of its files with the digest of each. Helm follows links, and so does this. */
export async function digestOfFolder(folder: string): Promise<string> {
  const lines: string[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const name of (await readdir(join(folder, path))).toSorted()) {
      if (name === '.git') continue;
      const inside = path === '' ? name : `${path}/${name}`;
      const full = join(folder, inside);
      if ((await stat(full)).isDirectory()) await visit(inside);
      else lines.push(`${inside} ${digestOf(await readFile(full))}\n`);
    }
  };
  await visit('');
  return digestOf(lines.join(''));
}
