import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { Basis } from '../plan.ts';
import { drift, indexed } from './objects-diff.ts';
import type { ClusterObserved } from './observed.ts';
import { releaseKey } from './releases.ts';

interface From {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

/** What a deploy's plan is made from: which cluster, its releases, what was changed by hand, the charts, the file. */
export function basisOf({ environment, systems, observed }: From): Basis {
  const { context, server, kubernetesVersion, helm } = observed;
  return {
    facts: {
      context,
      cluster: server,
      namespace: environment.kubernetes?.namespace ?? '',
      Kubernetes: kubernetesVersion,
      // Another patch of Helm does the same.
      ...(helm === undefined ? {} : { Helm: helm.version.split('.')[0] ?? '' }),
      ...Object.fromEntries(systems.flatMap((system) => releaseFacts(system, observed))),
    },
    wanted: Object.fromEntries(systems.map((system) => [system.title, system])),
  };
}

function releaseFacts({ release }: System, observed: ClusterObserved): [string, string][] {
  if (release === undefined) return [];
  const facts: [string, string][] = [];
  const chart = observed.charts[release.chart];
  if (chart) facts.push([`chart ${release.chart}`, `${chart.version} (${chart.digest.slice(0, 12)})`]);
  const now = observed.releases[releaseKey(release)];
  if (now === undefined) return facts;
  const { number, status, chart: live } = now.newest;
  facts.push([
    `release ${releaseKey(release)}`,
    `revision ${number} of ${now.newest.deployedAt}, ${status}, chart ${live.version}`,
  ]);
  for (const { object, fields } of drift(now.newest.objects, indexed(observed.live))) {
    const changes = fields.map(({ path, before, after }) => `${path} ${after ?? ''} → ${before ?? ''}`);
    facts.push([`${object}, by hand`, changes.length === 0 ? 'deleted' : changes.join(', ')]);
  }
  return facts;
}
