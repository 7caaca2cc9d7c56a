import { refuseRefused } from '../../operate/change.ts';
import type { NodesIntent } from '../../plan/kubernetes/nodes/change.ts';
import { asShown, showPlan } from '../as-shown.ts';
import type { CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { OpenTarget } from '../open-target.ts';

/** Shows what would be done and whose servers are concerned, asks, then does it. */
export async function changeNodes(
  opened: OpenTarget,
  wanted: NodesIntent,
  context: CommandContext,
): Promise<0> {
  const { io, options } = context;
  const environment = opened.environment.name;
  const intent = { kind: 'nodes' as const, change: wanted };
  const command = typed(environment, wanted);
  const shown = await opened.target.plan(intent);
  refuseRefused(shown);
  const changed = shown.steps.length > 0;
  if (changed) {
    await showPlan(shown, context);
    const look = `\`hubwright nodes ${environment}\` shows how it is now.`;
    await confirm('Do that?', { unasked: `${command} --yes`, instead: look }, context);
    await asShown(opened, { shown, intent, command, remedy: look }, context);
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
