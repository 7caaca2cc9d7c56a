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
    const { steps, offer } = await target.plan({ kind: 'return', failed });
    if (steps.length === 0) return withOffer(error, offer);
    emit({ type: 'note', severity: 'warning', text: `it failed, and goes back: ${messageOf(error)}` });
    await runSteps({ steps, perform: (step, report) => target.perform(step, report), emit, clock });
    await target.finished?.();
    const taken = `What it changed was taken back (${steps.map(({ title }) => title).join('; ')}).`;
    return withOffer(withSentence(error, taken), offer);
  } catch (second) {
    return withSentence(error, `Going back failed too: ${messageOf(second)}`);
  }
}

function withSentence(error: unknown, sentence: string): unknown {
  return told(error, ({ what }) => ({ what: `${what} ${sentence}` }));
}

function withOffer(error: unknown, offer: string | undefined): unknown {
  return offer === undefined ? error : told(error, ({ fix }) => ({ fix: `${fix} ${offer}` }));
}

/** In other words. Anything but a UserError is our bug, and told as it is. */
function told(
  error: unknown,
  words: (error: UserError) => { readonly what?: string; readonly fix?: string },
): unknown {
  if (!(error instanceof UserError)) return error;
  const { what, where, fix, details, exitCode } = error;
  return new UserError({ what, where, fix, details, exitCode, cause: error, ...words(error) });
}
