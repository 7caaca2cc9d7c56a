import { UserError, messageOf } from '../../errors.ts';
import type { CommandSpec } from '../catalog.ts';
import { type ExitCode, exitCodeOf, type Interruption, type Io } from '../io.ts';
import { paint } from './paint.ts';
import { type Meant, pasteable } from './pasteable.ts';
import { widthOf, wrap } from './wrap.ts';

/** Tells what went wrong, where, and what to do; for machines on stdout, for people on stderr. */
export function renderError(error: unknown, io: Io, json: boolean, meant?: Meant): ExitCode {
  if (error instanceof UserError) {
    const { what, where, details } = error;
    const fix = meant ? pasteable(error.fix, meant) : error.fix;
    if (json) io.stdout.write(`${JSON.stringify({ type: 'error', what, where, fix, details })}\n`);
    else io.stderr.write(userErrorText({ what, where, fix, details }, io));
    return error.exitCode;
  }
  return renderBug(error, io, json);
}

function userErrorText(
  { what, where, fix, details }: Pick<UserError, 'what' | 'where' | 'fix' | 'details'>,
  io: Io,
): string {
  const colours = paint(io, 'stderr');
  const width = widthOf(io, 'stderr');
  const lines = [
    wrap(`${colours.red('error')} ${what}`, width, 6),
    ...(where === undefined ? [] : [wrap(`${colours.dim('where')} ${where}`, width, 6)]),
    wrap(`${colours.green('fix')}   ${fix}`, width, 6),
    ...(details === undefined || details === ''
      ? []
      : ['', ...details.split('\n').map((line) => colours.dim(`  ${line}`))]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Nobody but us can mend this: it says so, and keeps the trace for those who ask for it. */
function renderBug(error: unknown, io: Io, json: boolean): ExitCode {
  const what = messageOf(error);
  const fix =
    'This is a mistake in Hubwright. Run it again with HUBWRIGHT_TRACE=1 and send us what it prints.';
  if (json) io.stdout.write(`${JSON.stringify({ type: 'bug', what, fix })}\n`);
  else io.stderr.write(`${paint(io, 'stderr').red('error')} ${what}\n${fix}\n`);
  if (io.env['HUBWRIGHT_TRACE'] && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  return 1;
}

/** Nothing went wrong: somebody wanted it to end, who may want to know how it goes on. */
export function renderInterruption(
  signal: Interruption,
  { name, continues }: CommandSpec,
  io: Io,
  json: boolean,
): ExitCode {
  if (json) io.stdout.write(`${JSON.stringify({ type: 'interrupted', signal })}\n`);
  else if (continues) io.stderr.write(`Interrupted. \`hubwright ${name}\` again continues.\n`);
  return exitCodeOf(signal);
}
