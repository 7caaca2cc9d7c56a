import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A temporary folder and the processes that work in it: they end, and it goes, with `stop` or with this process. */
export class Processes {
  readonly folder: string;
  readonly #running = new Map<string, ChildProcess>();
  #guard: ChildProcess | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async inTemporaryFolder(): Promise<Processes> {
    return new Processes(await mkdtemp(join(tmpdir(), 'hubwright-cluster-')));
  }

  /** Starts a program whose output goes to NAME.log in the folder. */
  async start(name: string, program: string, args: readonly string[]): Promise<void> {
    const log = await open(join(this.folder, `${name}.log`), 'a');
    const child = spawn(program, args, { cwd: this.folder, stdio: ['ignore', log.fd, log.fd] });
    // Why it could not be started is then in `waitFor`'s error.
    child.on('error', (error) => void log.write(`${error.message}\n`));
    child.on('exit', () => void log.close());
    this.#running.set(name, child);
    this.#watchOver();
  }

  /** Waits until `ready` does not throw. @throws Error with the log's end when the process is gone or time is up. */
  async waitFor(name: string, ready: () => Promise<unknown>, seconds = 60): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      try {
        await ready();
        return;
      } catch (error) {
        const child = this.#running.get(name);
        const gone = child?.exitCode ?? child?.signalCode ?? undefined;
        if (gone === undefined && Date.now() < deadline) {
          await sleep(50);
          continue;
        }
        const state = gone === undefined ? `not ready after ${seconds} s` : `ended (${gone})`;
        throw new Error(`${name} ${state}: ${String(error)}\n${await this.#endOfLog(name)}`, {
          cause: error,
        });
      }
    }
  }

  /** Ends one of them, so that another can take its place. */
  async end(name: string): Promise<void> {
    await end(this.#running.get(name));
    this.#running.delete(name);
    this.#watchOver();
  }

  /** Waits until it has ended by itself. */
  async ended(name: string): Promise<void> {
    const child = this.#running.get(name);
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Ends exactly what was started here, and removes the folder. */
  async stop(): Promise<void> {
    await end(this.#guard);
    // What they hold is thrown away, so there is nothing to end in good order for.
    await Promise.all([...this.#running.values()].map(end));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #endOfLog(name: string): Promise<string> {
    const log = await readFile(join(this.folder, `${name}.log`), 'utf8');
    return log.slice(-3000);
  }

  /**
   * A shell that ends the processes when the pipe to this process breaks: a test run that is killed takes
   * nothing down by itself. A new one for each new process, because its list is in its arguments.
   */
  #watchOver(): void {
    const old = this.#guard;
    const ids = [...this.#running.values()].flatMap(({ pid }) => pid ?? []).map(String);
    const words = 'read -r never; folder=$1; shift; kill -9 "$@" 2>/dev/null; rm -rf "$folder"';
    this.#guard = spawn('sh', ['-c', words, 'sh', this.folder, ...ids], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C reaches every process of the terminal's group; the guard is to outlive that.
      detached: true,
    });
    old?.kill('SIGKILL');
  }
}

/** Ports of loopback that nobody listens at: all held at once, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
