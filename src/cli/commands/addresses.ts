import { UserError } from '../../errors.ts';
import { notHere } from '../../operate/targets/not-here.ts';
import type { AddressIntent } from '../../plan/kubernetes/addresses/plan-address.ts';
import { type WayName, isWay, wayNames } from '../../plan/kubernetes/addresses/ways.ts';
import { agreed } from '../as-shown.ts';
import type { Command, CommandContext } from '../command.ts';
import { type OpenTarget, openTarget, openToLook } from '../open-target.ts';
import { renderAddresses } from '../render/addresses.ts';
import { pasteable } from '../render/pasteable.ts';

const verbs = ['attach', 'release'] as const;
type Verb = (typeof verbs)[number];

/** `addresses [ENV] [attach | release]`: exit code 1 when something disagrees, or could not be looked at. */
export const run: Command = async (words, context) => {
  const { environment, verb } = understand(words.filter((word) => word !== undefined));
  if (verb === undefined) return show(await openToLook(environment, context), context);
  return changeAddress(verb, await openTarget(environment, context), context);
};

function understand(words: readonly string[]): {
  readonly environment: string | undefined;
  readonly verb: Verb | undefined;
} {
  const last = words.at(-1);
  const verb = verbs.find((one) => one === last);
  const [environment, ...more] = verb === undefined ? words : words.slice(0, -1);
  if (more.length === 0) return { environment, verb };
  throw new UserError({
    what: `\`hubwright addresses ${words.join(' ')}\` does not say what to do.`,
    fix: 'Write `hubwright addresses ENV`, `hubwright addresses ENV attach` or `hubwright addresses ENV release`.',
    exitCode: 2,
  });
}

async function show({ target, environment }: OpenTarget, context: CommandContext): Promise<0 | 1> {
  const { io, options, reporter, meant } = context;
  if (target.addresses === undefined) throw notHere.addresses(environment.name);
  const found = await target.addresses();
  const paste = (text: string): string => pasteable(text, meant);
  const ways = found.ways.map((way) => ({
    ...way,
    disagreements: way.disagreements.map((one) => ({ ...one, fix: paste(one.fix) })),
  }));
  const report = { ways, notSeen: found.notSeen.map((one) => ({ ...one, why: paste(one.why) })) };
  await reporter.close();
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: environment.name, ...report })}\n`
      : renderAddresses(environment.name, report, io),
  );
  const isWrong = ways.some(({ disagreements }) => disagreements.length > 0);
  return isWrong || report.notSeen.some(({ failed }) => failed) ? 1 : 0;
}

/** Shows what it would do, asks, then does it: if it is still what is to be done once nobody else changes anything. */
async function changeAddress(verb: Verb, opened: OpenTarget, context: CommandContext): Promise<0> {
  const { io, options } = context;
  const { name } = opened.environment;
  const way = wayOf(options['service'] as string | undefined);
  const intent: AddressIntent = { kind: 'addresses', does: verb, way };
  const command = `hubwright addresses ${name} ${verb}${way === 'hub' ? '' : ` --service ${way}`}`;
  const instead = `\`hubwright addresses ${name}\` shows how it is now.`;
  const { steps } = await agreed(opened, { intent, command, instead }, context);
  const changed = steps.length > 0;
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: name, service: way, changed })}\n`
      : resultText(verb, changed, name),
  );
  return 0;
}

function resultText(verb: Verb, changed: boolean, name: string): string {
  if (!changed)
    return verb === 'attach'
      ? 'Nothing to do: the floating IP of the file leads there already.\n'
      : 'Nothing to do: no floating IP leads there.\n';
  return `${verb === 'attach' ? 'Attached' : 'Released'}. \`hubwright addresses ${name}\` shows how it is now.\n`;
}

function wayOf(given: string | undefined): WayName {
  if (given === undefined) return 'hub';
  if (isWay(given)) return given;
  throw new UserError({
    what: `\`--service ${given}\` is no way in.`,
    fix: `Name one of ${wayNames.join(', ')}.`,
    exitCode: 2,
  });
}
