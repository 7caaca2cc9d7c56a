import { whose } from '../../../ports.ts';
import { fewNames, groupBy } from '../../names.ts';
import type { AutoscalerEvent, AutoscalerSeen, WaitingPod, WorkloadSeen } from './observed.ts';

/** Why a group brings no node for a pod. */
type ReasonKind =
  | 'maximum'
  | 'allNodes'
  | 'backoff'
  | 'notReady'
  | 'limits'
  | 'tooSmall'
  | 'taint'
  | 'labels'
  | 'volume'
  | 'other';

export interface Reason {
  readonly kind: ReasonKind;
  /** Node groups that it is true of. */
  readonly groups: number;
  /** In plain words, without its number: `a new node would have too little memory`. */
  readonly words: string;
}

interface Pattern {
  readonly kind: ReasonKind;
  readonly matches: RegExp;
  readonly words: (what: string) => string;
}

/** The words of cluster-autoscaler's orchestrator and of the scheduler's plugins, which it runs over a node that is not there yet. */
const patterns: readonly Pattern[] = [
  { kind: 'maximum', matches: /^max node group size reached/, words: () => 'at its maximum' },
  {
    kind: 'allNodes',
    matches: /^max total nodes in cluster reached/,
    words: () => 'the cluster has as many nodes as the autoscaler may make (--max-nodes-total)',
  },
  {
    kind: 'backoff',
    matches: /^in backoff after failed scale-up/,
    words: () => 'a node that was asked for did not come, and it waits before it tries again',
  },
  {
    kind: 'notReady',
    matches: /^not ready for scale-up/,
    words: () => 'too many of its nodes are not ready',
  },
  {
    kind: 'limits',
    matches: /^exceeded quota|^max cluster .* limit reached/,
    words: () => 'limits of the autoscaler itself would be passed (--cores-total, --memory-total)',
  },
  {
    kind: 'tooSmall',
    matches: /^Insufficient (\S+)/,
    words: (what) => `a new node would have too little ${what}`,
  },
  {
    kind: 'taint',
    matches: /untolerated taint (\{[^}]*\}?)/,
    words: (what) => `its taint ${what} is not tolerated`,
  },
  {
    kind: 'labels',
    matches: /didn't match (?:Pod's )?node (?:affinity|selector)/,
    words: () => 'its nodes lack the labels that the profile asks for',
  },
  {
    kind: 'volume',
    matches: /volume/i,
    words: () => 'the volume of the home cannot be attached there',
  },
];

/** What the autoscaler's event says, taken apart. Its numbers are node groups. */
export function reasonsOf(message: string): readonly Reason[] {
  const [, list = message] = /scale-up: (.*)$/s.exec(message) ?? [];
  return list
    .split(/, (?=\d+ )/)
    .filter((part) => part.trim() !== '')
    .map((part): Reason => {
      const [, number = '1', text = part] = /^(\d+) (.*)$/s.exec(part) ?? [];
      for (const { kind, matches, words } of patterns) {
        const match = matches.exec(text);
        if (match !== null) return { kind, groups: Number(number), words: words(match[1] ?? '') };
      }
      return { kind: 'other', groups: Number(number), words: text };
    });
}

/** Pods that wait, with why no node comes for them; those that wait for the same together. */
export function waitingByReason(
  { waiting }: Pick<WorkloadSeen, 'waiting'>,
  autoscaler: Pick<AutoscalerSeen, 'said'>,
): readonly Waiting[] {
  const about = ({ name, elsewhere }: WaitingPod): AutoscalerEvent | undefined =>
    elsewhere === undefined ? autoscaler.said.get(name) : undefined;
  const alike = groupBy(waiting, (pod) =>
    JSON.stringify([pod.elsewhere, pod.profile, about(pod)?.reason, about(pod)?.message]),
  );
  return [...alike.values()].map((pods): Waiting => {
    const said = pods[0] && about(pods[0]);
    const refused = said?.reason === 'NotTriggerScaleUp' ? reasonsOf(said.message) : [];
    return { pods, said, reasons: refused, comes: said?.reason === 'TriggeredScaleUp' };
  });
}

export interface Waiting {
  readonly pods: readonly WaitingPod[];
  /** The autoscaler's own words. */
  readonly said: AutoscalerEvent | undefined;
  /** Empty: it has not said any. */
  readonly reasons: readonly Reason[];
  /** It has asked for a node. */
  readonly comes: boolean;
}

/** Who waits, in a few words: `the servers of ann and bo, and 2 placeholders`. */
export function whoWaits(pods: readonly WaitingPod[]): string {
  const people = pods.flatMap(({ user, elsewhere }) =>
    user === undefined ? [] : whose({ user, elsewhere }),
  );
  const idle = pods.filter(({ user }) => user === undefined);
  const warm = idle.filter(({ profile }) => profile !== undefined).length;
  // The hub's own, say.
  const others = idle.filter(({ profile }) => profile === undefined).map(({ name }) => `pod ${name}`);
  const servers =
    people.length === 0 ? [] : [`the ${people.length === 1 ? 'server' : 'servers'} of ${fewNames(people)}`];
  const seats = warm === 0 ? [] : [`${warm} ${warm === 1 ? 'placeholder' : 'placeholders'}`];
  return [...servers, ...seats, ...others].join(' and ');
}
