import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeWhole } from '../files.ts';

/** The tokens by which the parts know each other, each in a file of its own name. */
const tokens = ['proxy_token', 'cookie_secret', 'service_token', 'metrics_token', 'digest_key'] as const;

type Token = (typeof tokens)[number];

/** Makes those that are missing: 32 random bytes in hexadecimal, as JupyterHub wants its cookie secret. */
export async function createTokens(folder: string): Promise<void> {
  for (const token of tokens) {
    const path = join(folder, token);
    if ((await readIfThere(path)) === undefined) await writeWhole(path, randomBytes(32).toString('hex'));
  }
}

export function readToken(folder: string, token: Token): Promise<string> {
  return readFile(join(folder, token), 'utf8');
}

/** Tells whether a secret has changed without telling anything about it: keyed with a key of this environment. */
export async function secretDigest(folder: string, secret: string): Promise<string> {
  const key = (await readIfThere(join(folder, 'digest_key'))) ?? '';
  return createHmac('sha256', key).update(secret).digest('hex').slice(0, 16);
}

/** Digest of all files below a folder: Hubwright's own code, which a running hub may be older than. */
export async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(folder.length)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
