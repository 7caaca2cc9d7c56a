import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tempFolder } from '../support/temp-folder.ts';

export const repo = dirname(dirname(import.meta.dirname));

/** What the launcher and the installer call. Nothing else is on PATH, so a new dependency shows up here. */
const tools =
  'sh cmp readlink dirname mkdir rm mv cp ln cat tail sed grep uname tar gzip sha512sum flock sleep seq chmod df awk';

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A checkout with the real launcher, an empty package, and a PATH on which npm is tests/house/fake-npm. */
export class Checkout {
  readonly dir: string;
  readonly bin: string;
  readonly calls: string;

  constructor(options: { name?: string; without?: string[] } = {}) {
    const temp = tempFolder('launcher');
    this.dir = join(temp, options.name ?? 'checkout');
    this.bin = join(temp, 'bin');
    this.calls = join(temp, 'calls');
    mkdirSync(join(this.dir, 'scripts'), { recursive: true });
    mkdirSync(this.bin);
    for (const file of ['hubwright', 'scripts/install.sh', 'scripts/with-dev.sh']) {
      copyFileSync(join(repo, file), join(this.dir, file));
    }
    chmodSync(join(this.dir, 'hubwright'), 0o755);
    this.write('package.json', '{\n  "dependencies": {\n    "node": "1.2.3"\n  }\n}\n');
    this.write('package-lock.json', '{}\n');
    this.write('scripts/node.sha512', '');
    for (const tool of tools.split(' ')) this.#link(tool, find(tool));
    this.#link('npm', join(repo, 'tests/house/fake-npm'));
    this.#link('node', process.execPath);
    for (const tool of options.without ?? []) execFileSync('rm', [join(this.bin, tool)]);
  }

  #link(name: string, target: string | undefined): void {
    if (target !== undefined) symlinkSync(target, join(this.bin, name));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.dir, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  /** The npm calls so far that installed packages. */
  installs(): string[] {
    const calls = existsSync(this.calls) ? readFileSync(this.calls, 'utf8').split('\n') : [];
    return calls.filter((call) => call.startsWith('ci '));
  }

  /** What an install leaves in .install/ beside its lock and its log. */
  leftovers(): string[] {
    return readdirSync(join(this.dir, '.install')).filter((name) => name !== 'lock' && name !== 'log');
  }

  start(command: string[], fake = '', cwd = this.dir): { child: ChildProcess; done: Promise<Result> } {
    const env = { PATH: this.bin, FAKE_NPM: fake, FAKE_NPM_CALLS: this.calls, NODE_ENV: 'production' };
    const child = spawn(command[0] ?? '', command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const done = new Promise<Result>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
    return { child, done };
  }

  async run(fake = '', args: string[] = []): Promise<Result> {
    return this.start([join(this.dir, 'hubwright'), ...args], fake).done;
  }

  async runDev(args: string[]): Promise<Result> {
    return this.start(['sh', 'scripts/with-dev.sh', ...args]).done;
  }
}

function find(tool: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.map((folder) => join(folder, tool)).find((path) => existsSync(path));
}
