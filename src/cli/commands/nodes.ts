import { UserError } from '../../errors.ts';
import { nodeFindings } from '../../plan/kubernetes/nodes/findings.ts';
import { overview } from '../../plan/kubernetes/nodes/overview.ts';
import type { Command, CommandContext } from '../command.ts';
import { type OpenTarget, openTarget } from '../open-target.ts';
import { diagnosis } from '../render/doctor.ts';
import { renderNodes } from '../render/nodes.ts';
import { pasteable } from '../render/pasteable.ts';

/** `nodes [ENV]`: node groups, who is on which node, and why no more come. */
export const run: Command = async ([name], context) => {
  const opened = await openTarget(name, context);
  return show(opened, context);
};

async function show({ target, environment }: OpenTarget, context: CommandContext): Promise<0 | 1> {
  const { io, options, meant } = context;
  const door = nodesOf({ target, environment });
  const observed = await door.observe();
  const groups = overview(environment, observed);
  const found = diagnosis(nodeFindings(environment, observed), (text) => pasteable(text, meant));
  if (options.json) {
    const { findings, notRun } = found;
    const quota = 'seen' in observed.compute ? observed.compute.seen.quota : undefined;
    const result = { type: 'result', environment: environment.name, groups, quota, findings, notRun };
    io.stdout.write(`${JSON.stringify(result)}\n`);
  } else io.stdout.write(renderNodes({ environment: environment.name, groups, observed, found }, io));
  // Without the cluster itself there is nothing to show.
  return 'seen' in observed.nodes ? 0 : 1;
}

/** @throws UserError for an environment of this machine. */
export function nodesOf({ target, environment }: Pick<OpenTarget, 'target' | 'environment'>) {
  if (target.nodes !== undefined) return target.nodes;
  throw new UserError({
    what: `${environment.name} runs on this machine: it has no nodes.`,
    fix: 'Name an environment with `target: kubernetes`.',
    exitCode: 2,
  });
}
