import type { Environment } from '../../config/schema/environment.ts';
import type { Daemon } from '../../plan/local/observed.ts';
import type { HubUser, RunningServer } from '../../ports.ts';
import { notInstalled } from '../../plan/local/prometheus.ts';
import { askActivity } from '../hub-activity.ts';
import type { Trouble } from '../../plan/trouble.ts';
import type { PartStatus, PersonStatus, TargetStatus } from '../target.ts';
import type { LocalHost } from './local-host.ts';

/** What runs on this machine, who works, and what is wrong with the command that mends it. */
export async function localStatus(environment: Environment, host: LocalHost): Promise<TargetStatus> {
  const [{ hub, proxy, prometheus, servers }, atWork] = await Promise.all([host.running(), host.atWork()]);
  // What it is about to start or stop is no trouble.
  const changing = atWork !== undefined && /^hubwright (up|deploy|down)\b/.test(atWork.purpose);
  const url = hub.state === 'running' ? await host.publicUrl() : undefined;
  const [users, activity] =
    hub.state === 'running' ? await Promise.all([askUsers(host), askActivity(() => host.hubApi())]) : [];
  const monitored = await monitoringStatus(environment, host, prometheus);
  const people = await Promise.all(servers.map((server) => personStatus(host, server, users)));
  return {
    environment: environment.name,
    target: 'local',
    url,
    parts: [partStatus('hub', hub), partStatus('proxy', proxy), ...monitored.parts],
    people,
    activity,
    notes: [
      ...(atWork ? [`\`${atWork.purpose}\` is in progress since ${timeOf(atWork.since)}`] : []),
      ...(await notes(environment, host)),
      ...monitored.notes,
    ],
    troubles: [
      ...(changing ? [] : partTroubles(environment.name, { hub, proxy, prometheus })),
      ...(changing ? [] : silentHub(environment.name, hub, users)),
      ...(await unlimitedServers(environment, host, servers)),
    ],
  };
}

/** `09:04:10 UTC` */
function timeOf(iso: string): string {
  return `${iso.slice(11, 19)} UTC`;
}

async function askUsers(host: LocalHost): Promise<readonly HubUser[] | undefined> {
  try {
    return await (await host.hubApi()).users();
  } catch {
    return undefined;
  }
}

function partStatus(name: string, daemon: Daemon): PartStatus {
  switch (daemon.state) {
    case 'running':
      return { name, state: 'running', since: daemon.since };
    case 'crashed':
      return { name, state: 'crashed', lastLines: daemon.lastLines, log: daemon.log };
    default:
      return { name, state: 'stopped' };
  }
}

/** Shown where the file asks for it, or one still runs. */
async function monitoringStatus(
  { name, monitoring }: Environment,
  host: LocalHost,
  prometheus: Daemon,
): Promise<{ parts: PartStatus[]; notes: string[] }> {
  if (prometheus.state === 'running') {
    const url = await host.prometheusUrl();
    const part = partStatus('prometheus', prometheus);
    return { parts: [url === undefined ? part : { ...part, url }], notes: [] };
  }
  if (typeof monitoring !== 'object' && prometheus.state === 'stopped') return { parts: [], notes: [] };
  const missing = !(await host.hasPrometheus());
  return {
    parts: [partStatus('prometheus', prometheus)],
    notes: missing ? [`${notInstalled}; then \`hubwright up ${name}\` starts it`] : [],
  };
}

async function personStatus(
  host: LocalHost,
  server: RunningServer,
  users: readonly HubUser[] | undefined,
): Promise<PersonStatus> {
  const user = users?.find(({ name }) => name === server.user);
  const memory = await host.memoryOf(server.user);
  return {
    name: server.user,
    ...(user === undefined ? {} : { admin: user.admin }),
    ...(server.profile === undefined ? {} : { profile: server.profile }),
    ...(server.started === undefined ? {} : { started: server.started }),
    ...(user?.server?.lastActivity === undefined ? {} : { lastActivity: user.server.lastActivity }),
    ...(memory === undefined ? {} : { memory }),
  };
}

async function notes(environment: Environment, host: LocalHost): Promise<string[]> {
  const limited = Object.values(environment.profiles).some(hasLimits);
  return limited && (await host.limits()) === 'none'
    ? [
        'CPU and memory limits are shown to people but not enforced on this machine (`hubwright plan` says why)',
      ]
    : [];
}

function partTroubles(
  name: string,
  parts: Readonly<Record<'hub' | 'proxy' | 'prometheus', Daemon>>,
): Trouble[] {
  const meaning = {
    hub: 'nobody can log in or start a server',
    proxy: 'nobody reaches the hub or their server',
    prometheus: 'nothing is recorded',
  };
  const fix = `hubwright up ${name}`;
  return (['proxy', 'hub', 'prometheus'] as const).flatMap((part) => {
    const which = part === 'prometheus' ? 'Prometheus' : `the ${part}`;
    const kind = part === 'prometheus' ? ('recording' as const) : ('part' as const);
    if (parts[part].state === 'crashed')
      return [{ kind, what: `${which} has stopped by itself: ${meaning[part]}`, fix }];
    // An `up` that was killed while it restarted the proxy. A hub alone may be stopped: `down --keep-servers`.
    if (part === 'proxy' && parts.proxy.state === 'stopped' && parts.hub.state === 'running')
      return [{ kind: 'part' as const, what: `the proxy is not running: ${meaning.proxy}`, fix }];
    return [];
  });
}

function silentHub(name: string, hub: Daemon, users: readonly HubUser[] | undefined): Trouble[] {
  if (hub.state !== 'running' || users !== undefined) return [];
  return [{ kind: 'part', what: 'the hub runs but does not answer', fix: `hubwright logs ${name} hub` }];
}

/** Servers whose limits could not be set when they started: the user's systemd had ended, say. */
async function unlimitedServers(
  { name, profiles }: Environment,
  host: LocalHost,
  servers: readonly RunningServer[],
): Promise<Trouble[]> {
  const concerned = servers.filter(
    ({ profile, limited }) => limited === false && hasLimits(profiles[profile ?? '']),
  );
  if (concerned.length === 0 || (await host.limits()) === 'none') return [];
  const people = concerned.map(({ user }) => user).join(', ');
  return [
    {
      kind: 'limits',
      what: `running without CPU and memory limits, which could not be set at the start: the servers of ${people}`,
      fix: `hubwright plan ${name}`,
    },
  ];
}

function hasLimits(profile: Environment['profiles'][string] | undefined): boolean {
  return (profile?.cpu.limit ?? profile?.memory.limit) !== undefined;
}
