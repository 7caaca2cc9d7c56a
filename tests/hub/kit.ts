import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../../src/adapters/hub/browser.ts';
import { openKernel } from '../../src/adapters/hub/kernel.ts';
import { startTimeOf } from '../../src/adapters/processes.ts';
import type { Kernel } from '../../src/ports.ts';
import { type Sandbox, events, sandbox } from '../support/hubwright.ts';

/** What the tests vary in a small file; everything else is the same in all of them. */
interface Small {
  readonly name?: string;
  /** YAML of `accounts`, on one line. */
  readonly accounts?: string;
  /** For tests that run beside others: two that look for a free one at the same moment find the same. */
  readonly port?: number;
  /** What else `local` says, as in a YAML map on one line. */
  readonly local?: string;
  /** Further lines of the environment, not indented. */
  readonly more?: string;
  /** Further lines of the profile `standard`, not indented. */
  readonly profile?: string;
}

/** The deployment `small` with the environment `local`: admin-alex, trainee-1, trainee-2, jo, and one profile. */
export function small({
  name = 'small',
  accounts,
  more = '',
  profile = 'memory: { limit: 2G }',
  ...rest
}: Small = {}): string {
  const people = accounts ?? '{ admins: [alex], users: { prefix: trainee, count: 2 }, extra: [jo] }';
  const local = [
    ...(rest.port === undefined ? [] : [`port: ${rest.port}`]),
    ...(rest.local ? [rest.local] : []),
  ];
  return `name: ${name}
environments:
  local:
    target: local
    auth:
      accounts: ${people}
    local: { ${local.join(', ')} }
${indented(more, 4)}
    profiles:
      standard:
        displayName: Python
${indented(profile, 8)}
`;
}

function indented(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => `${' '.repeat(columns)}${line}`)
    .join('\n');
}

/** Those that wait until another has done. More than three at a time are no faster on two cores. */
const waiting: (() => void)[] = [];
let working = 0;

/** Does something in a sandbox of its own, and takes it down again however that went. Three at a time. */
export async function inSandbox(
  work: (box: Sandbox) => Promise<void>,
  options: Parameters<typeof sandbox>[0] = {},
): Promise<void> {
  if (working === 3) await new Promise<void>((resolve) => waiting.push(resolve));
  else working++;
  try {
    await alone(work, options);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else working--;
  }
}

async function alone(
  work: (box: Sandbox) => Promise<void>,
  options: Parameters<typeof sandbox>[0],
): Promise<void> {
  const box = sandbox(options);
  try {
    await work(box);
  } catch (error) {
    // What failed first is the cause of what cannot be taken down.
    await box.close().catch(() => undefined);
    throw error;
  }
  await box.close();
}

/** Runs `up` without its verify. @returns the address. */
export async function up(box: Sandbox, ...args: string[]): Promise<string> {
  const result = events(await box.must(['up', '--no-verify', '--json', ...args])).at(-1);
  return String(result?.['url']);
}

/** The titles of the steps that a command did, from what it printed with `--json`. */
export function stepsDone(stdout: string): unknown[] {
  return events(stdout)
    .filter(({ type }) => type === 'stepDone')
    .map(({ id }) => id);
}

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

interface Record {
  readonly pid: number;
  readonly startTime: string;
  readonly startedWith: string;
}

/** What is written down about the hub, the proxy or Prometheus. */
export function recordOf(
  box: Sandbox,
  part: 'hub' | 'proxy' | 'prometheus',
  deployment = 'small',
  environment = 'local',
): Record {
  const { [`${part}Record` as const]: path } = box.state(deployment, environment);
  return JSON.parse(readFileSync(path, 'utf8')) as Record;
}

/** The process of a person's server, from the hub's database. */
export function serverOf(box: Sandbox, user: string, deployment = 'small', environment = 'local'): number {
  const { database } = box.state(deployment, environment);
  if (!existsSync(database)) return 0;
  const hub = new DatabaseSync(database, { readOnly: true, timeout: 5000 });
  try {
    const row = hub
      .prepare('select spawners.state from spawners join users on users.id = user_id where users.name = ?')
      .get(user) as { state: string } | undefined;
    return (JSON.parse(row?.state ?? '{}') as { pid?: number }).pid ?? 0;
  } finally {
    hub.close();
  }
}

/** The initial passwords as they are kept. */
export function passwords(box: Sandbox, deployment = 'small', environment = 'local'): Map<string, string> {
  const text = readFileSync(box.state(deployment, environment).accounts, 'utf8');
  const { accounts } = JSON.parse(text) as { accounts: { name: string; password: string }[] };
  return new Map(accounts.map(({ name, password }) => [name, password]));
}

/** Whether the log-in page lets somebody in with that password. */
export async function canLogIn(url: string, name: string, password: string | undefined): Promise<boolean> {
  return (await logIn(url, name, password)).home.includes('/hub/home');
}

interface Session {
  readonly browser: Browser;
  /** Where the log-in led to. */
  readonly home: string;
}

export async function logIn(url: string, name: string, password: string | undefined): Promise<Session> {
  const browser = new Browser();
  await browser.get(`${url}hub/login`);
  const answer = await browser.post(`${url}hub/login?next=%2Fhub%2Fhome`, {
    username: name,
    password: password ?? '',
  });
  return { browser, home: answer.url };
}

/** Somebody whose server runs, with a kernel's websocket open. */
export interface AtWork {
  readonly browser: Browser;
  readonly kernel: Kernel;
  readonly pid: number;
}

/** Logs in with the initial password, starts a server and opens a kernel. */
export async function atWork(
  box: Sandbox,
  {
    url,
    name,
    profile = 'standard',
    deployment = 'small',
  }: {
    readonly url: string;
    readonly name: string;
    readonly profile?: string;
    readonly deployment?: string;
  },
): Promise<AtWork> {
  const { browser, home } = await logIn(url, name, passwords(box, deployment).get(name));
  if (!home.includes('/hub/home')) throw new Error(`${name} cannot log in: ${home}`);
  const api = `${url}hub/api/users/${name}/server`;
  const asked = await browser.send('POST', api, { profile });
  if (asked.status >= 300) throw new Error(`the hub answered ${asked.status}: ${asked.text}`);
  const progress = await progressOf(browser, api);
  if (!progress.includes('"ready": true')) throw new Error(`no server: ${progress}`);
  const server = `${url}user/${name}/`;
  await browser.get(`${server}lab`);
  const kernel = await openKernel(browser, server);
  return { browser, kernel, pid: serverOf(box, name, deployment) };
}

/** Of a start that has failed at once the hub knows, for a moment, neither that it goes on nor that it has failed. */
async function progressOf(browser: Browser, api: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const { status, text } = await browser.get(`${api}/progress`);
    if (status !== 400 || tries === 100) return text;
    await sleep(50);
  }
}

export async function isRunning(pid: number): Promise<boolean> {
  return pid > 0 && (await startTimeOf(pid)) !== undefined;
}

/** Waits until it is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error(`not so after ${seconds} s: ${what}`);
}

/** Kills without mercy, and waits until it is gone. */
export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(`process ${pid} has ended`, async () => !(await isRunning(pid)));
}

/** Settings with which uv and pip reach no registry, and find nothing in a cache of theirs. */
export function closedIndex(box: Sandbox): { [name: string]: string | undefined } {
  // Nobody listens on port 1.
  const nowhere = 'http://127.0.0.1:1/simple';
  return {
    UV_DEFAULT_INDEX: nowhere,
    UV_INDEX_URL: nowhere,
    UV_CACHE_DIR: `${box.folder}/uv-cache`,
    PIP_INDEX_URL: nowhere,
    PIP_NO_CACHE_DIR: '1',
    PIP_FIND_LINKS: undefined,
  };
}
