import { change, whileLocked } from '../../operate/change.ts';
import type { Command } from '../command.ts';
import { openDeployed } from '../open-deployed.ts';

/** `down [ENV]`: stops what `up` started, and nothing else. */
export const run: Command = async ([name], context) => {
  const { reporter, io, options, adapters } = context;
  const { target, sameAgain } = await openDeployed(name, context);
  const { environment } = target;
  const keepServers = options['keepServers'] === true;
  const clock = await adapters.clock();
  const plan = await whileLocked(target, `hubwright down ${environment.name}`, () =>
    change({
      target,
      clock,
      intent: { kind: 'down', keepServers },
      emit: (event) => reporter.emit(event),
    }),
  );
  await reporter.close();
  const changed = plan.steps.length > 0;
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ type: 'result', environment: environment.name, changed })}\n`);
    return 0;
  }
  const kept = keepServers ? 'Servers and proxy were left running.' : 'Homes and passwords stay.';
  io.stdout.write(
    changed
      ? `Stopped. ${kept} \`hubwright up ${environment.name}${sameAgain}\` starts it again.\n`
      : 'Nothing was running.\n',
  );
  return 0;
};
