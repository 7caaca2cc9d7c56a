import type { Environment } from '../../config/schema/environment.ts';
import type { LocalSystem, ProfilesFile } from '../../platform/local/settings.ts';
import type { RunningServer } from '../../ports.ts';
import { fewNames, groupBy } from '../names.ts';
import { accessEnds, keepRunning, parted } from '../people-impact.ts';
import type { Impact, Note } from '../plan.ts';
import type { LocalObserved } from './observed.ts';
import { prometheusNotes } from './prometheus.ts';

interface Change {
  readonly observed: LocalObserved;
  readonly profiles: ProfilesFile;
  readonly removed: readonly string[];
  readonly restartsHub: boolean;
  readonly restartsProxy: boolean;
}

/** What the change means for the people who are working now, most serious first. */
export function impactsOf(change: Change): Impact[] {
  const { staying, leaving } = parted(change.observed.servers, change.removed);
  return [
    ...accessEnds(change.removed, leaving),
    ...websocketsCut(change, staying),
    ...loginAway(change),
    ...nextStart(change, staying),
    ...untouched(change, staying),
  ];
}

function websocketsCut({ observed, restartsProxy }: Change, staying: readonly RunningServer[]): Impact[] {
  if (!restartsProxy || observed.proxy.state !== 'running' || staying.length === 0) return [];
  const names = staying.map(({ user }) => user);
  return [
    {
      kind: 'websocketsCut',
      people: names,
      text: `The proxy restarts: open notebooks of ${fewNames(names)} lose their connection for a few seconds; kernels keep running.`,
    },
  ];
}

function loginAway({ observed, restartsHub }: Change): Impact[] {
  if (!restartsHub || observed.hub.state !== 'running') return [];
  return [
    {
      kind: 'loginAway',
      people: [],
      text: 'The hub restarts: for a few seconds nobody can log in or start a server.',
    },
  ];
}

function nextStart({ profiles }: Change, staying: readonly RunningServer[]): Impact[] {
  const current = new Map(profiles.profiles.map((profile) => [profile.slug, profile.fingerprint]));
  const changed = staying.filter(
    ({ profile, fingerprint }) => profile !== undefined && current.get(profile) !== fingerprint,
  );
  return [...groupBy(changed, ({ profile }) => profile ?? '')].map(([slug, servers]) => {
    const names = servers.map(({ user }) => user);
    const when = current.has(slug)
      ? `the change of profile ${slug} holds from their next start`
      : `profile ${slug} is gone, and their next start uses another`;
    return {
      kind: 'nextStart',
      people: names,
      text: `${fewNames(names)} ${names.length === 1 ? 'keeps the' : 'keep their'} running server as it is; ${when}.`,
    };
  });
}

function untouched({ observed, restartsProxy }: Change, staying: readonly RunningServer[]): Impact[] {
  return restartsProxy && observed.proxy.state === 'running' ? [] : keepRunning(staying);
}

/** What this machine cannot do, and what the file asks for that has no meaning here. */
export function notesOf(environment: Environment, system: LocalSystem, observed: LocalObserved): Note[] {
  return [
    ...otherFileNote(observed),
    ...imageNotes(environment),
    ...limitsNote(system, observed),
    ...materialsNote(environment, observed),
    ...prometheusNotes(environment, observed),
  ];
}

function otherFileNote({ otherFile }: LocalObserved): Note[] {
  if (otherFile === undefined) return [];
  return [
    {
      severity: 'warning',
      text: `this environment was last deployed from another file, ${otherFile}: its people and homes are kept and go on here`,
    },
  ];
}

function imageNotes(environment: Environment): Note[] {
  const withImage = Object.entries(environment.profiles).filter(([, profile]) => profile.image !== undefined);
  const bare = withImage
    .filter(([, profile]) => profile.local?.requirements === undefined)
    .map(([slug]) => slug);
  const gpu = Object.entries(environment.profiles)
    .filter(([, profile]) => profile.gpus)
    .map(([slug]) => slug);
  const notes: Note[] = [];
  if (bare.length > 0) {
    notes.push({
      severity: 'info',
      text: `container images do not run here: ${bare.join(', ')} get${bare.length === 1 ? 's' : ''} Hubwright's own JupyterLab (\`local.requirements\` of a profile adds packages)`,
    });
  }
  if (gpu.length > 0) {
    notes.push({
      severity: 'info',
      text: `GPUs are not handed out here: ${gpu.join(', ')} see${gpu.length === 1 ? 's' : ''} what this machine has`,
    });
  }
  return notes;
}

function limitsNote(system: LocalSystem, { machine }: LocalObserved): Note[] {
  const limited = system.profiles.some(({ cpu, memory }) => cpu.limit !== null || memory.limit !== null);
  if (!limited || machine.limits !== 'none') return [];
  return [
    {
      severity: 'warning',
      text: `CPU and memory limits are shown to people but not enforced: ${machine.limitsReason}`,
    },
  ];
}

function materialsNote(environment: Environment, { materials, machine }: LocalObserved): Note[] {
  if (environment.materials?.nfs && environment.materials.folder === undefined) {
    return [
      {
        severity: 'info',
        text: 'no materials here: `materials.nfs` is for the cluster; `materials.folder` names a folder of this machine',
      },
    ];
  }
  if (materials && !machine.readOnlyMounts) {
    return [
      {
        severity: 'info',
        text: `materials are a read-only copy instead of a read-only mount: ${machine.mountsReason}`,
      },
    ];
  }
  return [];
}
