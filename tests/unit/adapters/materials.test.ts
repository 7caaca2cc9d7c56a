import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyIsCurrent, copyReadOnly, mustBeFolder } from '../../../src/adapters/local/materials.ts';
import { removeTree } from '../../../src/adapters/files.ts';
import { repo } from '../../support/hubwright.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';

let folder: string;
let from: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-materials-'));
  from = join(folder, 'course');
  copy = join(folder, 'state', 'materials');
  mkdirSync(join(from, 'week-1'), { recursive: true });
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(from, 'week-1', 'a.ipynb'), '{}');
});
afterEach(() => removeTree(folder));

const below = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the copy of the materials', () => {
  test('is the same, and nobody may write to it', async () => {
    utimesSync(join(from, 'week-1', 'a.ipynb'), 1000, 1000);
    await copyReadOnly(from, copy);
    const file = join(copy, 'week-1', 'a.ipynb');
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect(statSync(file).mtimeMs).toBe(1_000_000);
    expect([copy, join(copy, 'week-1'), file].map(mode)).toEqual([0o555, 0o555, 0o444]);
  });

  test('is current until a file changes, comes or goes', async () => {
    expect(await copyIsCurrent(from, copy)).toBe(false);
    await copyReadOnly(from, copy);
    expect(await copyIsCurrent(from, copy)).toBe(true);
    writeFileSync(join(from, 'b.txt'), '');
    expect(await copyIsCurrent(from, copy)).toBe(false);
    await copyReadOnly(from, copy);
    writeFileSync(join(from, 'b.txt'), 'more');
    expect(await copyIsCurrent(from, copy)).toBe(false);
    rmSync(join(from, 'b.txt'));
    await copyReadOnly(from, copy);
    expect(below(copy)).toEqual(['week-1', 'week-1/a.ipynb']);
  });

  test('has what links lead to, and follows its changes', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'table.csv'), '1');
    symlinkSync(join(folder, 'data'), join(from, 'data'));
    await copyReadOnly(from, copy);
    expect(readFileSync(join(copy, 'data', 'table.csv'), 'utf8')).toBe('1');
    writeFileSync(join(folder, 'data', 'table.csv'), '1, 2');
    expect(await copyIsCurrent(from, copy)).toBe(false);
  });

  test.each([
    ['an editor’s lock of an open file', 'alex@host.1234:1700000000', '.#a.ipynb'],
    ['a link to itself', 'self', 'self'],
    ['a link below a file', 'week-1/a.ipynb/x', 'link'],
    ['a link to a folder that it is in', '.', 'again'],
    ['a link to the folder above', '../course', 'up'],
  ])('leaves out %s', async (_name, target, name) => {
    symlinkSync(target, join(from, name));
    await copyReadOnly(from, copy);
    expect(below(copy)).toEqual(['week-1', 'week-1/a.ipynb']);
    expect(await copyIsCurrent(from, copy)).toBe(true);
  });
});

describe('a copy that is killed', () => {
  const files = 200;

  /** All files say which version they are of, and are as old as that version. */
  function writeVersion(version: number): void {
    for (let number = 0; number < files; number++) {
      const path = join(from, `${number}.txt`);
      writeFileSync(path, String(version));
      utimesSync(path, version, version);
    }
  }

  function versionsIn(path: string): string[] {
    return existsSync(path)
      ? [...Array(files).keys()].map((number) => readFileSync(join(path, `${number}.txt`), 'utf8'))
      : [];
  }

  /** Copies in a process of its own, which is killed after so many milliseconds. */
  async function killedCopy(later: number): Promise<void> {
    const module = join(repo, 'src', 'adapters', 'local', 'materials.ts');
    const script = `import { copyReadOnly } from ${JSON.stringify(module)};
      process.stdout.write('now');
      await copyReadOnly(...process.argv.slice(1));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, from, copy], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(later);
    child.kill('SIGKILL');
    await ended;
  }

  test.each([0, 10, 20, 40, 60, 80, 120])(
    'after %i ms, is never taken for what it is not, and the next sweeps away what it left',
    async (later) => {
      writeVersion(1);
      await copyReadOnly(from, copy);
      writeVersion(2);
      await killedCopy(later);
      for (const version of [1, 2]) {
        writeVersion(version);
        if (await copyIsCurrent(from, copy))
          expect(new Set(versionsIn(copy))).toEqual(new Set([String(version)]));
      }
      await copyReadOnly(from, copy);
      expect(new Set(versionsIn(copy))).toEqual(new Set(['2']));
      expect(readdirSync(join(folder, 'state'))).toEqual(['materials', 'materials.stamp']);
    },
  );

  test('between its two renames, is made again', async () => {
    await copyReadOnly(from, copy);
    rmSync(`${copy}.stamp`);
    renameSync(copy, `${copy}.0123abcd`);
    mkdirSync(`${copy}.4567cdef`);
    writeFileSync(`${copy}.notes`, 'not ours');
    expect(await copyIsCurrent(from, copy)).toBe(false);
    await copyReadOnly(from, copy);
    expect(readdirSync(join(folder, 'state'))).toEqual(['materials', 'materials.notes', 'materials.stamp']);
  });
});

describe('what cannot be read is said with its place and what to do', () => {
  const refused = (path: string): object => ({
    name: 'UserError',
    what: 'You may not read everything in the materials.',
    where: path,
    fix: expect.stringContaining(`chmod -R u+rX ${path}`),
  });

  test('a folder in it', async () => {
    const closed = join(from, 'week-1');
    chmodSync(closed, 0o300);
    await asOrdinaryUser(folder, async () => {
      await expect(copyIsCurrent(from, copy)).rejects.toMatchObject(refused(closed));
      await expect(copyReadOnly(from, copy)).rejects.toMatchObject(refused(closed));
    });
  });

  test('a file in it, and the old copy stays as it was', async () => {
    const closed = join(from, 'week-1', 'a.ipynb');
    await asOrdinaryUser(folder, async () => {
      await copyReadOnly(from, copy);
      chmodSync(closed, 0o200);
      await expect(copyReadOnly(from, copy)).rejects.toMatchObject(refused(closed));
    });
    expect(below(join(folder, 'state'))).toEqual([
      'materials',
      'materials.stamp',
      'materials/week-1',
      'materials/week-1/a.ipynb',
    ]);
  });

  test('a folder above it', async () => {
    chmodSync(from, 0o600);
    await asOrdinaryUser(folder, async () => {
      const inside = join(from, 'week-1');
      await expect(mustBeFolder(inside)).rejects.toMatchObject(refused(inside));
    });
  });

  test('a path that leads through a file is as good as none', async () => {
    const inside = join(from, 'week-1', 'a.ipynb', 'x');
    await expect(mustBeFolder(inside)).rejects.toMatchObject({
      what: 'The folder of the materials is not there.',
      exitCode: 2,
    });
  });
});
