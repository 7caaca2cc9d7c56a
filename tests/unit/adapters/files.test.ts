import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/adapters/config-file.ts';
import { removeTree, rewrite, writeNew, writeWhole } from '../../../src/adapters/files.ts';
import type { LocalContext } from '../../../src/adapters/local/context.ts';
import { deleteHome } from '../../../src/adapters/local/perform.ts';
import { repo } from '../../support/hubwright.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hubwright-files-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('writeWhole', () => {
  test('makes folders for the user alone, and the file too', async () => {
    await writeWhole(join(folder, 'secrets', 'token'), 'x');
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'secrets', 'token')).mode & 0o777).toBe(0o600);
  });

  test('leaves no draft behind', async () => {
    await writeWhole(join(folder, 'a'), 'x');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('says what stands in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(writeWhole(join(folder, 'file', 'a'), 'x')).rejects.toThrow(
      'Cannot write: a part of the path is a file.',
    );
  });

  // Node's own `recursive` never comes back from there.
  test.runIf(existsSync('/proc/self'))('says where nobody can make a folder', async () => {
    await expect(writeWhole('/proc/nobody/hubwright/a', 'x')).rejects.toMatchObject({
      what: 'Cannot write: there is no such place, and it cannot be made.',
      where: '/proc/nobody/hubwright/a',
    });
  });

  test.each([
    [
      'of the data folder',
      undefined,
      'Move that file away, or name another folder with `HUBWRIGHT_DATA=/some/folder`.',
    ],
    ['of a folder that people named', { elsewhere: 'name another' }, 'Move that file away, or name another.'],
  ])('%s it names the file that stands in the way, and how to go round it', async (_name, how, fix) => {
    writeFileSync(join(folder, 'hub.yaml'), '');
    await expect(writeWhole(join(folder, 'hub.yaml', 'cards.html'), 'x', how)).rejects.toMatchObject({
      where: join(folder, 'hub.yaml'),
      fix,
      details: undefined,
    });
  });

  test('rewrite keeps the mode that the owner gave', async () => {
    writeFileSync(join(folder, 'hub.yaml'), 'old');
    chmodSync(join(folder, 'hub.yaml'), 0o640);
    await rewrite(join(folder, 'hub.yaml'), 'new');
    expect(statSync(join(folder, 'hub.yaml')).mode & 0o777).toBe(0o640);
  });

  test('writeNew never writes over a file: then none is written', async () => {
    writeFileSync(join(folder, 'hub.yaml'), 'mine');
    const wanted = ['secret', 'hub.yaml'].map((name) => ({
      path: join(folder, name),
      text: 'theirs',
      mode: 0o644,
    }));
    await expect(writeNew(wanted, 'name another')).rejects.toThrow('there already');
    expect(readFileSync(join(folder, 'hub.yaml'), 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['hub.yaml']);
  });
});

describe('readConfigFile says in plain words why a file cannot be read', () => {
  test.each([
    ['missing', () => undefined, 'There is no such file.'],
    ['a folder', (path: string) => mkdirSync(path), 'This is a folder, not a file.'],
    [
      'not UTF-8',
      (path: string) => writeFileSync(path, Buffer.from([0x6e, 0xe4, 0x6d, 0x65])),
      'The file is not UTF-8 text.',
    ],
    [
      '10 MB',
      (path: string) => writeFileSync(path, Buffer.alloc(10 * 1024 * 1024)),
      'The file has more than 5 MB, the most that is read.',
    ],
    [
      'a device that never ends',
      (path: string) => symlinkSync('/dev/zero', path),
      'The file has more than 5 MB, the most that is read.',
    ],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path]), 'This is a named pipe, not a file.'],
    [
      'what the system cannot read',
      (path: string) => symlinkSync('/proc/self/mem', path),
      'The file cannot be read (EIO).',
    ],
  ])('%s', async (_name, make, what) => {
    const path = join(folder, 'hub.yaml');
    make(path);
    await expect(readConfigFile(path)).rejects.toMatchObject({ what, where: path, exitCode: 2 });
  });

  test.skipIf(process.getuid?.() === 0)(
    'unreadable (cannot be tried as root, who may read everything)',
    async () => {
      const path = join(folder, 'hub.yaml');
      writeFileSync(path, '');
      chmodSync(path, 0o200);
      await expect(readConfigFile(path)).rejects.toMatchObject({ what: 'You may not read this file.' });
    },
  );
});

test('readConfigFile reads the pipe that a shell makes for what a command prints', () => {
  const read = `import { readConfigFile } from '${repo}/src/adapters/config-file.ts'; console.log(await readConfigFile('/dev/stdin'))`;
  const pipeline = `echo 'name: piped' | '${process.execPath}' --input-type=module --eval "$1"`;
  expect(execFileSync('sh', ['-c', pipeline, 'sh', read], { encoding: 'utf8' })).toBe('name: piped\n\n');
});

describe('removeTree', () => {
  /** As Go makes its module cache: nobody may write, not even the owner. */
  function moduleCache(): string {
    const module = join(folder, 'home', 'go', 'pkg', 'mod', 'module@v1');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'go.mod'), '', { mode: 0o444 });
    for (const path of [module, dirname(module)]) chmodSync(path, 0o555);
    return join(folder, 'home');
  }

  test('deletes folders that are read-only', async () => {
    const home = moduleCache();
    await asOrdinaryUser(folder, () => removeTree(home));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves alone what links lead to', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o555 });
    mkdirSync(join(folder, 'home'));
    symlinkSync(elsewhere, join(folder, 'home', 'link'));
    symlinkSync(elsewhere, join(folder, 'link'));
    await Promise.all(['home', 'link'].map((name) => removeTree(join(folder, name))));
    expect(readdirSync(folder)).toEqual(['elsewhere']);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o555);
  });

  test('of what is not there is done', async () => {
    await removeTree(join(folder, 'nothing'));
  });
});

test('a home that cannot be deleted is named, with the command that deletes it', async () => {
  const homes = join(folder, 'homes');
  mkdirSync(join(homes, 'jo', 'work'), { recursive: true });
  const context = { paths: { homes } } as LocalContext;
  await asOrdinaryUser(folder, async () => {
    chmodSync(homes, 0o555);
    await expect(deleteHome(context, 'jo')).rejects.toMatchObject({
      what: 'The home of jo could not be deleted, or not all of it.',
      fix: expect.stringContaining(`\`sudo rm -rf ${join(homes, 'jo')}\``),
    });
    chmodSync(homes, 0o755);
    expect(await deleteHome(context, 'jo')).toBe(true);
  });
});
