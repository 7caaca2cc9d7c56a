import type { NodesIntent } from '../../plan/kubernetes/nodes/change.ts';
import { agreed } from '../as-shown.ts';
import type { CommandContext } from '../command.ts';
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
  const how = {
    intent,
    command: typed(environment, wanted),
    instead: `\`hubwright nodes ${environment}\` shows how it is now.`,
  };
  const { steps } = await agreed(opened, how, context);
  const changed = steps.length > 0;
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
