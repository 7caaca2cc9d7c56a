import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import { type AtWork, atWork, freePort, inSandbox, small, up } from './kit.ts';

describe('a server of a profile', () => {
  let box: Sandbox;
  let url: string;
  let jo: AtWork;
  const home = (name: string): string => join(box.state('small').homes, name);

  beforeAll(async () => {
    box = sandbox();
    await box.write('lessons/one.txt', 'first lesson');
    await box.writeConfig(
      small({
        more: 'materials: { folder: lessons, mountPath: /mnt/materials }',
        profile: `memory: { limit: 1G }
environment: { COURSE: climate }
commands:
  - echo "for $COURSE in $PWD"
  - echo it fails >&2; exit 7
  - sleep 1; echo slow
  - touch third-was-run`,
      }),
    );
    url = await up(box);
    jo = await atWork(box, { url, name: 'jo' });
  });
  afterAll(() => box.close());

  test('runs the commands one after the other; one that fails or is slow stops nothing, and all is told in a log', () => {
    const log = readFileSync(join(home('jo'), 'profile-commands.log'), 'utf8');
    expect(log).toContain(`for climate in ${home('jo')}\n`);
    expect(log).toMatch(/command 2 of 4: .*\nit fails\n=== exit code 7 after/);
    expect(log).toMatch(/slow\n=== exit code 0 after 1\.\d s/);
    expect(readdirSync(home('jo'))).toContain('third-was-run');
  });

  test('sees the materials, and cannot change them', async () => {
    expect(await jo.kernel.run('print(open("materials/one.txt").read())')).toBe('first lesson\n');
    await expect(jo.kernel.run('open("materials/one.txt", "w")')).rejects.toThrow(/OSError|PermissionError/);
    expect(readFileSync(join(box.folder, 'lessons', 'one.txt'), 'utf8')).toBe('first lesson');
  });

  test('runs what comes right after a cell that failed', async () => {
    for (let cell = 1; cell <= 20; cell++) {
      await expect(jo.kernel.run('1 / 0')).rejects.toThrow('ZeroDivisionError');
      expect(await jo.kernel.run(`print(${cell})`)).toBe(`${cell}\n`);
    }
  });

  test('knows its limits', async () => {
    expect(
      await jo.kernel.run('import os; print(os.environ.get("COURSE"), os.environ.get("MEM_LIMIT"))'),
    ).toBe('climate 1073741824\n');
  });

  test.for([
    ['a file', async (path: string) => writeFile(path, ''), 'cannot be made'],
    [
      'a link that leads elsewhere',
      async (path: string) => symlinkSync('/tmp', path),
      'is not a folder of this hub',
    ],
  ] as const)('does not start where the home is %s, and the person is told', async ([, make, reason]) => {
    await mkdir(box.state('small').homes, { recursive: true });
    await make(home('trainee-1'));
    await expect(atWork(box, { url, name: 'trainee-1' })).rejects.toThrow(reason);
    rmSync(home('trainee-1'));
  });

  test('starts in a home of strange permissions, and closes it to others', async () => {
    await mkdir(home('trainee-2'), { mode: 0o000 });
    const { kernel } = await atWork(box, { url, name: 'trainee-2' });
    expect(await kernel.run('import os; print(oct(os.stat(".").st_mode & 0o777))')).toBe('0o700\n');
  });
});

test('a folder of materials that is not there is an error with the command that makes it', async () => {
  await inSandbox(async (box) => {
    await box.writeConfig(small({ more: 'materials: { folder: lessons, mountPath: /mnt/materials }' }));
    const { exitCode, stderr } = await box.run(['up']);
    expect(stderr).toContain(`\`mkdir -p ${box.folder}/lessons\``);
    expect(exitCode).toBe(2);
    expect(await box.processes()).toEqual([]);
  });
});

describe.concurrent('packages of a profile’s own', () => {
  /** A wheel of one module; only its hash tells it from others of its name. */
  async function wheel(box: Sandbox): Promise<{ path: string; hash: string }> {
    const path = join(box.folder, 'greeter-1.0-py3-none-any.whl');
    const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("greeter.py", "def greet(): return 'hello'")
    wheel.writestr("greeter-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: greeter\\nVersion: 1.0\\n")
    wheel.writestr("greeter-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("greeter-1.0.dist-info/RECORD", "greeter.py,,\\n")`;
    execFileSync('python3', ['-c', script, path]);
    return { path, hash: createHash('sha256').update(readFileSync(path)).digest('hex') };
  }

  const own = async (): Promise<string> =>
    small({ port: await freePort(), profile: 'local: { requirements: own.lock }' });
  const other = `      plain:\n        displayName: Plain\n        default: true\n`;

  test('are there in its kernels, and not in those of another profile', async () => {
    await inSandbox(
      async (box) => {
        const { path, hash } = await wheel(box);
        await box.write('own.lock', `greeter @ file://${path} --hash=sha256:${hash}\n`);
        await box.writeConfig((await own()) + other);
        const url = await up(box);
        const [one, two] = await Promise.all([
          atWork(box, { url, name: 'jo' }),
          atWork(box, { url, name: 'trainee-1', profile: 'plain' }),
        ]);
        expect(await one.kernel.run('import greeter; print(greeter.greet())')).toBe('hello\n');
        await expect(two.kernel.run('import greeter')).rejects.toThrow('ModuleNotFoundError');
      },
      { ownPython: true },
    );
  });

  test.for([
    ['is not there', undefined, 'The Python requirements of profile standard cannot be read.', 2],
    [
      'has another hash',
      (path: string) => `greeter @ file://${path} --hash=sha256:${'0'.repeat(64)}\n`,
      'A Python package is not the one that its lock file names. Nothing is half installed.',
      1,
    ],
    [
      'has no hash',
      (path: string) => `greeter @ file://${path}\n`,
      'A lock file names a Python package without its hash.',
      1,
    ],
  ] as const)(
    'whose lock %s are not installed, and the error names the file',
    async ([, lock, what, code]) => {
      await inSandbox(async (box) => {
        const { path } = await wheel(box);
        if (lock) await box.write('own.lock', lock(path));
        await box.writeConfig(await own());
        const { exitCode, stderr } = await box.run(['up']);
        expect(stderr).toContain(`error ${what}\nwhere ${box.folder}/own.lock\nfix `);
        expect(exitCode).toBe(code);
      });
    },
  );
});
