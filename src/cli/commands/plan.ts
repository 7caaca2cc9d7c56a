import type { Plan } from '../../plan/plan.ts';
import type { Command, CommandContext } from '../command.ts';
import { openTarget } from '../open-target.ts';
import { planEvent, renderPlan } from '../render/plan.ts';
import { version } from '../version.ts';

/** `plan [ENV]`: what a deploy would do, and what it means for people. Changes nothing. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter } = context;
  const { target, environment } = await openTarget(name, context);
  const { out } = options;
  if (typeof out === 'string') (await import('../plan-file.ts')).refuseLocal(environment);
  const plan = await target.plan({ kind: 'deploy' });
  await reporter.close();
  // No deploy will ever do it.
  const isFutile = plan.refusal?.exitCode === 2;
  const kept = typeof out === 'string' && !isFutile ? out : undefined;
  if (kept !== undefined) await keep(kept, plan, context);
  if (options.json) {
    io.stdout.write(
      `${JSON.stringify({ ...planEvent(plan), ...(kept === undefined ? {} : { out: kept }) })}\n`,
    );
  } else {
    io.stdout.write(renderPlan(plan, io));
    if (kept !== undefined) io.stdout.write(keptText(kept, plan));
    else if (typeof out === 'string') io.stdout.write(`\nNot kept in ${out}.\n`);
  }
  const hasDetails = options['detailedExitcode'] === true;
  // With details 2 says that there are changes.
  if (isFutile) return hasDetails ? 1 : 2;
  return hasDetails && plan.steps.length > 0 ? 2 : 0;
};

async function keep(file: string, plan: Plan, context: CommandContext): Promise<void> {
  const [{ writePlanFile }, { savedPlan }] = await Promise.all([
    import('../plan-file.ts'),
    import('../../plan/saved-plan.ts'),
  ]);
  await writePlanFile(file, savedPlan(plan, version), context);
}

function keptText(file: string, { environment }: Plan): string {
  return `\nKept in ${file}. \`hubwright deploy ${environment} --plan ${file}\` does exactly this, or nothing where something has moved.\n`;
}
