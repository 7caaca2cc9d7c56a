import { whileLocked } from '../operate/change.ts';
import type { CommandContext } from './command.ts';
import { openTarget, type OpenTarget } from './open-target.ts';

/**
 * Does the work while nobody else changes the environment. The work gets it as the file has it then: whoever changed it
 * until now may have edited the file too.
 */
export function underLock<Result>(
  { target, environment, config }: OpenTarget,
  purpose: string,
  context: CommandContext,
  work: (opened: OpenTarget) => Promise<Result>,
): Promise<Result> {
  const sameFile = { ...context, options: { ...context.options, file: config.path } };
  return whileLocked(target, purpose, async ({ guard }) =>
    work(await openTarget(environment.name, guard === undefined ? sameFile : { ...sameFile, guard })),
  );
}
