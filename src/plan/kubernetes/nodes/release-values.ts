import type { Value, Values } from '../../../config/values.ts';
import type { FieldChange } from '../../plan.ts';
import type { ValueChange } from './actions.ts';
import type { Bounds, ClusterRelease } from './machines.ts';

type Parts = Pick<ClusterRelease, 'nodeGroups' | 'nodeGroupDefaults' | 'controlPlane'>;

/**
 * Changes of the values of capi-helm-charts that give a group these bounds. `nodeGroups` is a list, and its chart merges
 * `nodeGroupDefaults` into each group in such a way that 0 and `false` of a group lose against them.
 *
 * @returns undefined where the values have no such group.
 */
export function boundsChanges(
  { nodeGroups, nodeGroupDefaults }: Parts,
  group: string,
  bounds: Bounds,
): readonly ValueChange[] | undefined {
  const at = nodeGroups.findIndex(({ name }) => name === group);
  if (at < 0) return undefined;
  const fixed = bounds.min === bounds.max && nodeGroups[at]?.['autoscale'] !== true;
  const wanted: Values = fixed
    ? { machineCount: bounds.min }
    : { autoscale: true, machineCountMin: bounds.min, machineCountMax: bounds.max };
  const own = Object.entries(wanted).flatMap(([key, to]) =>
    differing(nodeGroups[at], ['nodeGroups', at], key, to),
  );
  const lost = Object.entries(wanted).filter(([key, to]) => to === 0 && isGiven(nodeGroupDefaults[key]));
  return [...lost.flatMap(([key]) => handedDown({ nodeGroups, nodeGroupDefaults }, key, at)), ...own];
}

/** A default that a 0 would lose against: each other group gets it as its own, and then it goes. */
function handedDown(
  { nodeGroups, nodeGroupDefaults }: Pick<Parts, 'nodeGroups' | 'nodeGroupDefaults'>,
  key: string,
  but: number,
): ValueChange[] {
  const to = nodeGroupDefaults[key];
  const heirs = nodeGroups.flatMap((group, index) =>
    index === but || isGiven(group[key]) ? [] : [{ path: ['nodeGroups', index, key], to }],
  );
  return [...heirs, { path: ['nodeGroupDefaults', key], to: undefined }];
}

/** What a Go template takes for something (Go's zero values are nothing to mergo). */
function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== 0 && value !== '' && value !== false;
}

const path = 'rolloutStrategy';

/**
 * A new machine before an old one goes, and no end of the drain. `0%` and `0s`, because a 0 would lose against the
 * chart's defaults. Of a control plane the chart does so by itself.
 */
export function rolloutChanges({ nodeGroups }: Parts, group: string): readonly ValueChange[] | undefined {
  const at = nodeGroups.findIndex(({ name }) => name === group);
  if (at < 0) return undefined;
  const strategy = {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: 1, maxUnavailable: '0%' },
  };
  const where = ['nodeGroups', at] as const;
  return [
    ...differing(nodeGroups[at], where, path, strategy),
    ...differing(nodeGroups[at], where, 'nodeDrainTimeout', '0s'),
  ];
}

export function flavorChanges(
  { nodeGroups, controlPlane }: Parts,
  group: string,
  flavor: string,
): readonly ValueChange[] | undefined {
  if (group === 'control-plane') return differing(controlPlane, ['controlPlane'], 'machineFlavor', flavor);
  const at = nodeGroups.findIndex(({ name }) => name === group);
  return at < 0 ? undefined : differing(nodeGroups[at], ['nodeGroups', at], 'machineFlavor', flavor);
}

function differing(
  part: Values | undefined,
  where: readonly (string | number)[],
  key: string,
  to: Value,
): ValueChange[] {
  return JSON.stringify(part?.[key]) === JSON.stringify(to) ? [] : [{ path: [...where, key], to }];
}

/** As people find them in the values: groups by their names. */
export function shownChanges(parts: Parts, changes: readonly ValueChange[]): FieldChange[] {
  return changes.map(({ path: keys, to }) => {
    const before = keys.reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      parts,
    );
    return {
      path: pathText(parts, keys),
      before: before === undefined ? undefined : JSON.stringify(before),
      after: to === undefined ? undefined : JSON.stringify(to),
    };
  });
}

function pathText({ nodeGroups }: Parts, keys: ValueChange['path']): string {
  return keys.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${nameOf(nodeGroups[key]) ?? key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function nameOf(group: Values | undefined): string | undefined {
  return typeof group?.['name'] === 'string' ? group['name'] : undefined;
}
