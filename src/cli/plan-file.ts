import { resolve } from 'node:path';
import type { Environment } from '../config/schema/environment.ts';
import { UserError } from '../errors.ts';
import { type SavedPlan, readSavedPlan } from '../plan/saved-plan.ts';
import type { CommandContext } from './command.ts';

/** @throws UserError for an environment of this machine. */
export function refuseLocal({ name, target }: Environment): void {
  if (target !== 'local') return;
  throw new UserError({
    what: `Plans are kept for clusters; ${name} runs on this machine, where the free ports are found anew each time.`,
    fix: `\`hubwright up ${name}\` does what \`hubwright plan ${name}\` shows.`,
    exitCode: 2,
  });
}

/**
 * Keeps a plan in a file, for the user alone.
 *
 * @throws UserError rather than write over a file that is no plan.
 */
export async function writePlanFile(
  file: string,
  plan: SavedPlan,
  { io, adapters }: CommandContext,
): Promise<void> {
  const path = resolve(io.cwd, file);
  const [{ writeWhole }, kindOf] = await Promise.all([adapters.files(), adapters.kindOf()]);
  if ((await kindOf(path)) !== undefined) {
    const text = await (await adapters.readConfigFile())(path);
    if (readSavedPlan(text) === undefined) throw otherFile(path);
  }
  await writeWhole(path, `${JSON.stringify(plan, null, 1)}\n`, {
    elsewhere: 'name another file with `--out FILE`',
  });
}

/** @throws UserError when it is missing, no plan, or one of another environment. */
export async function readPlanFile(
  file: string,
  environment: string,
  { io, adapters }: CommandContext,
): Promise<SavedPlan> {
  const path = resolve(io.cwd, file);
  if ((await (await adapters.kindOf())(path)) === undefined) {
    throw refused(
      'There is no such file.',
      path,
      `\`hubwright plan ${environment} --out ${file}\` makes one.`,
    );
  }
  const plan = readSavedPlan(await (await adapters.readConfigFile())(path));
  if (plan === undefined) {
    throw refused(
      'That is no plan that this Hubwright has made.',
      path,
      `\`hubwright plan ${environment} --out FILE\` makes one.`,
    );
  }
  if (plan.environment !== environment) {
    throw refused(
      `That is a plan of ${plan.environment}, not of ${environment}.`,
      path,
      `\`hubwright plan ${environment} --out FILE\` makes one of ${environment}.`,
    );
  }
  return plan;
}

function otherFile(path: string): UserError {
  return refused('There is another file, which is not overwritten.', path, 'Name another with `--out FILE`.');
}

function refused(what: string, where: string, fix: string): UserError {
  return new UserError({ what, where, fix, exitCode: 2 });
}
