import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { person } from '../src/adapters/hub/person.ts';
import { anyFreePort } from '../src/adapters/local/ports.ts';
import { command, sideBySide, timed, type Row } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** From a clone with an empty home to a cell that has run, and the same once everything is installed. */
export async function firstNotebook(): Promise<Row[]> {
  const cold = await sideBySide(3, coldStart, coldByHand);
  const warm = await warmPair();
  const rival = 'the same parts, installed and started by hand';
  return [
    { what: 'empty home → a cell has run', rival, pair: cold, goal: '≤ 30 s, ≤ 1.15' },
    { what: 'installed → a cell has run', rival, pair: warm, goal: '≤ 6 s, ≤ 1.15' },
  ];
}

/** A folder with a home in it and nothing else, gone afterwards. */
async function inFolder<T>(work: (folder: string, env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-bench-'));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(XDG_|HUBWRIGHT_|NODE_COMPILE_CACHE|npm_)/i.test(name),
  );
  // With its own PATH: not the one that npm made, where this checkout's tools come first.
  const path = (process.env['PATH'] ?? '').split(':').filter((part) => !part.startsWith(root));
  try {
    return await work(folder, {
      ...Object.fromEntries(inherited),
      HOME: join(folder, 'home'),
      PATH: path.join(':'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `up` ends when a cell has run in a notebook: its own check does what `useNotebook` does for the rival. */
function coldStart(): Promise<number> {
  return inFolder(async (folder, env) => {
    const clone = join(folder, 'clone');
    await command('git', ['clone', '--quiet', root, clone]);
    const seconds = await timed(() => command('./hubwright', ['up'], { cwd: clone, env }));
    await command('./hubwright', ['down', '--file', 'examples/training/hub.yaml'], { cwd: clone, env });
    return seconds;
  });
}

function coldByHand(): Promise<number> {
  return inFolder(async (folder, env) => {
    const ports = await installPorts();
    let hub: ChildProcess | undefined;
    const seconds = await timed(async () => {
      await installByHand(folder, env, ports);
      hub = startByHand(folder, env);
      await useNotebook(ports);
    });
    await stop(hub);
    return seconds;
  });
}

function warmPair(): Promise<Row['pair']> {
  return inFolder(async (folder, env) => {
    const clone = join(folder, 'clone');
    const down = ['down', '--file', 'examples/training/hub.yaml'];
    const ports = await installPorts();
    await command('git', ['clone', '--quiet', root, clone]);
    await command('./hubwright', ['up'], { cwd: clone, env });
    await command('./hubwright', down, { cwd: clone, env });
    await installByHand(folder, env, ports);
    const ours = async (): Promise<number> => {
      const seconds = await timed(() => command('./hubwright', ['up'], { cwd: clone, env }));
      await command('./hubwright', down, { cwd: clone, env });
      return seconds;
    };
    const rival = async (): Promise<number> => {
      let hub: ChildProcess | undefined;
      const seconds = await timed(async () => {
        hub = startByHand(folder, env);
        await useNotebook(ports);
      });
      await stop(hub);
      return seconds;
    };
    await rival();
    return sideBySide(5, ours, rival);
  });
}

interface Ports {
  readonly public: number;
  readonly hub: number;
  readonly api: number;
}

async function installPorts(): Promise<Ports> {
  return { public: await anyFreePort(), hub: await anyFreePort(), api: await anyFreePort() };
}

async function installByHand(cwd: string, env: NodeJS.ProcessEnv, ports: Ports): Promise<void> {
  await command(
    join(root, 'bench/by-hand.sh'),
    ['install', ...[ports.public, ports.hub, ports.api].map(String)],
    { cwd, env },
  );
}

function startByHand(cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(join(root, 'bench/by-hand.sh'), ['start'], { cwd, env, stdio: 'ignore', detached: true });
}

/** Ends the hub, which takes its proxy and servers with it. */
async function stop(hub: ChildProcess | undefined): Promise<void> {
  if (hub?.pid === undefined) return;
  const ended = once(hub, 'exit');
  process.kill(hub.pid, 'SIGTERM');
  await ended;
}

/** What `up` does at its end, done to the rival's hub. */
async function useNotebook(ports: Ports): Promise<void> {
  const url = `http://127.0.0.1:${ports.public}/`;
  for (;;) {
    const answer = await fetch(`${url}hub/health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const someone = person(url, { kind: 'password', name: 'alex', password: 'by-hand' });
  await someone.logIn();
  await someone.startServer('');
  const kernel = await someone.startKernel();
  const answer = await kernel.run('print(6 * 7)');
  if (answer.trim() !== '42') throw new Error(`the rival's cell printed ${answer}`);
  await kernel.close();
  await someone.stopServer();
}
