import { UserError } from '../../errors.ts';
import { notHere } from '../../operate/targets/not-here.ts';
import { nodeFindings } from '../../plan/kubernetes/nodes/findings.ts';
import { overview } from '../../plan/kubernetes/nodes/overview.ts';
import type { NodesIntent } from '../../plan/kubernetes/nodes/change.ts';
import type { Command, CommandContext, Options } from '../command.ts';
import { type OpenTarget, openTarget, openToLook } from '../open-target.ts';
import { diagnosis } from '../render/doctor.ts';
import { renderNodes } from '../render/nodes.ts';
import { pasteable } from '../render/pasteable.ts';
import { changeNodes } from './nodes-change.ts';

/** `nodes [ENV]`: node groups, who is on which node, and why no more come; with `scale` or `flavor`, a change of one. */
export const run: Command = async (words, context) => {
  const { environment, wanted } = understand(
    words.filter((word) => word !== undefined),
    context.options,
  );
  if (wanted === undefined) return show(await openToLook(environment, context), context);
  return changeNodes(await openTarget(environment, context), wanted, context);
};

interface Understood {
  readonly environment: string | undefined;
  readonly wanted: NodesIntent | undefined;
}

function understand(words: readonly string[], options: Options): Understood {
  const at = words.findIndex((word) => word === 'scale' || word === 'flavor');
  const [verb, group, flavor, ...rest] = words.slice(at);
  if (at < 0 && words.length <= 1) return { environment: words[0], wanted: undefined };
  if (at >= 0 && at <= 1 && rest.length === 0 && group !== undefined) {
    const environment = words[at - 1];
    const [min, max] = [numberOf(options, 'min'), numberOf(options, 'max')];
    const stopServers = options['stopServers'] === true;
    if (verb === 'flavor' && flavor !== undefined)
      return { environment, wanted: { kind: verb, group, flavor, stopServers } };
    if (verb === 'scale' && flavor === undefined && (min !== undefined || max !== undefined)) {
      const ends = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
      return { environment, wanted: { kind: verb, group, ...ends } };
    }
  }
  throw new UserError({
    what: `\`hubwright ${['nodes', ...words].join(' ')}\` does not say what is to be done.`,
    fix: 'Write `hubwright nodes [ENV]`, `… scale GROUP --min NUMBER --max NUMBER` (one of them is enough) or `… flavor GROUP NAME`.',
    exitCode: 2,
  });
}

function numberOf(options: Options, name: 'min' | 'max'): number | undefined {
  const given = options[name] as string | undefined;
  if (given === undefined) return undefined;
  if (/^\d{1,4}$/.test(given)) return Number(given);
  throw new UserError({
    what: `\`--${name} ${given}\` is no number of nodes.`,
    fix: `Write a whole number, such as \`--${name} 4\`.`,
    exitCode: 2,
  });
}

async function show({ target, environment }: OpenTarget, context: CommandContext): Promise<0 | 1> {
  const { io, options, meant } = context;
  const door = nodesOf({ target, environment });
  const observed = await door.observe();
  const groups = overview(environment, observed);
  const found = diagnosis(nodeFindings(environment, observed), (text) => pasteable(text, meant));
  if (options.json) {
    const { findings, notRun } = found;
    const quota = 'seen' in observed.compute ? observed.compute.seen.quota : undefined;
    const { waiting = [], onlyOwn } = 'seen' in observed.nodes ? observed.nodes.seen : {};
    const seen = { groups, waiting, onlyOwn, quota };
    const result = { type: 'result', environment: environment.name, ...seen, findings, notRun };
    io.stdout.write(`${JSON.stringify(result)}\n`);
  } else io.stdout.write(renderNodes({ environment: environment.name, groups, observed, found }, io));
  // Without the cluster itself there is nothing to show.
  return 'seen' in observed.nodes ? 0 : 1;
}

/** @throws UserError for an environment of this machine. */
export function nodesOf({ target, environment }: Pick<OpenTarget, 'target' | 'environment'>) {
  if (target.nodes !== undefined) return target.nodes;
  throw notHere.nodes(environment.name);
}
