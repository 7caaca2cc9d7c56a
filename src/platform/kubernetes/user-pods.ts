import { valueAt } from '../../config/merge.ts';
import type { Profile } from '../../config/schema/profiles.ts';
import type { Value, Values } from '../../config/values.ts';

/** What the chart gives to the pods of all people, with what `helmValues` change of it. */
export interface UserPods {
  readonly tolerations: readonly Value[];
  readonly nodeSelector: Values;
  /** undefined: none. */
  readonly nodeAffinity: Values | undefined;
}

/** `scheduling.userPods.tolerations` as the chart has it. */
const dedicatedNodes: readonly Value[] = ['hub.jupyter.org/dedicated', 'hub.jupyter.org_dedicated'].map(
  (key) => ({ key, operator: 'Equal', value: 'user', effect: 'NoSchedule' }),
);

const purpose: Values = {
  matchExpressions: [{ key: 'hub.jupyter.org/node-purpose', operator: 'In', values: ['user'] }],
};

/**
 * What a profile with tolerations of its own would lose (KubeSpawner replaces lists), and what placeholders need to be
 * put where people's servers go.
 */
export function userPods(helmValues: Readonly<Record<string, unknown>> | undefined): UserPods {
  const read = (...path: string[]): unknown => valueAt(helmValues, path);
  return {
    tolerations: [
      ...list(read('scheduling', 'userPods', 'tolerations'), dedicatedNodes),
      ...list(read('singleuser', 'extraTolerations')),
    ],
    nodeSelector: (read('singleuser', 'nodeSelector') ?? {}) as Values,
    nodeAffinity: nodeAffinity(
      read('scheduling', 'userPods', 'nodeAffinity', 'matchNodePurpose') ?? 'prefer',
      list(read('singleuser', 'extraNodeAffinity', 'required')),
      list(read('singleuser', 'extraNodeAffinity', 'preferred')),
    ),
  };
}

function list(value: unknown, otherwise: readonly Value[] = []): readonly Value[] {
  return Array.isArray(value) ? (value as Value[]) : otherwise;
}

function nodeAffinity(
  match: unknown,
  moreRequired: readonly Value[],
  morePreferred: readonly Value[],
): Values | undefined {
  const required = [...(match === 'require' ? [purpose] : []), ...moreRequired];
  const preferred = [...(match === 'prefer' ? [{ weight: 100, preference: purpose }] : []), ...morePreferred];
  if (required.length + preferred.length === 0) return undefined;
  return {
    ...(required.length === 0
      ? {}
      : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required } }),
    ...(preferred.length === 0 ? {} : { preferredDuringSchedulingIgnoredDuringExecution: preferred }),
  };
}

/**
 * What a server of the profile asks for, in cores and as it is written in the file. Kubernetes takes a limit for the
 * request where nothing is guaranteed.
 */
export function askedFor({ cpu, memory }: Profile): {
  readonly cores: number | undefined;
  readonly size: number | string | undefined;
} {
  return { cores: cpu.guarantee ?? cpu.limit, size: memory.guarantee ?? memory.limit };
}
