import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Sandbox, repo } from '../support/hubwright.ts';
import { closedIndex, freePort, inSandbox, small } from './kit.ts';

const locks = ['requirements.lock', 'uv.lock.txt'].map((name) => join(repo, 'runtime', name));
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hubwright', 'tests');

/** A folder with every wheel of the locks, filled once by the command that Hubwright itself prints. */
function wheels(printed: string): string {
  const digest = createHash('sha256');
  for (const lock of locks) digest.update(readFileSync(lock));
  const folder = join(cache, `wheels-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  try {
    const command = printed.replace(/-d \S+$/, `-d '${draft}'`);
    execFileSync('sh', ['-c', command], { stdio: 'pipe', env: { ...process.env, PIP_QUIET: '1' } });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** The command that fills a folder of wheels, from the error that an empty folder gives. */
async function printedCommand(box: Sandbox): Promise<string> {
  mkdirSync(join(box.folder, 'empty'));
  await box.writeConfig(small({ port: await freePort(), local: 'wheels: empty' }));
  const { stderr } = await box.run(['up'], { env: closedIndex(box) });
  expect(stderr).toContain('The folder of wheels lacks a package, or holds another build of it.');
  const command = /^fix .*`(.*)`/m.exec(stderr)?.[1];
  expect(command).toMatch(new RegExp(`-d ${box.folder}/empty$`));
  return command ?? '';
}

/** Links to those wheels, in a folder that the config can name by a relative path. */
async function offer(
  box: Sandbox,
  from: string,
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  mkdirSync(join(box.folder, 'wheels'));
  for (const name of readdirSync(from).filter(wanted))
    symlinkSync(join(from, name), join(box.folder, 'wheels', name));
  await box.writeConfig(small({ port: await freePort(), local: 'wheels: wheels' }));
}

/** The command as somebody writes it who stands in the folder of Hubwright. */
function fromRepository(command: string): string {
  return command
    .replace(/^\S+ -m/, 'python3 -m')
    .replaceAll(`${repo}/`, '')
    .replace(/-d \S+$/, '-d wheels');
}

describe.concurrent('from a folder of wheels, with no registry to be reached', () => {
  test('that the printed command fills, everything is installed with the uv in it', async () => {
    await inSandbox(
      async (box) => {
        const printed = await printedCommand(box);
        expect(readFileSync(join(repo, 'docs/local.md'), 'utf8')).toContain(fromRepository(printed));
        await offer(box, wheels(printed));
        const env = { ...closedIndex(box), XDG_CACHE_HOME: join(box.folder, 'cache') };
        // The path in the file counts from the file, not from where the command is called.
        const args = ['up', '--no-verify', '--file', join(box.folder, 'hub.yaml')];
        const { exitCode, stderr } = await box.run(args, { env, cwd: '/' });
        expect(exitCode, stderr).toBe(0);
        expect(installer(box)).toBe('uv');
      },
      { ownPython: true },
    );
  });

  test('without uv, and with one in the cache that does not run, pip installs everything', async () => {
    await inSandbox(
      async (box) => {
        await offer(box, wheels(await printedCommand(box)), (name) => !name.startsWith('uv-'));
        const version = /^uv==(\S+)/m.exec(readFileSync(locks[1] ?? '', 'utf8'))?.[1];
        await box.write(`cache/hubwright/tools/uv-${version}/bin/uv`, '#!/bin/sh\nexit 1\n', 0o755);
        const env = { ...closedIndex(box), XDG_CACHE_HOME: join(box.folder, 'cache') };
        const { exitCode, stderr } = await box.run(['up', '--no-verify'], { env });
        expect(exitCode, stderr).toBe(0);
        expect(installer(box)).toBe('pip');
      },
      { ownPython: true },
    );
  });

  test('that is not there is an error with its name', async () => {
    await inSandbox(
      async (box) => {
        await box.writeConfig(small({ port: await freePort(), local: 'wheels: nowhere' }));
        const { exitCode, stderr } = await box.run(['up'], { env: closedIndex(box) });
        expect(stderr).toContain('The folder of wheels is not there.');
        expect(stderr).toContain(`where ${box.folder}/nowhere`);
        expect(exitCode).toBe(2);
      },
      { ownPython: true },
    );
  });
});

function installer(box: Sandbox): unknown {
  const folder = join(box.data, 'python');
  const name = readdirSync(folder).find((entry) => /^[0-9a-f]+$/.test(entry)) ?? '';
  const mark = JSON.parse(readFileSync(join(folder, name, 'complete.json'), 'utf8')) as { installer: string };
  return mark.installer;
}
