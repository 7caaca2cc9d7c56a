import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { refuseRefused } from '../../operate/change.ts';
import type { Intent, Target } from '../../operate/target.ts';
import type { Plan } from '../../plan/plan.ts';
import { asShown, showPlan } from '../as-shown.ts';
import type { Command } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { openTarget } from '../open-target.ts';

/** `rollback ENV`: shows the revisions and what going back changes, asks, then goes back. */
export const run: Command = async ([name], context) => {
  const { io, options } = context;
  const asked = await openTarget(name, context);
  const environment = asked.environment.name;
  const intent: Intent = {
    kind: 'rollback',
    to: revisionOf(options['to'] as string | undefined),
    forceDatabase: options['forceDatabase'] === true,
    save: options['save'] !== false,
    repair: options['repair'] === true,
    ...folderOf(options['restoreDatabase'] as string | undefined, io),
  };
  const shown = await asked.target.plan(intent);
  refuseRefused(shown);
  const { from, to } = way(shown);
  await showPlan(shown, context);
  const words = {
    unasked: `hubwright rollback ${environment} --to ${to} --yes`,
    instead: `\`hubwright rollback ${environment} --to NUMBER\` goes to another one.`,
  };
  await confirm(`Go back to revision ${to}?`, words, context);
  const how = {
    shown,
    // The one that was shown, whatever has become the last one since.
    again: (target: Target) => target.plan({ ...intent, to }),
    command: `hubwright rollback ${environment}`,
    remedy: `\`hubwright rollback ${environment}\` shows how it is now.`,
  };
  await asShown(asked, how, context);
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment, changed: true, from, to })}\n`
      : `${environment} is back at revision ${to}. The file still says otherwise: correct it before the next \`hubwright deploy ${environment}\`.\n`,
  );
  return 0;
};

function revisionOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new UserError({
    what: `${given} is no number of a revision.`,
    fix: 'Without `--to` the command shows the revisions that there are.',
    exitCode: 2,
  });
}

/** Named from where the command is called. */
function folderOf(given: string | undefined, { cwd }: Io): { readonly restoreFrom?: string } {
  return given === undefined ? {} : { restoreFrom: resolve(cwd, given) };
}

function way({ revisions = [] }: Plan): { readonly from: number; readonly to: number } {
  const [from, to] = (['current', 'chosen'] as const).map(
    (wanted) => revisions.find(({ is }) => is === wanted)?.number,
  );
  if (from === undefined) throw new TypeError('a rollback goes from somewhere');
  // Its database alone goes back where the hub of that time is there already.
  return { from, to: to ?? from };
}
