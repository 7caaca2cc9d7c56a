import { UserError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock, Lock } from '../ports.ts';
import type { Emit } from './events.ts';
import type { LeftForLater } from './left-for-later.ts';
import { runSteps } from './run-steps.ts';
import type { Intent, Target } from './target.ts';

interface Change {
  readonly target: Target;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Called with the plan before anything is done. */
  readonly onPlan?: (plan: Plan) => void;
  /** What belongs to it beside its steps: until this has passed, it has not come to its end. */
  readonly afterwards?: (plan: Plan) => Promise<void>;
}

/** A plan, and what of it could not be done yet. */
export interface Done extends Plan {
  readonly left: readonly LeftForLater[];
}

/**
 * Does the work while nobody else changes the environment.
 *
 * @param purpose For those who find it locked: the command.
 * @throws UserError that names who changes it, when somebody does.
 */
export async function whileLocked<Result>(
  target: Target,
  purpose: string,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  const lock = await target.lock(purpose);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

/**
 * Plans and does the steps. Belongs under the lock. Doing it again after being killed continues.
 *
 * @throws UserError with the plan's refusal, where it has one.
 */
export async function change({ intent, ...rest }: Change & { readonly intent: Intent }): Promise<Done> {
  return carryOut(await rest.target.plan(intent), rest);
}

/** The same for a plan that was made already. */
export async function carryOut(
  plan: Plan,
  { target, emit, clock, onPlan, afterwards }: Change,
): Promise<Done> {
  refuseRefused(plan);
  onPlan?.(plan);
  const left = await runSteps({
    steps: plan.steps,
    perform: (step, report) => target.perform(step, report),
    emit,
    clock,
  });
  await afterwards?.(plan);
  await target.finished?.();
  return { ...plan, left };
}

/** @throws UserError where the plan may only be looked at. */
export function refuseRefused({ refusal }: Plan): void {
  if (refusal) throw new UserError(refusal);
}
