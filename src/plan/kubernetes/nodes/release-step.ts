import type { Environment } from '../../../config/schema/environment.ts';
import type { Refusal } from '../../plan.ts';
import type { ValueChange } from './actions.ts';
import type { NodesLooked, NodesPlan, NodesStep } from './change.ts';
import type { ClusterRelease, MachineGroup, MachinesSeen } from './machines.ts';
import { shownChanges } from './release-values.ts';

/** The chart of capi-helm-charts. */
const clusterChart = 'openstack-cluster';

interface Given {
  readonly seen: MachinesSeen;
  readonly release: ClusterRelease;
  readonly group: MachineGroup;
  readonly changes: readonly ValueChange[] | undefined;
  readonly looked: NodesLooked;
}

/** Sends the release with changed values; where that cannot be done from here, says which values they are. */
export function releaseStep(
  about: Omit<NodesStep, 'action'>,
  { seen, release, group, changes, looked }: Given,
): Pick<NodesPlan, 'steps' | 'changes'> | { readonly refusal: Refusal } {
  const { name, namespace, chart, revision } = release;
  const where = `release ${namespace}/${name}, context ${seen.context}`;
  if (chart.name !== clusterChart)
    return {
      refusal: {
        what: `The cluster was made by the release ${name} of the chart ${chart.name}, whose values Hubwright does not know.`,
        where,
        fix: 'Change them where that release is kept: what is changed on the objects, its next upgrade takes back.',
      },
    };
  if (changes === undefined)
    return {
      refusal: {
        what: `The values of the release ${name} have no node group ${group.name}.`,
        where,
        fix: 'Somebody has made it beside the release, or with values that the chart has by itself. Write it into the values of the release first.',
      },
    };
  const goesOn = isCutOff(release, looked.environment);
  if (changes.length === 0 && !goesOn) return { steps: [] };
  const shown = shownChanges(release, changes);
  const isGood = release.status === 'deployed' || goesOn;
  if (!isGood || looked.noChart !== undefined) {
    const why = isGood
      ? (looked.noChart ?? '')
      : `Its newest revision, ${revision}, is ${release.status}: it has to be repaired first.`;
    return { refusal: byHand(release, { where, why, shown }) };
  }
  const action = { kind: 'changeClusterRelease' as const, name, namespace, chart, revision, changes };
  return {
    steps: [{ ...about, action }],
    changes: [{ title: `Release ${name} on ${seen.context}`, values: shown, objects: [] }],
  };
}

/** A run of this environment's Hubwright has begun to send it, and is dead: whoever holds the lock sends it again. */
export function isCutOff(release: ClusterRelease | undefined, { kubernetes }: Environment): boolean {
  const { status, lockedIn } = release ?? {};
  const isOpen = status === 'pending-upgrade' || status === 'failed';
  return isOpen && lockedIn !== undefined && lockedIn === kubernetes?.namespace;
}

interface ByHand {
  readonly where: string;
  readonly why: string;
  readonly shown: ReturnType<typeof shownChanges>;
}

function byHand({ name, chart }: ClusterRelease, { where, why, shown }: ByHand): Refusal {
  const lines = shown.map(({ path, after }) => `    ${path}: ${after ?? '(taken out)'}`);
  return {
    what: `The release ${name}, which owns the cluster, cannot be changed from here. ${why}`,
    where,
    fix: `Change these values where the release is kept, and send it with the same chart, ${chart.name} ${chart.version}. Where the chart is at hand, name it as \`scaling.chart\`.`,
    details: lines.join('\n'),
  };
}
