import type { Plan } from '../../plan/plan.ts';
import type { Command, CommandContext } from '../command.ts';
import { openTarget } from '../open-target.ts';
import { planEvent, renderPlan } from '../render/plan.ts';
import { version } from '../version.ts';

/** `plan [ENV]`: what a deploy would do, and what it means for people. Changes nothing. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter } = context;
  const { target, environment } = await openTarget(name, context, { orExample: false });
  const { out } = options;
  if (typeof out === 'string') (await import('../plan-file.ts')).refuseLocal(environment);
  const plan = await target.plan({ kind: 'deploy' });
  await reporter.close();
  if (typeof out === 'string') await keep(out, plan, context);
  if (options.json) {
    const kept = typeof out === 'string' ? { out } : {};
    io.stdout.write(`${JSON.stringify({ ...planEvent(plan), ...kept })}\n`);
  } else {
    io.stdout.write(renderPlan(plan, io));
    if (typeof out === 'string') io.stdout.write(keptText(out, plan));
  }
  return options['detailedExitcode'] === true && plan.steps.length > 0 ? 2 : 0;
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
