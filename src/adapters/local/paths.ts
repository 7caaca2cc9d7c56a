import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.ts';
import { cacheFolder } from '../cache.ts';

/** Folders that all local environments share. */
export interface SharedPaths {
  /** Python environments, one for each lock digest. */
  readonly python: string;
  /** Downloaded tools; can be deleted at any time. */
  readonly tools: string;
  /** Hubwright's own Python code and locks. */
  readonly runtime: string;
  readonly proxyProgram: string;
}

/** Where one local environment keeps what is its own. Everything is the user's alone (0700, files 0600). */
export interface StatePaths {
  readonly root: string;
  readonly lock: string;
  /** Which config file it was deployed from. */
  readonly origin: string;
  readonly hubSettings: string;
  readonly profilesSettings: string;
  readonly prometheusSettings: string;
  readonly secrets: string;
  readonly accounts: string;
  readonly homes: string;
  readonly logs: string;
  readonly serverLogs: string;
  readonly hubLog: string;
  readonly proxyLog: string;
  readonly prometheusLog: string;
  readonly hubRecord: string;
  readonly proxyRecord: string;
  readonly prometheusRecord: string;
  /** The hub's database. */
  readonly database: string;
  readonly materials: string;
  /** What Prometheus is configured with and has recorded. */
  readonly prometheus: string;
}

/**
 * The user's data folder: `HUBWRIGHT_DATA`, or as the XDG base directory specification has it.
 *
 * @throws UserError for a relative path: it would mean another folder in each working directory.
 */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  const own = env['HUBWRIGHT_DATA'];
  if (own !== undefined && own !== '') {
    if (isAbsolute(own)) return own;
    throw new UserError({
      what: 'HUBWRIGHT_DATA is a relative path.',
      where: own,
      fix: 'Write it from the root: `HUBWRIGHT_DATA=$PWD/data`.',
      exitCode: 2,
    });
  }
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'hubwright');
}

export function sharedPaths(env: NodeJS.ProcessEnv): SharedPaths {
  return {
    python: join(dataFolder(env), 'python'),
    tools: join(cacheFolder(env), 'tools'),
    runtime: fileURLToPath(new URL('../../../runtime', import.meta.url)),
    proxyProgram: createRequire(import.meta.url).resolve(
      'configurable-http-proxy/bin/configurable-http-proxy',
    ),
  };
}

export function statePaths(env: NodeJS.ProcessEnv, deployment: string, environment: string): StatePaths {
  const root = join(dataFolder(env), 'environments', deployment, environment);
  return {
    root,
    lock: join(root, 'lock'),
    origin: join(root, 'origin.json'),
    hubSettings: join(root, 'settings', 'hub.json'),
    profilesSettings: join(root, 'settings', 'profiles.json'),
    prometheusSettings: join(root, 'settings', 'prometheus.json'),
    secrets: join(root, 'secrets'),
    accounts: join(root, 'secrets', 'accounts.json'),
    homes: join(root, 'homes'),
    logs: join(root, 'logs'),
    serverLogs: join(root, 'logs', 'servers'),
    hubLog: join(root, 'logs', 'hub.log'),
    proxyLog: join(root, 'logs', 'proxy.log'),
    prometheusLog: join(root, 'logs', 'prometheus.log'),
    hubRecord: join(root, 'run', 'hub.json'),
    proxyRecord: join(root, 'run', 'proxy.json'),
    prometheusRecord: join(root, 'run', 'prometheus.json'),
    database: join(root, 'hub', 'jupyterhub.sqlite'),
    materials: join(root, 'materials'),
    prometheus: join(root, 'prometheus'),
  };
}

/** Log of one person's server. */
export function serverLogFile({ serverLogs }: StatePaths, user: string): string {
  return join(serverLogs, `${safeName(user)}.log`);
}

const plainName = /^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$/;

/** The file name that stands for a person: `safe_name` of runtime/hubwright_hub/names.py. */
export function safeName(user: string): string {
  if (user.length <= 64 && plainName.test(user)) return user;
  const readable = user
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32);
  const digest = createHash('sha256').update(user).digest('hex').slice(0, 16);
  return `${readable || 'user'}~${digest}`;
}
