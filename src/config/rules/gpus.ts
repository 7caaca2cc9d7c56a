import { error, warning } from './rule.ts';
import type { ProfileRule, Rule } from './rule.ts';

/** A profile that speaks of GPUs and asks for none gets none. */
export const gpuProfileHasCount: Rule = ({ profiles, settings }) => {
  if (settings.target !== 'kubernetes') return [];
  return [...profiles].flatMap(([name, { displayName, image, gpus }]) => {
    if (gpus !== undefined || !/\b(gpu|cuda)s?\d*\b/i.test(`${name} ${displayName} ${image ?? ''}`))
      return [];
    const message = `The profile \`${name}\` looks like one for GPUs and has no \`gpus\`, so its servers get none`;
    return [
      warning({
        code: 'gpu-without-count',
        path: ['profiles', name],
        at: 'key',
        message,
        fix: 'Add `gpus: { count: 1 }`.',
      }),
    ];
  });
};

/** GPU nodes are usually tainted, so that nothing else is put there. */
export const gpuToleration: Rule = ({ profiles, settings }) => {
  if (settings.target !== 'kubernetes') return [];
  return [...profiles].flatMap(([name, { gpus }]) => {
    if (gpus === undefined || gpus.toleration !== undefined) return [];
    const fix = `Add \`toleration: { key: ${gpus.resource}, operator: Exists, effect: NoSchedule }\` if they have one.`;
    const message =
      'There is no `toleration`: if the GPU nodes have a taint, as is usual, no server gets on them';
    return [
      warning({ code: 'gpu-without-toleration', path: ['profiles', name, 'gpus'], at: 'key', message, fix }),
    ];
  });
};

/** What Kubernetes makes of operator and value. */
export const tolerationMatches: ProfileRule = ({ gpus }) => {
  const toleration = gpus?.toleration;
  if (toleration === undefined) return [];
  const path = ['gpus', 'toleration'];
  if (toleration.operator === 'Exists' && toleration.value !== undefined) {
    return [
      error({
        code: 'toleration-value',
        path: [...path, 'value'],
        at: 'key',
        message: '`Exists` matches every value, and Kubernetes refuses one beside it',
        fix: 'Remove `value`, or write `operator: Equal`.',
      }),
    ];
  }
  if (toleration.operator !== 'Equal' || toleration.value !== undefined) return [];
  const message = '`Equal` without a `value` matches only a taint whose value is empty';
  return [
    warning({
      code: 'toleration-value',
      path: [...path, 'operator'],
      message,
      fix: 'Write `operator: Exists`, or add the `value` of the taint.',
    }),
  ];
};
