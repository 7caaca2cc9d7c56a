import { UserError } from '../../errors.ts';
import { checksFor, examine, repairPlan } from '../../operate/doctor.ts';
import type { Target } from '../../operate/target.ts';
import type { Check, Examined } from '../../plan/doctor/check.ts';
import { checks } from '../../plan/doctor/checks/index.ts';
import type { Plan } from '../../plan/plan.ts';
import { asShown } from '../as-shown.ts';
import type { Command, CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import { type OpenTarget, openTarget, openToLook } from '../open-target.ts';
import { type Diagnosis, diagnosis, renderDoctor, renderRepair } from '../render/doctor.ts';
import { pasteable } from '../render/pasteable.ts';

/** `doctor [ENV]`: exit code 1 when something is wrong, or could not be looked at. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter } = context;
  const opened = await (options['fix'] === true ? openTarget : openToLook)(name, context);
  const chosen = choose(checksFor(opened.target, checks), options['only'] as string[] | undefined);
  let examined = await examine(opened.target, chosen);
  const plan = repairPlan(opened.target, examined);
  if (options['fix'] === true && plan.steps.length > 0) {
    await repair(plan, { opened, chosen, found: foundIn(examined, context) }, context);
    examined = await examine(opened.target, chosen);
  }
  await reporter.close();
  const environment = opened.environment.name;
  const found = foundIn(examined, context);
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment, ...found })}\n`
      : renderDoctor(environment, found, io),
  );
  return found.findings.length > 0 || found.notRun.some(({ failed }) => failed) ? 1 : 0;
};

/** @throws UserError for an id that there is not. */
function choose(all: readonly Check[], only: readonly string[] | undefined): readonly Check[] {
  if (only === undefined) return all;
  const unknown = only.filter((wanted) => !all.some(({ id }) => id === wanted));
  if (unknown.length === 0) return all.filter(({ id }) => only.includes(id));
  throw new UserError({
    what: `There is no check ${unknown.join(', ')} of this environment.`,
    fix: `Name some of: ${all.map(({ id }) => id).join(', ')}.`,
    exitCode: 2,
  });
}

function foundIn(examined: readonly Examined[], { meant }: CommandContext): Diagnosis {
  return diagnosis(examined, (text) => pasteable(text, meant));
}

interface Repair {
  readonly opened: OpenTarget;
  readonly chosen: readonly Check[];
  readonly found: Diagnosis;
}

/** Shows what it would do, asks, then does it: if it is still what is to be done once nobody else changes anything. */
async function repair(plan: Plan, { opened, chosen, found }: Repair, context: CommandContext): Promise<void> {
  const { io, options, reporter } = context;
  const { name } = opened.environment;
  await reporter.close();
  if (!options.json) io.stderr.write(`${renderDoctor(name, found, io)}\n${renderRepair(plan, io)}`);
  const look = `\`hubwright doctor ${name}\``;
  const words = {
    unasked: `hubwright doctor ${name} --fix --yes`,
    instead: `${look} shows what is wrong, and changes nothing.`,
  };
  await confirm('Do that?', words, context);
  const again = async (target: Target): Promise<Plan> => repairPlan(target, await examine(target, chosen));
  const command = `hubwright doctor ${name} --fix`;
  await asShown(opened, { shown: plan, again, command, remedy: `${look} shows how it is now.` }, context);
}
