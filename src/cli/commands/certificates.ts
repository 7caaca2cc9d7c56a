import { UserError } from '../../errors.ts';
import type { Done } from '../../operate/change.ts';
import type { Intent } from '../../operate/target.ts';
import { notHere } from '../../operate/targets/not-here.ts';
import type { CertificatesObserved } from '../../plan/kubernetes/certificates/observed.ts';
import { withoutSpans } from '../../plan/kubernetes/certificates/budget.ts';
import { certificateState, isSettled } from '../../plan/kubernetes/certificates/state.ts';
import { agreed } from '../as-shown.ts';
import type { Command, CommandContext } from '../command.ts';
import type { ExitCode } from '../io.ts';
import { type OpenTarget, openTarget, openToLook } from '../open-target.ts';
import { certificateEvent, isWell, renderCertificate, stateLine } from '../render/certificates.ts';
import { leftEvent, leftText } from '../render/left.ts';

const verbs = ['status', 'issue', 'watch', 'save', 'restore', 'promote'] as const;
type Verb = (typeof verbs)[number];

const watchEveryMs = 5000;

/** `certificates [ENV] status | issue | watch | save | restore | promote`. */
export const run: Command = async (words, context) => {
  const { environment, verb } = understand(words.filter((word) => word !== undefined));
  const all = { ...context, rest: verb };
  if (verb === 'status') return status(await openToLook(environment, all), context);
  if (verb === 'watch') return watch(await openToLook(environment, all), context);
  return act(verb, await openTarget(environment, all), all);
};

function understand(words: readonly string[]): { environment: string | undefined; verb: Verb } {
  const [first, second, ...more] = words;
  const isVerb = (word: string | undefined): word is Verb => verbs.some((verb) => verb === word);
  if (more.length === 0) {
    if (second === undefined) {
      return isVerb(first) ? { environment: undefined, verb: first } : { environment: first, verb: 'status' };
    }
    if (isVerb(second)) return { environment: first, verb: second };
  }
  throw new UserError({
    what: `\`hubwright ${['certificates', ...words].join(' ')}\` does not say what to do.`,
    fix: `Write \`hubwright certificates [ENV]\` and behind it one of: ${verbs.join(', ')}.`,
    exitCode: 2,
  });
}

async function look({ target, environment }: OpenTarget): Promise<CertificatesObserved> {
  const observed = await target.certificates?.();
  if (observed !== undefined) return observed;
  const { name } = environment;
  if (target.certificates === undefined) throw notHere.certificate(name);
  throw new UserError({
    what: `The file asks for no certificate for ${name}.`,
    where: `environment ${name}, https`,
    fix: 'Write `https: { letsEncrypt: {} }` and `address.domain`, then deploy.',
    exitCode: 2,
  });
}

async function status(opened: OpenTarget, { io, options }: CommandContext): Promise<ExitCode> {
  const observed = await look(opened);
  const { name } = opened.environment;
  if (options.json) io.stdout.write(`${JSON.stringify(certificateEvent(name, observed))}\n`);
  else io.stdout.write(renderCertificate(name, observed, io));
  return isWell(observed) ? 0 : 1;
}

/** Says each change of the state, until the certificate is there, or nothing comes by itself. */
async function watch(opened: OpenTarget, { io, options, adapters }: CommandContext): Promise<ExitCode> {
  const { name } = opened.environment;
  const clock = await adapters.clock();
  let said = '';
  for (;;) {
    const observed = await look(opened);
    const state = certificateState(observed);
    const line = stateLine(name, state);
    if (withoutSpans(line) !== said) {
      if (options.json)
        io.stdout.write(`${JSON.stringify({ ...certificateEvent(name, observed), type: 'state' })}\n`);
      else io.stdout.write(line);
    }
    said = withoutSpans(line);
    if (isSettled(observed)) {
      const result = { type: 'result', environment: name, state: state.name };
      if (options.json) io.stdout.write(`${JSON.stringify(result)}\n`);
      return isWell(observed) ? 0 : 1;
    }
    await clock.sleep(watchEveryMs);
  }
}

/** Shows what it does, asks where people would notice, and does it. */
async function act(
  verb: Exclude<Verb, 'status' | 'watch'>,
  opened: OpenTarget,
  context: CommandContext,
): Promise<ExitCode> {
  const { io, options } = context;
  const { name } = opened.environment;
  const intent = verb === 'promote' ? await promotion(opened) : intentOf(verb, options);
  const how = {
    intent,
    command: `hubwright certificates ${name} ${verb}`,
    instead: `\`hubwright certificates ${name}\` shows how it is.`,
    asks: verb !== 'save',
  };
  const done = await agreed(opened, how, context);
  io.stdout.write(options.json ? resultEvent(name, done) : resultText(verb, name, done));
  return 0;
}

function intentOf(verb: 'issue' | 'save' | 'restore', options: CommandContext['options']): Intent {
  const identity = options['identity'] as string | undefined;
  return { kind: 'certificate', verb, ...(identity === undefined ? {} : { identity }) };
}

/** A deploy changes over by itself; here it is seen to that there is something to change over from. */
async function promotion(opened: OpenTarget): Promise<Intent> {
  const observed = await look(opened);
  const { name, https } = opened.environment;
  const staging = typeof https === 'object' && https.letsEncrypt?.staging === true;
  if (observed.kind === 'own' || staging) {
    throw new UserError({
      what: staging
        ? `The file still asks for Let's Encrypt's staging server.`
        : 'The certificate is your own: there is nothing to change over from.',
      where: `environment ${name}, https`,
      fix: `Write \`https: { letsEncrypt: { staging: false } }\`, then \`hubwright certificates ${name} promote\`.`,
      exitCode: 2,
    });
  }
  const { name: state } = certificateState(observed);
  // Cut off once the old one had made room, or later: the deploy goes on with it.
  const isNew = state === 'requesting' || state === 'issued' || state === 'notShown';
  const begun = isNew || observed.autohttps?.replicas === 0;
  if (state === 'otherAuthority' || begun) return { kind: 'deploy' };
  throw new UserError({
    what: `There is no certificate of another server than ${observed.authority} to change over from.`,
    where: `environment ${name}`,
    fix: `\`hubwright certificates ${name}\` shows how it is.`,
  });
}

function resultEvent(environment: string, { steps, left }: Done): string {
  return `${JSON.stringify({ type: 'result', environment, changed: steps.length > 0, ...leftEvent(left) })}\n`;
}

const achieved: Readonly<Record<Exclude<Verb, 'status' | 'watch'>, string>> = {
  issue: 'The certificate is there, and a copy of it is kept.',
  save: 'A copy of the certificate is kept.',
  restore: 'The copy of the certificate is put back.',
  promote: 'The certificate is the real one now.',
};

function resultText(verb: keyof typeof achieved, environment: string, { steps, left, notes }: Done): string {
  if (left.length > 0) return leftText(left);
  if (steps.length === 0) return `Nothing to do: ${notes.map(({ text }) => text).join(' ')}\n`;
  return `${environment}: ${achieved[verb]}\n`;
}
