import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Sandbox, events } from '../support/hubwright.ts';
import { closedIndex, freePort, inSandbox, small, until } from './kit.ts';

/** What a PATH has to hold beside Python; nothing else is found on it. */
const tools = ['sh', 'env', 'sed', 'date', 'mv', 'cat', 'grep'];

/** A PATH with these programs on it, each a shell script. */
function pathWith(box: Sandbox, programs: Readonly<Record<string, string>>): string {
  const folder = join(box.folder, 'bin');
  mkdirSync(folder);
  for (const tool of tools) symlinkSync(which(tool), join(folder, tool));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function which(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}

/** The real Python, which tells this of itself when it is asked what it is. */
const pythonThatSays = (edit: string): string => `exec_real() { '${realPython()}' "$@"; }
case "$*" in *hasPip*) exec_real "$@" | sed '${edit}' ;; *) exec_real "$@" ;; esac`;

function realPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

/** Folders of packages; a lock is no folder. */
function installs(box: Sandbox): string[] {
  const folder = join(box.data, 'python');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.includes('.lock')) : [];
}

/** Folders below, and what stands in this one, that others may look into; files below that others may write to. */
function openToOthers(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isSymbolicLink())
    .filter((entry) => {
      // Files may be shared with the cache of the installer, modes and all.
      const forbidden = entry.isDirectory() || entry.parentPath === folder ? 0o077 : 0o022;
      return (statSync(join(entry.parentPath, entry.name)).mode & forbidden) !== 0;
    })
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.concurrent('a machine whose Python does not do says so, and what to install', () => {
  test('there is none on PATH', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const PATH = pathWith(box, {});
      const { exitCode, stderr } = await box.run(['up'], { env: { PATH } });
      expect(stderr).toContain('No Python 3.10 or newer was found: there is no python3 on PATH.');
      expect(stderr).toContain('`sudo apt-get install python3 python3-venv`');
      expect({ exitCode, left: await box.processes() }).toEqual({ exitCode: 1, left: [] });
      // What needs no Python goes without.
      expect((await box.run(['status'], { env: { PATH } })).exitCode).toBe(0);
    });
  });

  test('the one on PATH is too old', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      const old = pythonThatSays('s/"version": "[^"]*"/"version": "3.9.2"/');
      const { exitCode, stderr } = await box.run(['up'], { env: { PATH: pathWith(box, { python3: old }) } });
      expect(stderr).toContain('No Python 3.10 or newer was found: python3 is 3.9.2.');
      expect(exitCode).toBe(1);
    });
  });

  test('it has neither venv nor pip, and there is no uv', async () => {
    await inSandbox(
      async (box) => {
        await box.writeConfig(small({ port: await freePort() }));
        const bare = pythonThatSays('s/"has\\([A-Za-z]*\\)": true/"has\\1": false/g');
        const env = { PATH: pathWith(box, { python3: bare }), XDG_CACHE_HOME: join(box.folder, 'cache') };
        const { exitCode, stderr } = await box.run(['up'], { env });
        expect(stderr).toContain(
          'This Python can make no environments: it has no venv module, and uv could not be had.',
        );
        expect(stderr).toContain('`sudo apt-get install python3-venv`');
        expect({ exitCode, installs: installs(box) }).toEqual({ exitCode: 1, installs: [] });
      },
      { ownPython: true },
    );
  });

  test('the one that the file names is none', async () => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ local: 'python: bin/python9' }));
      const { exitCode, stderr } = await box.run(['up']);
      expect(stderr).toContain(`This is not a Python that runs.\nwhere ${box.folder}/bin/python9\n`);
      expect(exitCode).toBe(2);
    });
  });
});

test('what the user has set up for Python programs of their own disturbs nothing', async () => {
  await inSandbox(async (box) => {
    await box.writeConfig(small({ port: await freePort() }));
    await box.write('mine/jupyterhub.py', 'raise SystemExit("the wrong jupyterhub")');
    await box.write('mine/sitecustomize.py', 'raise SystemExit("the wrong sitecustomize")');
    const env = {
      PYTHONPATH: join(box.folder, 'mine'),
      PYTHONHOME: '/nowhere',
      PYTHONSTARTUP: '/nowhere.py',
    };
    const { exitCode, stderr } = await box.run(['up'], { env });
    expect(exitCode, stderr).toBe(0);
  });
});

describe.concurrent('an install of Python packages', () => {
  test('without a network says so within seconds and leaves nothing; with one, the next up works', async () => {
    await inSandbox(
      async (box) => {
        await box.writeConfig(small({ port: await freePort() }));
        const begun = Date.now();
        const { exitCode, stderr } = await box.run(['up'], { env: closedIndex(box) });
        expect(stderr).toContain('The Python package registry cannot be reached. Nothing is half installed.');
        expect(stderr).toContain('`local.wheels` names a folder of wheels');
        expect(Date.now() - begun).toBeLessThan(40_000);
        expect({ exitCode, installs: installs(box) }).toEqual({ exitCode: 1, installs: [] });
        expect(await box.must(['up', '--no-verify'])).toContain('Open');
      },
      { ownPython: true },
    );
  });

  test.for(['the whole process group', 'Hubwright alone'])(
    'of which is killed %s: the next up works',
    async (who) => {
      await inSandbox(
        async (box) => {
          await box.writeConfig(small({ port: await freePort() }));
          const { child, done } = box.start(['up', '--json'], { ownGroup: true });
          let shown = '';
          child.stdout?.on('data', (text) => (shown += String(text)));
          await until('packages are being installed', () => /"id":"python:hub","text":"Resolved/.test(shown));
          process.kill(who === 'Hubwright alone' ? (child.pid ?? 0) : -(child.pid ?? 0), 'SIGKILL');
          await done;
          expect(events(await box.must(['plan', '--json'])).at(-1)).toMatchObject({
            steps: expect.arrayContaining([expect.objectContaining({ id: 'python:hub' })]),
          });
          expect(await box.must(['up', '--no-verify'])).toContain('Open');
          // The link, and the folder it leads to; what an installer without its master still writes is not used.
          expect(installs(box).filter((name) => !name.includes('.'))).toHaveLength(1);
        },
        { ownPython: true },
      );
    },
  );

  test('that two environments need at the same time is done once', async () => {
    await inSandbox(
      async (box) => {
        const [one, other] = [await freePort(), await freePort()];
        await box.writeConfig(small({ port: one }));
        await box.writeConfig(small({ name: 'other', port: other }), 'other.yaml');
        const results = await Promise.all([
          box.run(['up', '--json']),
          box.run(['up', '--json', '--file', 'other.yaml']),
        ]);
        expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
        expect(results.filter(({ stdout }) => stdout.includes('waiting for it'))).toHaveLength(1);
        expect(installs(box)).toHaveLength(2);
        expect(openToOthers(join(box.data, 'python'))).toEqual([]);
      },
      { ownPython: true },
    );
  });
});
