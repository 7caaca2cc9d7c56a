import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, expect, test } from 'vitest';
import { type Sandbox, repo } from '../support/hubwright.ts';
import { freePort, inSandbox, small } from './kit.ts';

const mounting = 'mount -t tmpfs -o size=4k none /mnt';

/** A small disk of one's own takes root and a mount namespace (unshare(1)), which some containers refuse. */
function needsMounts(context: TestContext): void {
  if (process.getuid?.() !== 0) context.skip('not root: cannot mount a small disk');
  if (spawnSync('unshare', ['-m', 'sh', '-c', mounting]).status !== 0)
    context.skip('mounts are refused here');
}

interface Said {
  readonly exitCode: number;
  readonly text: string;
}

/**
 * Runs a shell script in which `hw NAME ARGS` is Hubwright, with a tmpfs as the data folder that nobody else sees.
 *
 * @returns what each `hw` said, by its NAME.
 */
function onSmallDisk(box: Sandbox, options: string, script: string): Map<string, Said> {
  const node = join(repo, 'node_modules', '.bin', 'node');
  const lines = [
    `cd '${box.folder}'`,
    `python=$(readlink -f data/python)`,
    `mount -t tmpfs -o ${options} none data`,
    `share_python() { ln -s "$python" data/python; }`,
    `hw() { name=$1; shift; '${node}' --disable-warning=ExperimentalWarning '${repo}/src/cli/main.ts' "$@" >$name.out 2>&1; echo $? >$name.code; }`,
    `trap 'mount -o remount,rw,size=50m data; hw end down' EXIT`,
    script,
  ];
  const env = { ...process.env, HUBWRIGHT_DATA: box.data, NODE_OPTIONS: undefined };
  const { stderr } = spawnSync('unshare', ['-m', 'sh', '-c', lines.join('\n')], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  const names = [...script.matchAll(/\bhw (\w+)/g)].map(([, name]) => name ?? '');
  return new Map(names.map((name) => [name, said(box, name)]));
}

function said(box: Sandbox, name: string): Said {
  const read = (kind: string): string => readFileSync(join(box.folder, `${name}.${kind}`), 'utf8');
  return { exitCode: Number(read('code')), text: read('out') };
}

describe.concurrent('a full disk', () => {
  // Kilobytes that are enough until then; found by trying.
  test.for([
    ['before there is a token', 4],
    ['while the accounts and settings are written', 28],
    ['while the hub makes its database', 128],
  ] as const)('%s is named, and with room again the next up works', async ([, size], context) => {
    needsMounts(context);
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const script =
        'share_python; hw full up --no-verify; mount -o remount,size=50m data; hw room up --no-verify; hw status status';
      const results = onSmallDisk(box, `size=${size}k`, script);
      expect(results.get('full')?.text).toMatch(/error .*the disk is full/);
      expect(results.get('full')?.text).toContain('it continues where it stopped');
      expect(results.get('full')?.exitCode).toBe(1);
      expect(results.get('room')?.text).toContain('Open');
      expect(results.get('status')?.exitCode).toBe(0);
    });
  });

  test('while Python packages are installed is named, and nothing of them stays', async (context) => {
    needsMounts(context);
    await inSandbox(
      async (box) => {
        await box.writeConfig(small({ port: await freePort() }));
        const results = onSmallDisk(box, 'size=20m', 'hw full up; ls data/python | grep -v lock >left || :');
        expect(results.get('full')?.text).toContain(
          'The disk is full: the Python packages could not be installed, and nothing of them was kept.',
        );
        expect(readFileSync(join(box.folder, 'left'), 'utf8')).toBe('');
      },
      { ownPython: true },
    );
  });

  test('while the hub runs: down, status and plan work all the same', async (context) => {
    needsMounts(context);
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const script =
        'share_python; hw up up --no-verify; cat /dev/zero >data/filler 2>/dev/null; hw status status; hw plan plan; hw down down; hw later status';
      const results = onSmallDisk(box, 'size=2m', script);
      expect([...results].map(([name, { exitCode }]) => [name, exitCode])).toEqual([
        ['up', 0],
        ['status', 0],
        ['plan', 0],
        ['down', 0],
        ['later', 0],
      ]);
      expect(results.get('later')?.text).toMatch(/hub +not running\n.*proxy +not running/);
    });
  });
});

describe.concurrent('a data folder that cannot be written to', () => {
  test('on a read-only disk: up says so, status and plan work', async (context) => {
    needsMounts(context);
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const results = onSmallDisk(box, 'ro', 'hw up up; hw status status; hw plan plan');
      expect(results.get('up')?.text).toContain('Cannot write: the file system is read-only.');
      expect(results.get('up')?.text).toContain('`HUBWRIGHT_DATA=/some/folder`');
      expect([...results.values()].map(({ exitCode }) => exitCode)).toEqual([1, 0, 0]);
    });
  });

  test('by its mode: up says so', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      chmodSync(box.data, 0o500);
      const { exitCode, stderr } = await box.run(['up']);
      chmodSync(box.data, 0o700);
      expect(stderr).toContain('Cannot write: you may not write there.');
      expect(exitCode).toBe(1);
    });
  });

  test.for(['up', 'down', 'status', 'plan', 'verify', 'users list', 'logs hub'])(
    'because it is a file: %s says so',
    async (command) => {
      await inSandbox(async (box) => {
        await box.writeConfig(small({ port: await freePort() }));
        const HUBWRIGHT_DATA = await box.write('file', 'not a folder');
        const { exitCode, stderr } = await box.run(command.split(' '), { env: { HUBWRIGHT_DATA } });
        expect(stderr).toMatch(/^error Cannot (read|write): a part of the path is a file\.\nwhere /);
        expect(stderr).toContain('name another folder with `HUBWRIGHT_DATA=/some/folder`');
        expect(exitCode).toBe(1);
      });
    },
  );

  test('because it is a relative path: it says how to write it', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const { exitCode, stderr } = await box.run(['up'], { env: { HUBWRIGHT_DATA: 'data' } });
      expect(stderr).toContain('HUBWRIGHT_DATA is a relative path.');
      expect(stderr).toContain('`HUBWRIGHT_DATA=$PWD/data`');
      expect(exitCode).toBe(2);
    });
  });
});
