import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { capacity } from '../../operate/nodes/capacity.ts';
import type { Command } from '../command.ts';
import { openToLook } from '../open-target.ts';
import { nodesOf } from './nodes.ts';
import { capacityPicture } from '../render/capacity-picture.ts';
import { renderCapacity } from '../render/capacity.ts';

/** `capacity [ENV]`: seats a node, and nodes for so many people, as a table and a picture. */
export const run: Command = async ([name], context) => {
  const { io, options, adapters } = context;
  const people = peopleOf(options['people'] as string | undefined);
  const { target, environment } = await openToLook(name, context);
  nodesOf({ target, environment });
  const found = await capacity(target, { people, offline: options['offline'] === true });
  // Nothing could be counted.
  const exitCode = found.kinds.length === 0 ? 1 : 0;
  const picture = options['picture'] as string | undefined;
  if (picture !== undefined) {
    const text = capacityPicture(found, {
      deployment: environment.deployment,
      environment: environment.name,
    });
    const how = { mode: 0o644, elsewhere: 'name another file with `--picture FILE`' };
    await (await adapters.files()).writeWhole(resolve(io.cwd, picture), text, how);
  }
  if (options.json) {
    const result = { type: 'result', environment: environment.name, ...found, picture };
    io.stdout.write(`${JSON.stringify(result)}\n`);
    return exitCode;
  }
  io.stdout.write(renderCapacity(found, environment.name, io));
  if (picture !== undefined) io.stdout.write(`Wrote ${picture}.\n`);
  return exitCode;
};

function peopleOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  throw new UserError({
    what: `\`--people ${given}\` is no number of people.`,
    fix: 'Write a whole number, such as `--people 200`.',
    exitCode: 2,
  });
}
