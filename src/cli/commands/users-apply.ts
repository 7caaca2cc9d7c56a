import { loadQuickly } from '../../config/load-quickly.ts';
import { UserError } from '../../errors.ts';
import { change } from '../../operate/change.ts';
import type { CommandContext } from '../command.ts';
import { openTarget, type OpenTarget } from '../open-target.ts';

/**
 * Writes the file and lets what it says about people hold at once. Belongs under the lock.
 *
 * When nothing of it could be done the file is put back as it was. From the first step on it stays: what is left to do
 * then `up` does, but it could not bring back the password of somebody who was taken off the list.
 *
 * @param afterUp What else would be left to do then: half a sentence.
 */
export async function applyAccounts(
  text: string,
  opened: OpenTarget,
  context: CommandContext,
  afterUp = '',
): Promise<void> {
  const { config } = opened;
  await write(text, opened, context);
  const done: string[] = [];
  try {
    await letHold(opened, context, (id) => done.push(id));
  } catch (error) {
    if (done.length === 0 && (await replace(config.path, { from: text, to: config.text }, context)))
      throw error;
    throw unfinished(error, opened, afterUp);
  }
}

/** The file is checked before it is written: a name that is not allowed changes nothing. */
async function write(text: string, opened: OpenTarget, context: CommandContext): Promise<void> {
  const { config, environment } = opened;
  if (text === config.text) return;
  const { problems } = await loadQuickly({ file: config.shown, text }, { environment: environment.name });
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem)
    throw new UserError({ what: problem.message, where: config.shown, fix: problem.fix, exitCode: 2 });
  if (await replace(config.path, { from: config.text, to: text }, context)) return;
  throw new UserError({
    what: 'The file was changed by somebody else just now, and is left as it is.',
    where: config.shown,
    fix: 'Run the command again.',
  });
}

/** @returns false when the file holds something else by now: people have it open in their editors. */
async function replace(
  path: string,
  { from, to }: { readonly from: string; readonly to: string },
  { adapters }: CommandContext,
): Promise<boolean> {
  const [read, { rewrite }] = await Promise.all([adapters.readConfigFile(), adapters.files()]);
  if ((await read(path)) !== from) return false;
  await rewrite(path, to);
  return true;
}

async function letHold(
  { environment: { name } }: OpenTarget,
  context: CommandContext,
  onDone: (id: string) => void,
): Promise<void> {
  const { target } = await openTarget(name, context);
  await change({
    target,
    clock: await context.adapters.clock(),
    intent: { kind: 'accounts' },
    emit: (event) => {
      if (event.type === 'stepDone') onDone(event.id);
      context.reporter.emit(event);
    },
  });
}

/** Says what finishes it. Our own mistakes stay what they are. */
function unfinished(error: unknown, { config, environment }: OpenTarget, afterUp: string): unknown {
  if (!(error instanceof UserError)) return error;
  const { what, where, details } = error;
  const fix = `${config.shown} keeps the change, and \`hubwright up ${environment.name}\` finishes it${afterUp}.`;
  return new UserError({ what, where, details, fix, cause: error });
}
