import { UserError, messageOf } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../ports.ts';
import type { Emit } from './events.ts';
import { runSteps } from './run-steps.ts';
import type { Target } from './target.ts';

interface Attempt<Result> {
  readonly target: Target;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Tells the plan, one with `waysBack`, before it does any of it. */
  readonly work: (onPlan: (plan: Plan) => void) => Promise<Result>;
}

/**
 * Does the work. Where it fails, every release that it changed goes back to the revision it had, if that is safe: its
 * plan has said so. Belongs under the lock that the work holds.
 *
 * @throws what the work threw, with what became of it.
 */
export async function orGoBack<Result>({ target, emit, clock, work }: Attempt<Result>): Promise<Result> {
  let plan: Plan | undefined;
  try {
    return await work((made) => (plan = made));
  } catch (error) {
    if (plan === undefined) throw error;
    throw await goBack(error, plan, { target, emit, clock });
  }
}

async function goBack(
  error: unknown,
  failed: Plan,
  { target, emit, clock }: Pick<Attempt<unknown>, 'target' | 'emit' | 'clock'>,
): Promise<unknown> {
  try {
    const { steps } = await target.plan({ kind: 'return', failed });
    if (steps.length === 0) return error;
    emit({ type: 'note', severity: 'warning', text: `it failed, and goes back: ${messageOf(error)}` });
    await runSteps({ steps, perform: (step, report) => target.perform(step, report), emit, clock });
    await target.finished?.();
    return withSentence(
      error,
      `What it changed was taken back (${steps.map(({ title }) => title).join('; ')}).`,
    );
  } catch (second) {
    return withSentence(error, `Going back failed too: ${messageOf(second)}`);
  }
}

/** Anything but a UserError is our bug, and told as it is. */
function withSentence(error: unknown, sentence: string): unknown {
  if (!(error instanceof UserError)) return error;
  const { what, where, fix, details, exitCode } = error;
  return new UserError({ what: `${what} ${sentence}`, where, fix, details, exitCode, cause: error });
}
