import { chartFault } from '../../config/rules/charts.ts';
import type { ChartName, Release } from '../../platform/kubernetes/system.ts';
import type { Note, Refusal } from '../plan.ts';
import type { ClusterObserved, ObservedRelease, Revision } from './observed.ts';

/** Something about versions that is better known before a deploy. */
interface Advice {
  /** A refusal keeps the deploy from being done. */
  readonly severity: 'warning' | 'refusal';
  /** One sentence. */
  readonly what: string;
  readonly fix: string;
  /** Who says so. */
  readonly source: string;
}

/** What counts of a release that is there. */
type LiveRelease = Pick<ObservedRelease, 'applyMethod' | 'helmMajor'> & {
  readonly newest: Pick<Revision, 'chart'>;
};

/** What counts of the cluster. */
export type InstalledVersions = Pick<ClusterObserved, 'helm' | 'kubernetesVersion' | 'charts'> & {
  readonly releases: Readonly<Record<string, LiveRelease>>;
};

interface Versions {
  readonly chart: ChartName;
  /** The release's name. */
  readonly release: string;
  /** As it is in the cluster; undefined where it will be installed. */
  readonly live: LiveRelease | undefined;
  /** As hub.lock.yaml has it. */
  readonly wanted: string;
  /** undefined: there is none yet, and ours will be downloaded. */
  readonly helm: { readonly version: string } | undefined;
  /** Of the cluster: `v1.36.3`. */
  readonly kubernetesVersion: string;
  /** Whether Helm will have something to do. */
  readonly changes: boolean;
}

/** A release of the file, and whether Helm will have something to do about it. */
interface PlannedRelease {
  readonly release: Release;
  readonly changes: boolean;
}

/** What is to be known about the versions of those releases; the first step that must not be taken is a refusal. */
export function versionNotes(
  releases: readonly PlannedRelease[],
  observed: InstalledVersions,
): { readonly notes: readonly Note[]; readonly refusal: Refusal | undefined } {
  const { helm, kubernetesVersion } = observed;
  const all = releases.flatMap(({ release: { name, namespace, chart }, changes }) => {
    const live = observed.releases[`${namespace}/${name}`];
    const wanted = observed.charts[chart]?.version ?? live?.newest.chart.version;
    if (wanted === undefined) return [];
    const advice = versionAdvice({ chart, release: name, live, wanted, helm, kubernetesVersion, changes });
    return advice.map((one) => ({ ...one, where: `release ${name}, namespace ${namespace}` }));
  });
  const refused = all.find(({ severity }) => severity === 'refusal');
  return {
    notes: all
      .filter((one) => one !== refused)
      .map(({ what, fix, source }) => ({ severity: 'warning', text: `${what} ${fix} (${source})` })),
    refusal: refused && {
      what: refused.what,
      where: refused.where,
      fix: refused.fix,
      details: `Source: ${refused.source}`,
      exitCode: 2,
    },
  };
}

/** What is to be known about going from the live versions to the wanted ones, refusals first. */
export function versionAdvice(versions: Versions): Advice[] {
  const advice = [
    ...helmMajor(versions),
    ...(versions.chart === 'longhorn'
      ? [...longhornPath(versions), ...longhornKubernetes(versions)]
      : hubDowngrade(versions)),
    ...knownFault(versions),
  ];
  return advice.toSorted((a, b) => Number(b.severity === 'refusal') - Number(a.severity === 'refusal'));
}

function helmMajor({ release, live, helm, changes }: Versions): Advice[] {
  if (live === undefined || !changes) return [];
  const ours = helm === undefined ? 3 : Number(helm.version.split('.')[0]);
  const version = helm === undefined ? 'the Helm 3 that would be downloaded' : `Helm ${helm.version}`;
  if (live.applyMethod === 'ssa' && ours < 4) {
    return [
      {
        severity: 'refusal',
        what: `Release ${release} was made with Helm 4, which applies on the server, and this is ${version}: it would overwrite changes made by hand without a word.`,
        fix: 'Put Helm 4 on the PATH, or name it with `HUBWRIGHT_HELM=/path/to/helm`.',
        source:
          'helm/helm v4.3.0, pkg/action/upgrade.go: the release keeps how it is applied (apply_method), and Helm 3 drops that',
      },
    ];
  }
  if (live.helmMajor === undefined || live.helmMajor === ours) return [];
  return [
    {
      severity: 'warning',
      what: `Release ${release} was last changed with Helm ${live.helmMajor}, and this is ${version}.`,
      fix: 'Let everybody who deploys this environment use the same major version from now on.',
      source:
        'helm/helm v4.3.0, pkg/action/upgrade.go: Helm 4 goes on with the way of applying that the release began with',
    },
  ];
}

/** A good patch of each minor version, from longhorn/longhorn's README of 2026-08-21 and its tags. */
const goodPatch: Readonly<Record<string, string>> = {
  '1.8': '1.8.2',
  '1.9': '1.9.2',
  '1.10': '1.10.2',
  // The later ones need a newer Kubernetes.
  '1.11': '1.11.2',
  '1.12': '1.12.0',
};

/** Longhorn goes up one minor version at a time, and never down. */
function longhornPath({ live, wanted }: Versions): Advice[] {
  const from = live && numbersOf(live.newest.chart.version);
  const to = numbersOf(wanted);
  if (live === undefined || from === undefined || to === undefined) return [];
  const now = live.newest.chart.version;
  const source = 'longhorn.io, Upgrade: from the previous minor version only; no downgrade';
  if (compare(to, from) < 0) {
    return [
      {
        severity: 'refusal',
        what: `Longhorn ${now} is installed, and it cannot go down to ${wanted}.`,
        fix: `Write \`charts: { longhorn: { version: ${now} } }\` in hub.yaml, then \`hubwright charts lock\`.`,
        source,
      },
    ];
  }
  if (to[0] !== from[0] || to[1] > from[1] + 1) {
    const next = `${from[0]}.${from[1] + 1}`;
    const step = goodPatch[next] ?? `${next}.x`;
    return [
      {
        severity: 'refusal',
        what: `Longhorn ${now} is installed, and it goes up one minor version at a time: not to ${wanted} at once.`,
        fix: `Write \`charts: { longhorn: { version: ${step} } }\` in hub.yaml (to leave Longhorn as it is: ${now}), then \`hubwright charts lock\`.`,
        source,
      },
    ];
  }
  if (to[1] === from[1]) return [];
  return [noWayBack(now, wanted), ...(to[1] === 10 ? [oldStoredVersions(now)] : [])];
}

function noWayBack(now: string, wanted: string): Advice {
  return {
    severity: 'warning',
    what: `Longhorn goes from ${now} to ${wanted}, and a roll-back leaves it there.`,
    fix: `Deploy when there is time to look at the volumes afterwards; to leave Longhorn as it is, write \`charts: { longhorn: { version: ${now} } }\`.`,
    source:
      'longhorn.io, Upgrade: no downgrade; its check is a pre-upgrade hook, which `helm rollback` does not run',
  };
}

function oldStoredVersions(now: string): Advice {
  return {
    severity: 'warning',
    what: `Longhorn 1.10 no longer reads objects that are stored as v1beta1, as very old releases left them; ${now} still does.`,
    fix: 'Look first: `kubectl get crd -o custom-columns=NAME:.metadata.name,STORED:.status.storedVersions | grep longhorn.io` must show no v1beta1.',
    source: 'longhorn.io, Important notes of 1.10; longhorn issue 11886',
  };
}

/** What the chart does not say itself: it asks for 1.25. */
function longhornKubernetes({ wanted, kubernetesVersion }: Versions): Advice[] {
  const to = numbersOf(wanted);
  const cluster = numbersOf(kubernetesVersion);
  if (to === undefined || cluster === undefined || compare(cluster, [1, 34, 0]) >= 0) return [];
  const needs = to[1] === 11 ? to[2] >= 3 : compare(to, [1, 12, 1]) >= 0;
  if (!needs) return [];
  return [
    {
      severity: 'refusal',
      what: `Longhorn ${wanted} needs Kubernetes 1.34, and the cluster has ${kubernetesVersion}.`,
      fix: 'Upgrade the cluster first, or write `charts: { longhorn: { version: 1.11.2 } }` in hub.yaml, then `hubwright charts lock`.',
      source: 'longhorn issue 13576: its CSI provisioner 6.3 needs it',
    },
  ];
}

/** A hub that is older than its database does not start. */
function hubDowngrade({ chart, live, wanted }: Versions): Advice[] {
  const from = live && numbersOf(live.newest.chart.version);
  const to = numbersOf(wanted);
  if (chart !== 'jupyterhub' || live === undefined || from === undefined || to === undefined) return [];
  if (compare(to, from) >= 0) return [];
  const now = live.newest.chart.version;
  return [
    {
      severity: 'warning',
      what: `The hub's chart goes down from ${now} to ${wanted}: an older hub refuses a database that a newer one has upgraded.`,
      fix:
        '`hubwright rollback` goes back with the database that was saved then. Or stay: `charts: { jupyterhub: { version: ' +
        now +
        ' } }`.',
      source: 'jupyterhub 5.5.0, orm.py: check_db_revision',
    },
  ];
}

function knownFault({ chart, wanted }: Versions): Advice[] {
  const fault = chartFault(chart, wanted);
  if (fault === undefined) return [];
  const { message, fix, source } = fault;
  return [
    {
      severity: 'warning',
      what: `Version ${wanted} of the chart ${chart} has a known fault: ${message}.`,
      fix,
      source,
    },
  ];
}

export type Numbers = readonly [major: number, minor: number, patch: number];

export function numbersOf(version: string): Numbers | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

export function compare(one: Numbers, other: Numbers): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
