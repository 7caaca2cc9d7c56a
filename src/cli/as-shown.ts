import { type Done, change } from '../operate/change.ts';
import type { Intent } from '../operate/target.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseMoved, savedPlan } from '../plan/saved-plan.ts';
import type { CommandContext } from './command.ts';
import type { OpenTarget } from './open-target.ts';
import { planEvent, renderPlan } from './render/plan.ts';
import { underLock } from './under-lock.ts';
import { version } from './version.ts';

/** The plan that somebody is to agree to. */
export async function showPlan(shown: Plan, { io, options, reporter }: CommandContext): Promise<void> {
  await reporter.close();
  if (options.json) io.stdout.write(`${JSON.stringify(planEvent(shown))}\n`);
  else io.stderr.write(renderPlan(shown, io));
}

/**
 * Does what was shown and agreed to, once nobody else changes anything.
 *
 * @param how.command What was typed, for those who find the environment locked.
 * @param how.remedy What to do where something has moved: a sentence.
 * @throws UserError where it is not what there is to be done any more.
 */
export async function asShown(
  opened: OpenTarget,
  how: {
    readonly shown: Plan;
    readonly intent: Intent;
    readonly command: string;
    readonly remedy: string;
  },
  context: CommandContext,
): Promise<Done> {
  const { reporter, adapters } = context;
  const { shown, intent, command, remedy } = how;
  const clock = await adapters.clock();
  const done = await underLock(opened, command, context, ({ target }) =>
    change({
      target,
      clock,
      intent,
      emit: (event) => reporter.emit(event),
      onPlan: (made) => refuseMoved(savedPlan(shown, version), savedPlan(made, version), remedy),
    }),
  );
  await reporter.close();
  return done;
}
