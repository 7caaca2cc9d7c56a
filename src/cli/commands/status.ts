import type { Command } from '../command.ts';
import { openDeployed } from '../open-deployed.ts';
import { pasteable } from '../render/pasteable.ts';
import { renderStatus } from '../render/status.ts';

/** `status [ENV]`: exit code 1 when something is wrong. */
export const run: Command = async ([name], context) => {
  const { io, options, adapters } = context;
  const { target } = await openDeployed(name, context);
  const found = await target.status();
  const troubles = found.troubles.map((trouble) => ({
    ...trouble,
    fix: pasteable(trouble.fix, context.meant),
  }));
  const notes = found.notes.map((text) => pasteable(text, context.meant));
  const status = { ...found, troubles, notes };
  if (options.json) io.stdout.write(`${JSON.stringify({ type: 'status', ...status })}\n`);
  else io.stdout.write(renderStatus(status, (await adapters.clock()).now(), io));
  return status.troubles.length > 0 ? 1 : 0;
};
