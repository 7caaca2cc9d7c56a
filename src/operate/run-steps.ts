import { messageOf } from '../errors.ts';
import { inOrder } from '../plan/order.ts';
import type { Step } from '../plan/plan.ts';
import type { Clock } from '../ports.ts';
import type { Emit } from './events.ts';
import { LeftForLater } from './left-for-later.ts';

interface Run<Action> {
  readonly steps: readonly Step<Action>[];
  readonly perform: (step: Step<Action>, report: (text: string) => void) => Promise<void>;
  readonly emit: Emit;
  readonly clock: Clock;
}

/**
 * Runs the steps, each as soon as the steps it needs are done, independent ones side by side.
 *
 * After a failure nothing new is begun; what is under way is waited for, and the first error is thrown.
 *
 * @returns the steps that were left for later.
 */
export async function runSteps<Action>({
  steps,
  perform,
  emit,
  clock,
}: Run<Action>): Promise<readonly LeftForLater[]> {
  const failures: unknown[] = [];
  const left: LeftForLater[] = [];
  const known = new Set(steps.map(({ id }) => id));
  const finished = new Map<string, Promise<boolean>>();

  const run = async (step: Step<Action>): Promise<boolean> => {
    const needs = step.needs
      .filter((id) => known.has(id))
      .map((id) => finished.get(id) ?? Promise.resolve(false));
    const met = await Promise.all(needs);
    if (failures.length > 0 || met.includes(false)) return false;
    try {
      await timed(step, { perform, emit, clock });
      return true;
    } catch (error) {
      if (error instanceof LeftForLater) left.push(error);
      else failures.push(error);
      return false;
    }
  };
  const ordered = inOrder(steps);
  if (ordered.length > 0)
    emit({ type: 'stepsPlanned', steps: ordered.map(({ id, title }) => ({ id, title })) });
  for (const step of ordered) finished.set(step.id, run(step));
  await Promise.all(finished.values());
  if (failures.length > 0) throw failures[0];
  return left;
}

async function timed<Action>(
  step: Step<Action>,
  { perform, emit, clock }: Pick<Run<Action>, 'perform' | 'emit' | 'clock'>,
): Promise<void> {
  const { id, title } = step;
  const begun = clock.now().getTime();
  const seconds = (): number => (clock.now().getTime() - begun) / 1000;
  emit({ type: 'stepStarted', id, title });
  try {
    await perform(step, (text) => emit({ type: 'stepProgress', id, text }));
  } catch (error) {
    const type = error instanceof LeftForLater ? 'stepLeft' : 'stepFailed';
    emit({ type, id, title, seconds: seconds(), message: messageOf(error) });
    throw error;
  }
  emit({ type: 'stepDone', id, title, seconds: seconds() });
}
