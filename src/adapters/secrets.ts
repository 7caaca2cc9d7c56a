import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError, messageOf } from '../errors.ts';
import type { SecretReference } from '../config/schema/secret.ts';
import { must, run } from './processes.ts';

/**
 * The secret that is referred to. Relative paths count from `folder`.
 *
 * @throws UserError when it is not there or empty. The message names the place, never the value.
 */
export async function readSecret(
  reference: SecretReference,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { value, where, fix } = await look(reference, folder, env);
  if (value === '') throw new UserError({ what: 'A secret is empty or missing.', where, fix });
  return value;
}

async function look(
  reference: SecretReference,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ value: string; where: string; fix: string }> {
  if ('fromEnv' in reference) {
    const name = reference.fromEnv;
    const fix = `Set it for this command: \`read -rs ${name} && export ${name}\`, then run the command again.`;
    return { value: env[name] ?? '', where: `environment variable ${name}`, fix };
  }
  if ('fromFile' in reference) {
    const path = resolve(folder, reference.fromFile);
    const fix = `Write the secret into that file: \`install -m 600 /dev/stdin ${path}\`, paste it, then Ctrl-D.`;
    return { value: await firstText(path, fix), where: path, fix };
  }
  const { file, key } = reference.fromSops;
  const path = resolve(folder, file);
  const extract = key
    .split('.')
    .map((part) => `[${JSON.stringify(part)}]`)
    .join('');
  const result = await run('sops', ['decrypt', '--extract', extract, path]);
  const fix = 'Install sops (https://getsops.io) and see to it that your key can decrypt the file.';
  return { value: must(result, 'sops cannot decrypt a secret.', fix).stdout.trimEnd(), where: path, fix };
}

async function firstText(path: string, fix: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new UserError({
      what: 'A secret cannot be read.',
      where: path,
      fix,
      details: messageOf(error),
      cause: error,
    });
  }
}
