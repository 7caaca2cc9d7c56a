import { canonicalJson } from '../../platform/fingerprint.ts';
import { slug as derivedSlug } from '../../config/import-ansible/slug.ts';
import type { Values } from '../../config/values.ts';
import { fewNames, groupBy } from '../names.ts';
import { accessEnds, keepRunning, parted } from '../people-impact.ts';
import type { Impact } from '../plan.ts';
import type { ObservedServer } from './observed.ts';

interface Change {
  readonly servers: readonly ObservedServer[];
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
function websocketsCut({ restarts }: Change, staying: readonly ObservedServer[]): Impact[] {
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

function nextStart({ values }: Change, staying: readonly ObservedServer[]): Impact[] {
  if (values === undefined) return [];
  const before = serverSettings(values.before);
  const after = serverSettings(values.after);
  const slugs = groupBy(staying, ({ profile }) => (profile === null ? before.chosen : profile));
  return [...slugs].flatMap(([slug, servers]): Impact[] => {
    const means = slug === undefined ? forAnyProfile(before, after) : forProfile(slug, before, after);
    if (means === undefined) return [];
    const names = servers.map(({ user }) => user);
    const who = `${fewNames(names)}${slug === undefined ? ' (profile unknown)' : ''}`;
    return [
      {
        kind: 'nextStart',
        people: names,
        text: `${who} ${names.length === 1 ? 'keeps the' : 'keep their'} running server as it is; ${means}.`,
      },
    ];
  });
}

const ofAllServers = 'the change of all servers holds from their next start';

/** What the change means for those who use that profile; undefined: nothing. */
function forProfile(slug: string, before: ServerSettings, after: ServerSettings): string | undefined {
  const was = before.profiles.get(slug);
  const will = after.profiles.get(slug);
  if (was !== undefined && will === undefined) {
    return `profile ${slug} is gone, and their next start uses ${after.chosen} unless they choose another`;
  }
  if (differ(before.common, after.common)) return ofAllServers;
  return differ(was, will) ? `the change of profile ${slug} holds from their next start` : undefined;
}

/** The same for those of whom nobody knows which profile they use. */
function forAnyProfile(before: ServerSettings, after: ServerSettings): string | undefined {
  if (differ(before.common, after.common)) return ofAllServers;
  return differ(Object.fromEntries(before.profiles), Object.fromEntries(after.profiles))
    ? 'if their profile changes, it does so at their next start'
    : undefined;
}

function differ(before: unknown, after: unknown): boolean {
  return canonicalJson(before) !== canonicalJson(after);
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
  return typeof name === 'string' ? derivedSlug(name) : '';
}
