import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { shellWord } from '../config/shell-word.ts';
import { UserError } from '../errors.ts';
import type { ProcessIdentity } from '../ports.ts';
import { systemClock } from './clock.ts';
import { errorCode } from './files.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
  readonly timeoutSeconds?: number;
  /** What the program reads from its standard input; nothing without it. */
  readonly input?: string;
  /** The program ends when this process does, even when this one is killed: for what must not go on writing alone. */
  readonly attended?: true;
  /** What the program makes is for the user alone (umask 077), as far as it does not insist on more. */
  readonly privately?: true;
  /** Ends the program; the result says that it did not succeed. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** Output and errors, as a terminal would have shown them. */
  readonly output: string;
  /** The command, ready to be pasted into a shell. */
  readonly command: string;
  /** The program is not there. */
  readonly missing: boolean;
}

/** Runs a program to its end. Never throws for what the program does; `must` does. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  // Many commands start no process, and it takes as long to load as the rest of the tool's own code.
  const { execa } = await import('execa');
  const { input, attended } = options;
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const before = wrapper(options);
  const [called = program, ...given] = [...before, program, ...args];
  const child = execa(called, given, {
    reject: false,
    all: true,
    stdio: attended ? [stdin, 'pipe', 'pipe', 'pipe'] : [stdin, 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  const { onLine } = options;
  if (onLine) {
    for await (const line of child.iterable({ from: 'all' })) onLine(line);
  }
  const result = await child;
  return {
    ok: !result.failed,
    stdout: result.stdout,
    output: result.all,
    command: before.length > 0 ? [program, ...args].map(shellWord).join(' ') : result.escapedCommand,
    // 127 is how a shell says it.
    missing: result.failed && (result.code === 'ENOENT' || (before.length > 0 && result.exitCode === 127)),
  };
}

/** What has to stand before the program. */
function wrapper({ attended, privately }: RunOptions): string[] {
  return [
    ...(attended ? ['sh', attendant] : []),
    ...(privately ? ['sh', '-c', 'umask 077 && exec "$0" "$@"'] : []),
  ];
}

const attendant = fileURLToPath(new URL('../../runtime/attended.sh', import.meta.url));

/**
 * The result of a program that has to succeed.
 *
 * @throws UserError with the command and the last lines it printed.
 */
export function must(result: RunResult, what: string, fix: string): RunResult {
  if (result.ok) return result;
  throw new UserError({ what, where: result.command, fix, details: lastLines(result.output, 15).join('\n') });
}

/** Without colours and other things that terminals understand. */
export function lastLines(text: string, count: number): string[] {
  return stripVTControlCharacters(text).trimEnd().split('\n').slice(-count);
}

/**
 * When that process was started, as the operating system tells it; undefined when there is none.
 * Linux: field 22 of /proc/PID/stat (proc(5)), which counts from the boot, and so the boot's id. Elsewhere: `ps`.
 * `runtime/daemon.sh` and `runtime/hubwright_hub/identity.py` write the same text.
 */
export function startTimeOf(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
}

async function linuxStartTime(pid: number): Promise<string | undefined> {
  try {
    const fields = afterName(await readFile(`/proc/${pid}/stat`, 'utf8'));
    // A zombie has ended: it only waits for its parent to look.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${bootId()}-${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Exported for its test, which runs on Linux too. */
export async function psStartTime(pid: number): Promise<string | undefined> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    // In another language or time zone the same moment is another text.
    env: { LC_ALL: 'C', TZ: 'UTC0' },
  });
  const [, status, started] = /^(\S+) +(.+)$/.exec(stdout.trim()) ?? [];
  return status?.startsWith('Z') ? undefined : started;
}

/** The fields of /proc/PID/stat from the third on; the second, the name, may hold blanks and brackets. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  // A record that something else has damaged names no process.
  if (!pid || !startTime) return false;
  return (await startTimeOf(pid)) === startTime;
}

let boot: string | undefined;

function bootId(): string {
  return (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8));
}

/**
 * Ends the process and its group: politely, and by force after the grace time. Does nothing when the process is not
 * the one meant any more.
 */
export async function terminate(identity: ProcessIdentity, graceSeconds: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isAlive(identity))) return;
    signalGroup(identity.pid, signal);
    if (await gone(identity, graceSeconds)) return;
  }
  throw new UserError({
    what: `Process ${identity.pid} does not end.`,
    fix: `It hangs in the kernel (often a network drive): look at it with \`ps -o stat,wchan,args -p ${identity.pid}\`.`,
  });
}

async function gone(identity: ProcessIdentity, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  for (let pause = 5; Date.now() < until; pause = Math.min(pause * 1.5, 100)) {
    if (!(await isAlive(identity))) return true;
    await systemClock.sleep(pause);
  }
  return !(await isAlive(identity));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Each process that is ended here leads its own group; one that does not is signalled alone.
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if (errorCode(error) !== 'ESRCH') throw error;
    }
  }
}
