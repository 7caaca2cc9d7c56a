import type { Environment } from '../../config/schema/environment.ts';
import { canonicalJson, fingerprint } from '../../platform/fingerprint.ts';
import { profilesFile } from '../../platform/local/profiles-file.ts';
import type { LocalSystem, ProfilesFile } from '../../platform/local/settings.ts';
import { isTemporary } from '../../ports.ts';
import type { Plan, Step, SystemChange } from '../plan.ts';
import { valuesDiff } from '../values-diff.ts';
import type { HubFile, LocalAction } from './actions.ts';
import { impactsOf, notesOf } from './impact.ts';
import type { LocalObserved } from './observed.ts';
import { accountsSteps, deleteAccountsStep, removeStep, removedPeople, stopServersStep } from './people.ts';
import { prometheusSteps } from './prometheus.ts';
import { startReason } from './start-reason.ts';
import { takenPort } from './taken-port.ts';

type LocalStep = Step<LocalAction>;

/** The steps that bring this machine from what was observed to what the file says, and what they mean for people. */
export function planUp(
  environment: Environment,
  system: LocalSystem,
  observed: LocalObserved,
): Plan<LocalAction> {
  const files = settingsFiles(system, observed);
  const removed = removedPeople(system, observed);
  const hub = hubStep(system, files, observed);
  const proxy = proxyStep(system, observed);
  const refusal = takenPort(environment, observed);
  const steps = [
    ...pythonSteps(system, observed),
    ...materialsStep(system, observed),
    ...accountsSteps(system, observed, hub !== undefined),
    ...settingsStep(files, observed),
    ...(proxy ? [proxy] : []),
    ...(hub ? [hub] : []),
    ...prometheusSteps(environment.name, system, observed),
    ...removeStep(removed),
    ...deleteAccountsStep(system, observed),
  ];
  return {
    environment: environment.name,
    steps,
    impacts: impactsOf({
      observed,
      profiles: files.profiles,
      removed: removed.filter((name) => !isTemporary(name)),
      restartsHub: hub !== undefined && observed.hubSilent !== true,
      restartsProxy: proxy !== undefined,
    }),
    notes: notesOf(environment, system, observed),
    ...(refusal ? { refusal } : {}),
    changes: settingsChanges(files, observed),
  };
}

/** The part of it that concerns people: the list is brought up to date, nothing is started or restarted. */
export function planAccounts(
  environment: Environment,
  system: LocalSystem,
  observed: LocalObserved,
): Plan<LocalAction> {
  const running = observed.hub.state === 'running';
  const removed = removedPeople(system, observed);
  const { profiles } = settingsFiles(system, observed);
  return {
    environment: environment.name,
    steps: [
      ...accountsSteps(system, observed, false),
      ...(running
        ? [...removeStep(removed), ...deleteAccountsStep(system, observed)]
        : stopServersStep(removed, observed)),
    ],
    impacts: impactsOf({
      observed,
      profiles,
      removed: removed.filter((name) => !isTemporary(name)),
      restartsHub: false,
      restartsProxy: false,
    }),
    notes: [],
  };
}

interface SettingsFiles {
  readonly hub: HubFile;
  readonly profiles: ProfilesFile;
}

function settingsFiles(system: LocalSystem, observed: LocalObserved): SettingsFiles {
  const { machine, ports } = observed;
  const pythons = Object.fromEntries(
    Object.entries(observed.pythonSets).map(([id, set]) => [id, set.python]),
  );
  const mode = machine.readOnlyMounts ? ('mount' as const) : ('link' as const);
  return {
    hub: {
      ...system.hub,
      publicUrl: publicUrl(system.bind.address, ports.public),
      hubPort: ports.hub,
      proxyApiUrl: `http://127.0.0.1:${ports.proxyApi}`,
      proxyMetricsPort: ports.proxyMetrics,
    },
    profiles: profilesFile(system, {
      homes: observed.homes,
      limits: machine.limits,
      pythons,
      materials: observed.materials && { folder: observed.materials.folder, mode },
    }),
  };
}

/** The address that people open. */
function publicUrl(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}/`;
}

function pythonSteps(system: LocalSystem, observed: LocalObserved): LocalStep[] {
  return system.pythonSets
    .filter((set) => observed.pythonSets[set.id]?.installed !== true)
    .map((set) => ({
      id: `python:${set.id}`,
      title:
        set.requirements === undefined
          ? 'Install JupyterHub and JupyterLab'
          : `Install the Python packages of profile ${set.id}`,
      reason: 'these locked packages are not on this machine yet',
      // One after the other: the second finds the packages of the first in the installer's cache.
      needs: set.id === 'hub' ? [] : ['python:hub'],
      action: { kind: 'installPython', set },
    }));
}

function materialsStep(system: LocalSystem, observed: LocalObserved): LocalStep[] {
  if (!system.materials || !observed.materials || observed.materials.current) return [];
  return [
    {
      id: 'materials',
      title: 'Copy the materials, read-only',
      reason: 'the folder has changed, and this machine has no read-only mounts for ordinary users',
      needs: [],
      action: { kind: 'copyMaterials', from: system.materials.folder },
    },
  ];
}

/** Before the first time everything would change, which tells nobody anything. */
function settingsChanges(files: SettingsFiles, { settings }: LocalObserved): SystemChange[] {
  if (settings.hub === undefined || settings.profiles === undefined) return [];
  const values = [
    ...valuesDiff(settings.hub, files.hub),
    ...valuesDiff(withoutFingerprints(settings.profiles), withoutFingerprints(files.profiles)),
  ];
  return values.length === 0 ? [] : [{ title: 'Settings', values, objects: [] }];
}

/** They follow from what is beside them. */
function withoutFingerprints(file: unknown): unknown {
  const { profiles = [], ...rest } = file as Partial<ProfilesFile>;
  return { ...rest, profiles: profiles.map((profile) => ({ ...profile, fingerprint: undefined })) };
}

function settingsStep(files: SettingsFiles, observed: LocalObserved): LocalStep[] {
  const same =
    canonicalJson(files.hub) === canonicalJson(observed.settings.hub ?? null) &&
    canonicalJson(files.profiles) === canonicalJson(observed.settings.profiles ?? null);
  if (same) return [];
  return [
    {
      id: 'settings',
      title: 'Write the settings of hub and profiles',
      reason: observed.settings.hub === undefined ? 'there are none yet' : 'the file has changed',
      // Servers start from these settings at once, so that what they name must be there.
      needs: ['materials', ...Object.keys(observed.pythonSets).map((id) => `python:${id}`)],
      action: { kind: 'writeSettings', ...files },
    },
  ];
}

function proxyStep(system: LocalSystem, observed: LocalObserved): LocalStep | undefined {
  const startedWith = fingerprint({ bind: system.bind.address, ports: observed.ports });
  const reason = startReason(observed.proxy, startedWith, 'its address or port has changed');
  if (reason === undefined) return undefined;
  return {
    id: 'proxy',
    title: observed.proxy.state === 'running' ? 'Restart the proxy' : 'Start the proxy',
    reason,
    needs: [],
    action: { kind: 'startProxy', address: system.bind.address, ports: observed.ports, startedWith },
  };
}

function hubStep(system: LocalSystem, files: SettingsFiles, observed: LocalObserved): LocalStep | undefined {
  const startedWith = fingerprint({
    settings: files.hub,
    runtime: observed.runtime,
    python: observed.pythonSets['hub']?.python,
    secret: observed.clientSecret,
  });
  const changed = startReason(observed.hub, startedWith, hubReason(files, observed));
  const waitFirst = changed === undefined && observed.hubSilent === true;
  if (changed === undefined && !waitFirst) return undefined;
  const start = observed.hub.state === 'running' ? 'Restart the hub' : 'Start the hub';
  return {
    id: 'hub',
    title: waitFirst ? 'Wait for the hub' : start,
    reason: changed ?? 'it runs, but does not answer',
    needs: ['python:hub', 'accounts', 'settings', 'proxy'],
    action: {
      kind: 'startHub',
      ports: observed.ports,
      startedWith,
      listed: mayStay(system, observed),
      waitFirst,
    },
  };
}

/** Whom a hub that starts goes on knowing. A hub that had accounts knows nobody who came through OIDC. */
function mayStay(system: LocalSystem, { settings }: LocalObserved): string[] | undefined {
  if (system.accounts !== undefined) return system.accounts.map(({ name }) => name);
  const before = settings.hub as Partial<HubFile> | undefined;
  return before?.auth?.kind === 'accounts' ? [] : undefined;
}

function hubReason(files: SettingsFiles, observed: LocalObserved): string {
  return canonicalJson(files.hub) === canonicalJson(observed.settings.hub ?? null)
    ? 'Hubwright or a secret has changed since it started'
    : 'its settings have changed';
}
