import { shellWord } from '../../config/shell-word.ts';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '../../config/schema/environment.ts';
import type { HubFile } from '../../plan/local/actions.ts';
import type {
  Daemon,
  LocalObserved,
  LocalPorts,
  MachineCapabilities,
  TakenPort,
} from '../../plan/local/observed.ts';
import type { LocalSystem } from '../../platform/local/settings.ts';
import { readJson } from '../files.ts';
import { run } from '../processes.ts';
import { readSecret } from '../secrets.ts';
import { readAccounts } from './accounts.ts';
import { type LocalContext, readHubFile } from './context.ts';
import { answers, crashed, observeDaemon } from './daemons.ts';
import { environmentOfProxy } from './deployed.ts';
import { copyIsCurrent, mustBeFolder } from './materials.ts';
import { firstFreePort, holderOf, isFree, keepPort, listenerPid, listensOn } from './ports.ts';
import { observeMonitoring, observePrometheus } from './prometheus.ts';
import { pythonEnvironment } from './python.ts';
import { folderDigest, secretDigest } from './secrets.ts';
import { runningServers } from './servers.ts';

/** Reads everything that planning needs, side by side. Changes nothing. */
export async function observeLocal(
  context: LocalContext,
  environment: Environment,
  system: LocalSystem,
): Promise<LocalObserved> {
  const { paths, shared } = context;
  const [machine, hubSettings, profilesSettings, hub, proxy, prometheus, servers, accounts, runtime] =
    await Promise.all([
      machineCapabilities(context),
      readHubFile(paths.hubSettings),
      readJson(paths.profilesSettings),
      observeHub(context),
      observeProxy(context),
      observePrometheus(context),
      runningServers(paths.database),
      readAccounts(paths.accounts),
      folderDigest(shared.runtime),
    ]);
  const [ports, monitoring, pythonSets, clientSecret, materials, hubUsers, otherFile] = await Promise.all([
    choosePorts(context, system, hubSettings, {
      hub: hub.state === 'running',
      proxy: proxy.state === 'running' ? proxy.port : undefined,
    }),
    observeMonitoring(context, prometheus),
    pythonStates(context, system),
    clientSecretDigest(context, environment),
    materialsState(context, system, machine),
    hub.state === 'running' ? knownToHub(context) : undefined,
    fileBefore(context),
  ]);
  return {
    homes: paths.homes,
    machine,
    ...ports,
    runtime,
    clientSecret,
    pythonSets,
    proxy,
    hub,
    prometheus,
    monitoring,
    servers,
    hubUsers,
    hubSilent: hub.state === 'running' && hubUsers === undefined,
    materials,
    otherFile,
    settings: { hub: hubSettings, profiles: profilesSettings },
    accounts: accounts?.map(({ name, admin, temporary }) => ({ name, admin, temporary })),
  };
}

export function observeHub({ paths }: LocalContext): Promise<Daemon> {
  return observeDaemon({ record: paths.hubRecord, log: paths.hubLog });
}

/**
 * A proxy that cannot have its public port goes on without it: to people that is as if it had stopped, and its log says
 * why.
 */
export async function observeProxy({ paths }: LocalContext): Promise<Daemon> {
  const files = { record: paths.proxyRecord, log: paths.proxyLog };
  const found = await observeDaemon(files);
  if (found.state !== 'running') return found;
  return (await listensOn(found.process.pid, found.port)) ? found : crashed(files);
}

/** Asks the machine by trying; a Python script does, because the servers are started by Python. */
async function machineCapabilities({ shared, interpreter }: LocalContext): Promise<MachineCapabilities> {
  const { path } = await interpreter();
  const { ok, stdout } = await run(
    path,
    ['-E', resolve(shared.runtime, 'hubwright_hub', 'capabilities.py')],
    {
      timeoutSeconds: 20,
    },
  );
  if (ok) return JSON.parse(stdout) as MachineCapabilities;
  const reason = 'this machine could not be asked';
  return { limits: 'none', limitsReason: reason, readOnlyMounts: false, mountsReason: reason };
}

/**
 * The ports of before as long as they are ours or free, else new ones. A public port that the file names is never
 * replaced: it is reported as taken.
 */
async function choosePorts(
  { env, paths }: LocalContext,
  { bind }: LocalSystem,
  before: HubFile | undefined,
  /** `proxy`: the port on which it listens. */
  running: { readonly hub: boolean; readonly proxy: number | undefined },
): Promise<{ ports: LocalPorts; portTaken: LocalObserved['portTaken'] }> {
  const old = before && {
    public: portOf(before.publicUrl),
    hub: before.hubPort,
    proxyApi: portOf(before.proxyApiUrl),
    // Not there in the settings of an older Hubwright, whose proxy told no metrics.
    proxyMetrics: before.proxyMetricsPort as number | undefined,
  };
  const proxyRuns = running.proxy !== undefined;
  const others = {
    hub: await keepPort(old?.hub, running.hub),
    proxyApi: await keepPort(old?.proxyApi, proxyRuns),
    proxyMetrics: await keepPort(old?.proxyMetrics, proxyRuns),
  };
  // Settings of before may be damaged, or older than the proxy: a run that was killed between the two.
  const wanted = bind.port ?? running.proxy ?? old?.public ?? 8000;
  if (running.proxy === wanted || (await isFree(wanted, bind.address)))
    return { ports: { public: wanted, ...others }, portTaken: undefined };
  if (bind.port === undefined) {
    return {
      ports: { public: await firstFreePort(8000, bind.address), ...others },
      portTaken: undefined,
    };
  }
  // Our own proxy, of an `up` that was killed, which listens since a moment ago: starting it anew ends that one.
  const recorded = (await readJson(paths.proxyRecord)) as { readonly pid?: number } | undefined;
  if (recorded?.pid !== undefined && recorded.pid === (await listenerPid(wanted)))
    return { ports: { public: wanted, ...others }, portTaken: undefined };
  return {
    ports: { public: wanted, ...others },
    portTaken: { port: wanted, by: await holderOf(wanted), neighbour: await neighbourAt(wanted, env) },
  };
}

/** The environment of ours whose proxy listens there, if its file is where it was. */
async function neighbourAt(port: number, env: NodeJS.ProcessEnv): Promise<TakenPort['neighbour']> {
  const pid = await listenerPid(port);
  const found = pid === undefined ? undefined : await environmentOfProxy(pid, env);
  if (found?.file === undefined || !existsSync(found.file)) return undefined;
  const { deployment, environment, file } = found;
  return { deployment, environment, down: `hubwright down ${environment} --file ${shellWord(file)}` };
}

function portOf(url: string): number {
  return Number(new URL(url).port || '80');
}

async function pythonStates(
  context: LocalContext,
  system: LocalSystem,
): Promise<LocalObserved['pythonSets']> {
  const where = {
    shared: context.shared,
    interpreter: await context.interpreter(),
    configFolder: context.configFolder,
  };
  const states = await Promise.all(
    system.pythonSets.map(async (set) => {
      const { python, installed } = await pythonEnvironment(set, where);
      return [set.id, { python, installed }] as const;
    }),
  );
  return Object.fromEntries(states);
}

async function clientSecretDigest(
  { paths, configFolder, env }: LocalContext,
  environment: Environment,
): Promise<string | undefined> {
  const reference = environment.auth.oidc?.clientSecret;
  if (!reference) return undefined;
  return secretDigest(paths.secrets, await readSecret(reference, configFolder, env));
}

async function materialsState(
  { paths, configFolder }: LocalContext,
  { materials }: LocalSystem,
  machine: MachineCapabilities,
): Promise<LocalObserved['materials']> {
  if (!materials) return undefined;
  const folder = resolve(configFolder, materials.folder);
  await mustBeFolder(folder);
  if (machine.readOnlyMounts) return { folder, current: true };
  return { folder: paths.materials, current: await copyIsCurrent(folder, paths.materials) };
}

async function knownToHub(context: LocalContext): Promise<LocalObserved['hubUsers']> {
  try {
    const { hubPort } = await context.hubFile();
    if (!(await answers(`http://127.0.0.1:${hubPort}/hub/health`))) return undefined;
    const api = await context.hubApi();
    return (await api.users()).map(({ name, admin }) => ({ name, admin }));
  } catch {
    // It runs but does not answer: starting, or hanging. The step that starts it waits, or says so.
    return undefined;
  }
}

async function fileBefore({ paths, configFile }: LocalContext): Promise<string | undefined> {
  const before = (await readJson(paths.origin)) as { file?: string } | undefined;
  return before?.file === configFile ? undefined : before?.file;
}
