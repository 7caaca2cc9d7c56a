import type { Step } from './plan.ts';

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
