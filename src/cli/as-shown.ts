import { type Done, carryOut, refuseRefused } from '../operate/change.ts';
import type { Intent, Target } from '../operate/target.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseMoved, savedPlan } from '../plan/saved-plan.ts';
import type { CommandContext } from './command.ts';
import { confirm } from './confirm.ts';
import type { OpenTarget } from './open-target.ts';
import { planEvent, renderPlan } from './render/plan.ts';
import { underLock } from './under-lock.ts';
import { version } from './version.ts';

/**
 * Shows what would be done, asks, and does it.
 *
 * @param how.command What was typed.
 * @param how.instead What to do for who says no, or where something has moved: a sentence.
 * @param how.asks false for what nobody would notice.
 * @returns what was done; without steps there was nothing to do.
 */
export async function agreed(
  opened: OpenTarget,
  how: {
    readonly intent: Intent;
    readonly command: string;
    readonly instead: string;
    readonly asks?: boolean;
  },
  context: CommandContext,
): Promise<Done> {
  const { intent, command, instead, asks = true } = how;
  const shown = await opened.target.plan(intent);
  refuseRefused(shown);
  if (shown.steps.length === 0) {
    if ((await opened.target.wasCutOff?.()) === true)
      await underLock(opened, command, context, async ({ target }) => target.finished?.());
    await context.reporter.close();
    return { ...shown, left: [] };
  }
  await showPlan(shown, context);
  if (asks) await confirm('Do that?', { unasked: `${command} --yes`, instead }, context);
  const again = (target: Target): Promise<Plan> => target.plan(intent);
  return asShown(opened, { shown, again, command, remedy: instead }, context);
}

/** The plan that somebody is to agree to. */
export async function showPlan(shown: Plan, { io, options, reporter }: CommandContext): Promise<void> {
  await reporter.close();
  if (options.json) io.stdout.write(`${JSON.stringify(planEvent(shown))}\n`);
  else io.stderr.write(renderPlan(shown, io));
}

/**
 * Does what was shown and agreed to, once nobody else changes anything.
 *
 * @param how.again Makes the plan anew, as it is then.
 * @param how.command What was typed, for those who find the environment locked.
 * @param how.remedy What to do where something has moved: a sentence.
 * @throws UserError where it is not what there is to be done any more.
 */
export async function asShown(
  opened: OpenTarget,
  how: {
    readonly shown: Plan;
    readonly again: (target: Target) => Promise<Plan>;
    readonly command: string;
    readonly remedy: string;
  },
  context: CommandContext,
): Promise<Done> {
  const { reporter, adapters } = context;
  const { shown, again, command, remedy } = how;
  const clock = await adapters.clock();
  const done = await underLock(opened, command, context, async ({ target }) =>
    carryOut(await again(target), {
      target,
      clock,
      emit: (event) => reporter.emit(event),
      onPlan: (made) => refuseMoved(savedPlan(shown, version), savedPlan(made, version), remedy),
    }),
  );
  await reporter.close();
  return done;
}
