import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Who owns nothing on any machine. */
const nobody = 65_534;

/**
 * Does something as a user who may not do everything, in a folder that is theirs from then on. Root, as whom tests run in
 * containers, is refused nothing.
 */
export async function asOrdinaryUser<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(folder, name), nobody, nobody);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
