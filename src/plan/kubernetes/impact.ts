import { canonicalJson } from '../../platform/fingerprint.ts';
import type { Values } from '../../config/values.ts';
import type { RunningServer } from '../../ports.ts';
import { fewNames, groupBy } from '../names.ts';
import { accessEnds, keepRunning, parted } from '../people-impact.ts';
import type { Impact } from '../plan.ts';

interface Change {
  readonly servers: readonly RunningServer[];
  /** People who lose their access. */
  readonly removed: readonly string[];
  /** Workloads of the hub's release whose pods are replaced: `hub`, `proxy`, `autohttps`. */
  readonly restarts: readonly string[];
  /** Values of the hub's release as they are, and as they will be; nothing where there is no release yet. */
  readonly values: { readonly before: Values; readonly after: Values } | undefined;
}

/** What a deploy means for the people who are working now, most serious first. */
export function impactsOf(change: Change): Impact[] {
  const { staying, leaving } = parted(change.servers, change.removed);
  return [
    ...accessEnds(change.removed, leaving),
    ...websocketsCut(change, staying),
    ...loginAway(change),
    ...nextStart(change, staying),
    ...keepRunning(staying),
  ];
}

/** Every open notebook goes through the proxy, and with Let's Encrypt through traefik (autohttps) before it. */
function websocketsCut({ restarts }: Change, staying: readonly RunningServer[]): Impact[] {
  const parts = ['proxy', 'autohttps'].filter((part) => restarts.includes(part));
  if (parts.length === 0 || staying.length === 0) return [];
  const names = staying.map(({ user }) => user);
  return [
    {
      kind: 'websocketsCut',
      people: names,
      text: `${parts.join(' and ')} restart${parts.length === 1 ? 's' : ''}: open notebooks of ${fewNames(names)} lose their connection until the new pod is ready; kernels keep running.`,
    },
  ];
}

function loginAway({ restarts }: Change): Impact[] {
  if (!restarts.includes('hub')) return [];
  // 6 to 11 s, Helm's own work included, in four upgrades of z2jh 4.4.0 on one node.
  return [
    {
      kind: 'loginAway',
      people: [],
      text: 'The hub restarts: until its new pod is ready (some ten seconds, longer if its image has to be pulled) nobody can log in or start a server.',
    },
  ];
}

function nextStart({ values }: Change, staying: readonly RunningServer[]): Impact[] {
  if (values === undefined) return [];
  const before = serverSettings(values.before);
  const after = serverSettings(values.after);
  const common = canonicalJson(before.common) !== canonicalJson(after.common);
  return [...groupBy(staying, ({ profile }) => profile ?? before.chosen)].flatMap(([slug, servers]) => {
    const names = servers.map(({ user }) => user);
    const was = before.profiles.get(slug);
    const will = after.profiles.get(slug);
    const say = (text: string): Impact[] => [
      {
        kind: 'nextStart',
        people: names,
        text: `${fewNames(names)} ${names.length === 1 ? 'keeps the' : 'keep their'} running server as it is; ${text}.`,
      },
    ];
    if (was !== undefined && will === undefined) {
      return say(`profile ${slug} is gone, and their next start uses another`);
    }
    if (common) return say('the change of all servers holds from their next start');
    if (canonicalJson(was) === canonicalJson(will)) return [];
    return say(`the change of profile ${slug} holds from their next start`);
  });
}

interface ServerSettings {
  readonly profiles: ReadonlyMap<string, unknown>;
  /** What every server has. */
  readonly common: unknown;
  /** The profile of those who chose none. */
  readonly chosen: string;
}

/** What servers are started with, in the values of z2jh: `singleuser`, with its list of profiles. */
function serverSettings(values: Values): ServerSettings {
  const singleuser = (values['singleuser'] ?? {}) as Values;
  const { profileList, ...common } = singleuser;
  const list = (Array.isArray(profileList) ? profileList : []) as readonly Values[];
  const chosen = list.find((profile) => profile['default'] === true) ?? list[0];
  return {
    // Its name and description are only a label.
    profiles: new Map(list.map((profile) => [slugOf(profile), profile['kubespawner_override'] ?? null])),
    common,
    chosen: chosen === undefined ? '' : slugOf(chosen),
  };
}

/** Without a slug of its own KubeSpawner makes one of the name. */
function slugOf({ slug, display_name: name }: Values): string {
  if (typeof slug === 'string') return slug;
  return typeof name === 'string' ? name : '';
}
