import { randomUUID } from 'node:crypto';
import { UserError } from '../../errors.ts';
import { whileLocked } from '../../operate/change.ts';
import { seats } from '../../operate/seats.ts';
import { verify } from '../../operate/verify.ts';
import type { Command } from '../command.ts';
import { openTarget, type OpenTarget } from '../open-target.ts';
import { pasteable } from '../render/pasteable.ts';
import { renderVerify } from '../render/verify.ts';

/** `verify [ENV]`: exit code 1 when any step of any profile fails. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter, adapters } = context;
  const opened = await openTarget(name, context);
  const { target, environment } = opened;
  const wanted = options['profile'] as string[] | undefined;
  const chosen = wanted === undefined ? await seats(target) : { profiles: named(wanted, opened) };
  const clock = await adapters.clock();
  const report = await whileLocked(target, `hubwright verify ${environment.name}`, () =>
    verify({
      target,
      ...chosen,
      clock,
      id: randomUUID().slice(0, 6),
      emit: (event) => reporter.emit(event),
    }),
  );
  await reporter.close();
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', ...report })}\n`
      : pasteable(renderVerify(report, io), context.meant),
  );
  return report.ok ? 0 : 1;
};

/** @throws UserError for one that there is not. */
function named(wanted: readonly string[], { environment, config }: OpenTarget): readonly string[] {
  const all = Object.keys(environment.profiles);
  const unknown = wanted.filter((slug) => !all.includes(slug));
  if (unknown.length === 0) return wanted;
  throw new UserError({
    what: `There is no profile ${unknown.join(', ')} in ${environment.name}.`,
    where: config.shown,
    fix: `Name some of: ${all.join(', ')}.`,
    exitCode: 2,
  });
}
