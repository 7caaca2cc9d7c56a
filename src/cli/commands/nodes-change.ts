import { change, refuseRefused } from '../../operate/change.ts';
import type { NodesIntent } from '../../plan/kubernetes/nodes/change.ts';
import { refuseMoved, savedPlan } from '../../plan/saved-plan.ts';
import type { CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { OpenTarget } from '../open-target.ts';
import { planEvent, renderPlan } from '../render/plan.ts';
import { underLock } from '../under-lock.ts';
import { version } from '../version.ts';

/** Shows what would be done and whose servers are concerned, asks, then does it. */
export async function changeNodes(
  opened: OpenTarget,
  wanted: NodesIntent,
  context: CommandContext,
): Promise<0> {
  const { io, options, reporter, adapters } = context;
  const environment = opened.environment.name;
  const intent = { kind: 'nodes' as const, change: wanted };
  const shown = await opened.target.plan(intent);
  refuseRefused(shown);
  await reporter.close();
  const changed = shown.steps.length > 0;
  if (changed) {
    if (options.json) io.stdout.write(`${JSON.stringify(planEvent(shown))}\n`);
    else io.stderr.write(renderPlan(shown, io));
    const look = `\`hubwright nodes ${environment}\` shows how it is now.`;
    await confirm('Do that?', { unasked: `${typed(environment, wanted)} --yes`, instead: look }, context);
    const clock = await adapters.clock();
    await underLock(opened, typed(environment, wanted), context, ({ target }) =>
      change({
        target,
        clock,
        intent,
        emit: (event) => reporter.emit(event),
        onPlan: (made) => refuseMoved(savedPlan(shown, version), savedPlan(made, version), look),
      }),
    );
    await reporter.close();
  }
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment, changed })}\n`
      : `${changed ? 'Done' : 'Nothing to do'}: ${doneText(wanted)}\n`,
  );
  return 0;
}

function typed(environment: string, wanted: NodesIntent): string {
  const { kind, group } = wanted;
  const words =
    kind === 'scale'
      ? [
          ...(wanted.min === undefined ? [] : [`--min ${wanted.min}`]),
          ...(wanted.max === undefined ? [] : [`--max ${wanted.max}`]),
        ]
      : [wanted.flavor, ...(wanted.stopServers ? ['--stop-servers'] : [])];
  return ['hubwright nodes', environment, kind, group, ...words].join(' ');
}

function doneText(wanted: NodesIntent): string {
  return wanted.kind === 'scale'
    ? `the bounds of ${wanted.group} are as you asked.`
    : `${wanted.group} has the flavour ${wanted.flavor}.`;
}
