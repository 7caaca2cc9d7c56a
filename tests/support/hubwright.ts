import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type StatePaths, statePaths } from '../../src/adapters/local/paths.ts';
import { type Found, endAll, processesOf } from './processes.ts';

export const repo = dirname(dirname(import.meta.dirname));

/** The pinned Node, whichever Node runs the tests. */
const node = join(repo, 'node_modules', '.bin', 'node');
const program = join(repo, 'src', 'cli', 'main.ts');

/** Python packages are installed once for all tests: 300 MB and several seconds. */
export const sharedPython = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'hubwright',
  'tests',
  'python',
);

export interface RunOptions {
  /** Added to this process's environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the command is called; the sandbox's folder, where hub.yaml is. */
  readonly cwd?: string;
  readonly input?: string;
  /** In a process group of its own, which a test can kill as a terminal's Ctrl-C or a closed window does. */
  readonly ownGroup?: boolean;
  /** A module that is loaded before the program. */
  readonly preload?: string;
}

export interface Result {
  /** null: ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
}

/**
 * A folder with a hub.yaml, and a data folder of its own.
 *
 * @param options.ownPython Python packages are installed for this sandbox alone.
 */
export function sandbox(options: { readonly ownPython?: boolean } = {}): Sandbox {
  return new Sandbox(options.ownPython ?? false);
}

export class Sandbox {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'hubwright-test-')));
  /** HUBWRIGHT_DATA of every command. */
  readonly data = join(this.folder, 'data');
  readonly #configs = new Set<string>();

  constructor(ownPython: boolean) {
    mkdirSync(this.data, { mode: 0o700 });
    if (ownPython) return;
    mkdirSync(sharedPython, { recursive: true, mode: 0o700 });
    symlinkSync(sharedPython, join(this.data, 'python'));
  }

  /** Writes a file of the sandbox, with the folders above it. @returns its path. */
  async write(name: string, text: string, mode = 0o644): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode });
    return path;
  }

  /** Writes a config file, whose environments `close` will take down. @returns its path. */
  async writeConfig(yaml: string, name = 'hub.yaml'): Promise<string> {
    this.willTakeDown(name);
    return this.write(name, yaml);
  }

  /** Has `close` take down the environments of a config file that a command is going to write. */
  willTakeDown(name: string): void {
    this.#configs.add(join(this.folder, name));
  }

  /** Where an environment keeps what is its own. */
  state(deployment: string, environment = 'local'): StatePaths {
    return statePaths({ HUBWRIGHT_DATA: this.data }, deployment, environment);
  }

  /** Starts `hubwright ARGS` as the launcher does. For tests that kill it; others call `run`. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const preload = options.preload === undefined ? [] : ['--import', options.preload];
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...preload, program, ...args], {
      cwd: options.cwd ?? this.folder,
      env: {
        ...process.env,
        HUBWRIGHT_DATA: this.data,
        NODE_COMPILE_CACHE: join(repo, 'node_modules', '.cache', 'compile'),
        // Vitest's own settings are none of the tool's business.
        NODE_OPTIONS: undefined,
        ...options.env,
      },
      stdio: 'pipe',
      detached: options.ownGroup ?? false,
    });
    // A child that does not read, or is gone, is no fault of the test.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    return { child, done: finished(child) };
  }

  /** Runs `hubwright ARGS` to its end, whatever that is. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    return this.start(args, options).done;
  }

  /** Runs `hubwright ARGS`, which has to succeed. @returns its standard output. */
  async must(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options);
    if (exitCode === 0) return stdout;
    throw new Error(`hubwright ${args.join(' ')}: exit code ${exitCode}\n${stdout}\n${stderr}`);
  }

  /** What runs and belongs to this sandbox: hubs, proxies, servers, kernels, commands. Linux only. */
  processes(): Promise<Found[]> {
    return processesOf(this.folder);
  }

  /** Takes everything down. @throws Error that names what `down` failed at or left running. */
  async close(): Promise<void> {
    const failures: string[] = [];
    for (const config of this.#configs) {
      const { exitCode, stdout, stderr } = await this.run(['down', '--file', config]);
      if (exitCode !== 0) failures.push(`down: exit code ${exitCode}\n${stdout}${stderr}`);
    }
    const left = await this.processes();
    if (left.length > 0) {
      failures.push(`still running: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
      endAll(left);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }
}

/** Without the breaks where a terminal's width ends. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The events of a command that was called with `--json`: one object a line. */
export function events(stdout: string): { type: string; [key: string]: unknown }[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as { type: string });
}

function finished(child: ChildProcess): Promise<Result> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
