import type { Step } from './plan.ts';

/** The steps one after the other: each needs the one before it, the first what it needs already. */
export function chained<Action>(
  steps: readonly (Omit<Step<Action>, 'needs'> & Partial<Pick<Step<Action>, 'needs'>>)[],
): Step<Action>[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return { ...step, needs: before === undefined ? (step.needs ?? []) : [before.id] };
  });
}

/**
 * The steps with every needed one before those that need it; otherwise in the order given.
 *
 * @throws Error when they need each other in a circle: a bug in a planner.
 */
export function inOrder<Action>(steps: readonly Step<Action>[]): Step<Action>[] {
  const rest = [...steps];
  const ordered: Step<Action>[] = [];
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ id }) => id));
    const next = rest.findIndex(({ needs }) => !needs.some((id) => waiting.has(id)));
    if (next === -1) throw new Error(`steps need each other: ${[...waiting].join(', ')}`);
    ordered.push(...rest.splice(next, 1));
  }
  return ordered;
}
