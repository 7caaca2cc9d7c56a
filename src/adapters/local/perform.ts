import { access, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LocalAction } from '../../plan/local/actions.ts';
import type { SecretReference } from '../../config/schema/secret.ts';
import { UserError, messageOf } from '../../errors.ts';
import { temporaryPrefix } from '../../ports.ts';
import { systemClock } from '../clock.ts';
import { errorCode, removeTree, writeWhole } from '../files.ts';
import { run } from '../processes.ts';
import { readSecret } from '../secrets.ts';
import { mergeAccounts } from '../stored-accounts.ts';
import { readAccounts, writeAccounts } from './accounts.ts';
import type { LocalContext } from './context.ts';
import { answers, startDaemon, stopDaemon, waitUntil } from './daemons.ts';
import { copyReadOnly } from './materials.ts';
import { startPrometheus, stopPrometheus } from './prometheus.ts';
import { installPythonSet, pythonEnvironment } from './python.ts';
import { safeName } from './paths.ts';
import { readToken } from './secrets.ts';
import { stopServers } from './servers.ts';

/** Seconds that a daemon gets to end politely, and to answer after its start. */
const graceSeconds = 10;
const startSeconds = 120;
/** Seconds that a running hub gets to answer before it counts as hanging. */
const silentSeconds = 20;

interface Performing {
  readonly context: LocalContext;
  readonly clientSecret: SecretReference | undefined;
  readonly report: (text: string) => void;
}

/** Does one action. Each can be killed anywhere and done again. */
export async function performLocal(action: LocalAction, performing: Performing): Promise<void> {
  const { context } = performing;
  const { paths } = context;
  switch (action.kind) {
    case 'installPython':
      return installPython(action, performing);
    case 'copyMaterials':
      return copyReadOnly(resolve(context.configFolder, action.from), paths.materials);
    case 'writeAccounts':
      return replaceAccounts(paths.accounts, action.accounts);
    case 'deleteAccounts':
      return rm(paths.accounts, { force: true });
    case 'writeSettings':
      await writeWhole(paths.profilesSettings, `${JSON.stringify(action.profiles, null, 1)}\n`);
      await writeWhole(paths.hubSettings, `${JSON.stringify(action.hub, null, 1)}\n`);
      return writeWhole(paths.origin, JSON.stringify({ file: context.configFile }));
    case 'startProxy':
      return startProxy(action, performing);
    case 'startHub':
      return startHub(action, performing);
    case 'syncAccounts':
      await (await context.hubApi()).syncAccounts();
      return;
    case 'removePeople':
      return removePeople(context, action.names, performing.report);
    case 'stopServers':
      return endServers(context);
    case 'stopServersOf':
      return endServers(context, action.names);
    case 'stopHub':
      return stopDaemon({ record: paths.hubRecord, log: paths.hubLog }, graceSeconds);
    case 'stopProxy':
      return stopDaemon({ record: paths.proxyRecord, log: paths.proxyLog }, graceSeconds);
    case 'startPrometheus':
      return startPrometheus(action, context, daemonEnvironment(context.env, performing.clientSecret));
    case 'stopPrometheus':
      return stopPrometheus(context);
  }
}

async function installPython(
  { set }: LocalAction & { kind: 'installPython' },
  { context, report }: Performing,
): Promise<void> {
  const { shared, configFolder, wheels } = context;
  await installPythonSet(set, {
    shared,
    configFolder,
    wheels,
    interpreter: await context.interpreter(),
    report,
  });
}

async function replaceAccounts(path: string, listed: Parameters<typeof mergeAccounts>[1]): Promise<void> {
  await writeAccounts(path, mergeAccounts((await readAccounts(path)) ?? [], listed));
}

type StartProxy = LocalAction & { kind: 'startProxy' };

async function startProxy(
  { address, ports, startedWith }: StartProxy,
  { context, clientSecret }: Performing,
): Promise<void> {
  const { paths, shared } = context;
  const files = { record: paths.proxyRecord, log: paths.proxyLog };
  await stopDaemon(files, graceSeconds);
  const hub = `http://127.0.0.1:${ports.hub}`;
  const identity = await startDaemon({
    ...files,
    runtime: shared.runtime,
    startedWith,
    port: ports.public,
    cwd: paths.root,
    env: {
      ...daemonEnvironment(context.env, clientSecret),
      CONFIGPROXY_AUTH_TOKEN: await readToken(paths.secrets, 'proxy_token'),
    },
    command: [
      [process.execPath, shared.proxyProgram],
      ['--ip', address, '--port', String(ports.public)],
      ['--api-ip', '127.0.0.1', '--api-port', String(ports.proxyApi)],
      ['--metrics-ip', '127.0.0.1', '--metrics-port', String(ports.proxyMetrics)],
      ['--default-target', hub, '--error-target', `${hub}/hub/error`],
    ].flat(),
  });
  // It goes on without its public port when it cannot have that, so that both have to answer.
  const host = address.includes(':') ? `[${address}]` : address;
  const all = [`http://${host}:${ports.public}/`, `http://127.0.0.1:${ports.proxyApi}/api/routes`];
  await waitUntil(async () => (await Promise.all(all.map(answers))).every(Boolean), {
    ...files,
    port: ports.public,
    identity,
    name: 'proxy',
    seconds: startSeconds,
  });
  // A new proxy knows nobody's server. A hub that runs on is told; one that starts does so by itself.
  await (await context.hubApi().catch(() => undefined))?.syncProxy().catch(() => undefined);
}

type StartHub = LocalAction & { kind: 'startHub' };

async function startHub(
  { ports, startedWith, listed, waitFirst }: StartHub,
  { context, clientSecret }: Performing,
): Promise<void> {
  const { paths, shared, configFolder, env } = context;
  const files = { record: paths.hubRecord, log: paths.hubLog };
  const health = `http://127.0.0.1:${ports.hub}/hub/health`;
  if (waitFirst && (await answersSoon(health))) return followList(context, listed);
  await stopDaemon(files, graceSeconds);
  const secret = clientSecret && (await readSecret(clientSecret, configFolder, env));
  const identity = await startDaemon({
    ...files,
    runtime: shared.runtime,
    startedWith,
    port: ports.hub,
    cwd: paths.root,
    env: {
      ...daemonEnvironment(env, clientSecret),
      HUBWRIGHT_STATE: paths.root,
      ...(secret === undefined ? {} : { HUBWRIGHT_OIDC_CLIENT_SECRET: secret }),
    },
    command: [
      await hubPython(context),
      '-m',
      'jupyterhub',
      '--config',
      join(shared.runtime, 'hubwright_hub', 'jupyterhub_config.py'),
    ],
  });
  await waitUntil(() => answers(health), {
    ...files,
    port: ports.hub,
    identity,
    name: 'hub',
    seconds: startSeconds,
  });
  if (listed) await removePeople(context, await unlisted(context, listed));
}

/**
 * The user's environment without what is none of a daemon's business: modules that the user's own Python programs find,
 * and the variable that the client secret was read from (the hub has it under another name, and takes it away there).
 */
function daemonEnvironment(env: NodeJS.ProcessEnv, clientSecret?: SecretReference): NodeJS.ProcessEnv {
  const secret = clientSecret && 'fromEnv' in clientSecret ? { [clientSecret.fromEnv]: undefined } : {};
  return { ...env, PYTHONPATH: undefined, PYTHONHOME: undefined, PYTHONSTARTUP: undefined, ...secret };
}

/** A hub that was starting may have read an older list. */
async function followList(context: LocalContext, listed: readonly string[] | undefined): Promise<void> {
  if (listed === undefined) return;
  await (await context.hubApi()).syncAccounts();
  await removePeople(context, await unlisted(context, listed));
}

async function answersSoon(url: string): Promise<boolean> {
  for (const until = Date.now() + silentSeconds * 1000; Date.now() < until;) {
    if (await answers(url)) return true;
    await systemClock.sleep(100);
  }
  return false;
}

async function hubPython(context: LocalContext): Promise<string> {
  const { shared, configFolder } = context;
  const where = { shared, configFolder, interpreter: await context.interpreter() };
  return (await pythonEnvironment({ id: 'hub', requirements: undefined }, where)).python;
}

/** With what they left behind in their control groups: the hub, which would see to that, has been stopped. */
async function endServers(
  { paths, shared, interpreter }: LocalContext,
  names?: readonly string[],
): Promise<void> {
  const limits = await stopServers(paths.database, graceSeconds, names);
  // That a Python has gone since is no reason to leave the proxy running; the next hub sees to it.
  const python = limits.length === 0 ? undefined : await interpreter().catch(() => undefined);
  if (!python) return;
  const program = join(shared.runtime, 'hubwright_hub', 'limits.py');
  await run(python.path, ['-E', program, ...limits.map((one) => JSON.stringify(one))]);
}

/**
 * People whom a run that was killed had already struck off the list: the hub still knows them, and only it can stop
 * their servers.
 */
async function unlisted(context: LocalContext, listed: readonly string[]): Promise<string[]> {
  const names = new Set(listed);
  const users = await (await context.hubApi()).users();
  return users.map(({ name }) => name).filter((name) => !names.has(name));
}

async function removePeople(
  context: LocalContext,
  names: readonly string[],
  report: (text: string) => void = () => undefined,
): Promise<void> {
  if (names.length === 0) return;
  const api = await context.hubApi();
  let gone = 0;
  await Promise.all(
    names.map(async (name) => {
      await api.deleteUser(name);
      // Homes are people's. Those of an interrupted verify are nobody's.
      if (name.startsWith(temporaryPrefix)) await deleteHome(context, name);
      gone += 1;
      report(`${gone} of ${names.length}`);
    }),
  );
}

/** @returns false when there was no home. */
export async function deleteHome(context: LocalContext, name: string): Promise<boolean> {
  const home = join(context.paths.homes, safeName(name));
  const found = await access(home).then(
    () => true,
    () => false,
  );
  await removeTree(home).catch((error: unknown) => {
    throw errorCode(error) === undefined ? error : homeStays(name, home, error);
  });
  return found;
}

function homeStays(name: string, home: string, cause: unknown): UserError {
  return new UserError({
    what: `The home of ${name} could not be deleted, or not all of it.`,
    where: home,
    fix: `It holds what is not yours, or is in use: \`sudo rm -rf ${home}\`.`,
    details: messageOf(cause),
    cause,
  });
}
