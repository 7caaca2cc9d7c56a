import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../../src/adapters/processes.ts';
import { encryptSops } from '../../../src/adapters/sops.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwright-sops-'));
});
afterEach(() => rm(folder, { recursive: true }));

const token = 'a-token-of-the-hub';
const values = `proxy:\n  secretToken: ${token}\nport: 80\n`;
const secret = `kind: Secret\nmetadata: { name: hub }\ndata: { key: cGFzc3dvcmQ= }\n`;

/** A stand-in for sops: does what the lines of shell say, which find what it was given in `$given`. */
async function fakeSops(lines: string): Promise<NodeJS.ProcessEnv> {
  const program = join(folder, 'bin', 'sops');
  await mkdir(join(folder, 'bin'));
  await writeFile(
    program,
    `#!/bin/sh
printf '%s\\n' "$@" >'${folder}/arguments'
pwd >'${folder}/cwd'
given=$(cat)
${lines}
`,
  );
  await chmod(program, 0o755);
  return { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` };
}

const encrypt = (text: string, env: NodeJS.ProcessEnv, path = join(folder, 'out', 'x.sops.yaml')) =>
  encryptSops({ text, path, secrets: [token] }, env);

describe('sops', () => {
  test('gets the text through its input, and the path for its rules', async () => {
    const env = await fakeSops('echo "length: ${#given}"');
    expect(await encrypt(values, env)).toBe(`length: ${values.trim().length}\n`);
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toBe(
      `encrypt\n--filename-override\n${join(folder, 'out', 'x.sops.yaml')}\n`,
    );
  });

  test('runs in the nearest folder that is there, from where it looks for its rules', async () => {
    const env = await fakeSops('echo done');
    await encrypt(values, env);
    expect(await readFile(join(folder, 'cwd'), 'utf8')).toBe(`${folder}\n`);
    await mkdir(join(folder, 'out'));
    await encrypt(values, env);
    expect(await readFile(join(folder, 'cwd'), 'utf8')).toBe(`${folder}/out\n`);
  });

  test.each([
    ['a value', values],
    ['the contents of a Secret', secret],
  ])('is not believed where it leaves %s readable', async (_what, text) => {
    const env = await fakeSops('printf "%s\\nsops: {}\\n" "$given"');
    const refusal = encrypt(text, env);
    await expect(refusal).rejects.toThrow('leaves secrets readable');
    await expect(refusal).rejects.toMatchObject({
      fix: expect.stringContaining('encrypted_regex') as string,
    });
  });

  test('may leave what is no secret', async () => {
    const env = await fakeSops(`printf '%s\\n' "$given" | sed 's/${token}/ENC/'`);
    expect(await encrypt(values, env)).toContain('port: 80');
  });

  test('that fails is told with what it said', async () => {
    const env = await fakeSops('echo "no matching creation rules found" >&2; exit 1');
    await expect(encrypt(values, env)).rejects.toMatchObject({
      what: 'sops cannot encrypt what is rendered.',
      details: 'no matching creation rules found',
      fix: expect.stringContaining('.sops.yaml') as string,
    });
  });

  test('the real one encrypts for the keys of its rules', async ({ skip }) => {
    const { missing } = await run('sops', ['--version', '--disable-version-check']);
    if (missing) skip('no sops on PATH');
    const identity = await generateIdentity();
    const rule = `path_regex: \\.sops\\.yaml$\n    age: ${await identityToRecipient(identity)}`;
    await writeFile(join(folder, '.sops.yaml'), `creation_rules:\n  - ${rule}\n`);
    const sealed = await encrypt(`---\n${secret}---\n${values}`, process.env);
    await writeFile(join(folder, 'x.sops.yaml'), sealed);
    const { stdout } = await run('sops', ['decrypt', join(folder, 'x.sops.yaml')], {
      env: { SOPS_AGE_KEY: identity },
    });
    expect(stdout).toContain(token);
    expect(stdout).toContain('cGFzc3dvcmQ=');
    expect(sealed).not.toContain(token);

    const narrow = `path_regex: \\.sops\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n    age: ${await identityToRecipient(identity)}`;
    await writeFile(join(folder, '.sops.yaml'), `creation_rules:\n  - ${narrow}\n`);
    await expect(encrypt(values, process.env)).rejects.toThrow('leaves secrets readable');
  });
});
