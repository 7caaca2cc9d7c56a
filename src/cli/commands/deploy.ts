import { randomUUID } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { type Done, change } from '../../operate/change.ts';
import type { Emit } from '../../operate/events.ts';
import { seats } from '../../operate/seats.ts';
import { type VerifyReport, failuresOf, verify } from '../../operate/verify.ts';
import { publicUrl } from '../../platform/kubernetes/public-url.ts';
import { type Plan, checkId } from '../../plan/plan.ts';
import type { Command, CommandContext } from '../command.ts';
import { openTarget, type OpenTarget } from '../open-target.ts';
import { leftEvent, leftText } from '../render/left.ts';
import { renderWelcome } from '../render/welcome.ts';
import { underLock } from '../under-lock.ts';
import { version } from '../version.ts';

/** `up [ENV]` and `deploy ENV`: do what the file says, then work as a person does, then tell how to log in. */
export const run: Command = async ([name], context) => {
  const begun = Date.now();
  // Whoever names an environment has a file, and stands in another folder.
  const asked = await openTarget(name, context, { orExample: name === undefined });
  const purpose = `hubwright ${context.verb} ${asked.environment.name}`;
  const agree = await agreement(asked, context);
  const { opened, plan } = await underLock(asked, purpose, context, (now) => deploy(now, agree, context));
  await context.reporter.close();
  await welcome(opened, plan, context, (Date.now() - begun) / 1000);
  return 0;
};

interface Deployed {
  readonly opened: OpenTarget;
  readonly plan: Done;
}

/** What throws where the plan that is made now is not the one of `--plan FILE`. */
async function agreement({ environment }: OpenTarget, context: CommandContext): Promise<Agree> {
  const file = context.options['plan'] as string | undefined;
  if (file === undefined) return () => undefined;
  const { name } = environment;
  const [{ readPlanFile, refuseLocal }, { refuseMoved, savedPlan }] = await Promise.all([
    import('../plan-file.ts'),
    import('../../plan/saved-plan.ts'),
  ]);
  refuseLocal(environment);
  const agreed = await readPlanFile(file, name, context);
  const remedy = `Look at a new one, then deploy it: \`hubwright plan ${name} --out ${file}\`.`;
  return (made) => refuseMoved(agreed, savedPlan(made, version), remedy);
}

type Agree = (made: Plan) => void;

async function deploy(opened: OpenTarget, agree: Agree, context: CommandContext): Promise<Deployed> {
  const { target } = opened;
  const clock = await context.adapters.clock();
  const emit: Emit = (event) => context.reporter.emit(event);
  const rollbackOnFailure = context.options['rollbackOnFailure'] === true;
  const repair = context.options['repair'] === true;
  const work = async (onPlan?: (plan: Plan) => void): Promise<Deployed> => {
    const plan = await change({
      target,
      clock,
      emit,
      intent: { kind: 'deploy', rollbackOnFailure, repair },
      onPlan: (made) => {
        agree(made);
        onPlan?.(made);
        announce(made, context);
      },
      afterwards: (made) => tryOut(made, opened, context),
    });
    return { opened, plan };
  };
  if (!rollbackOnFailure) return work();
  const { orGoBack } = await import('../../operate/or-go-back.ts');
  return orGoBack({ target, clock, emit, work });
}

/** People hear what it means for them before anything is done. */
function announce({ steps, notes, impacts }: Plan, { reporter }: CommandContext): void {
  // They have heard it when it was done.
  if (steps.length === 0) return;
  for (const { severity, text } of notes) reporter.emit({ type: 'note', severity, text });
  for (const { title, reason } of steps.filter(({ mends }) => mends === true)) {
    reporter.emit({ type: 'note', severity: 'warning', text: `${title}, because ${reason}` });
  }
  for (const { kind, text } of impacts) {
    reporter.emit({ type: 'note', severity: kind === 'untouched' ? 'info' : 'warning', text });
  }
}

/**
 * Works as a person does: on a cluster in each profile of which somebody can have a server, on this machine, which should
 * be ready soon, in the default one.
 */
async function tryOut({ steps }: Plan, opened: OpenTarget, context: CommandContext): Promise<void> {
  const { target, environment } = opened;
  const { adapters, options, reporter } = context;
  const onCluster = environment.target === 'kubernetes';
  // On a cluster a check takes minutes and a seat: where nothing was done, nobody asked for it.
  if (options['verify'] === false || (onCluster && steps.length === 0)) return;
  const clock = await adapters.clock();
  const emit: Emit = (event) => reporter.emit(event);
  const check = async (): Promise<void> => {
    const chosen = onCluster ? await seats(target) : { profiles: [defaultProfile(environment)] };
    const report = await verify({ target, ...chosen, clock, emit, id: randomUUID().slice(0, 6) });
    refuseFailure(report, opened);
  };
  await (target.noted?.(checkId, 'Work as a person does', check) ?? check());
}

function defaultProfile({ profiles }: Environment): string {
  const slugs = Object.keys(profiles);
  return slugs.find((slug) => profiles[slug]?.default) ?? slugs[0] ?? '';
}

function refuseFailure(report: VerifyReport, { environment, sameAgain }: OpenTarget): void {
  const failed = failuresOf(report);
  if (failed.length === 0) return;
  throw new UserError({
    what: 'The hub runs, but a person cannot work in it.',
    where: failed.join('; '),
    fix: `\`hubwright logs ${environment.name} hub${sameAgain}\` shows the hub's log, \`hubwright verify ${environment.name}${sameAgain}\` tries each profile.`,
  });
}

async function welcome(
  opened: OpenTarget,
  plan: Done,
  { io, options }: CommandContext,
  seconds: number,
): Promise<void> {
  const { target, environment, sameAgain } = opened;
  const changed = plan.steps.length > 0;
  const isLocal = environment.target === 'local';
  // Where nothing was done, the cluster is not asked again.
  const url = isLocal || changed ? await target.url() : publicUrl(environment);
  if (options.json) {
    io.stdout.write(
      `${JSON.stringify({ type: 'result', environment: environment.name, url, changed, seconds, ...leftEvent(plan.left) })}\n`,
    );
    return;
  }
  if (plan.left.length > 0) {
    io.stdout.write(`All else is done.\n${leftText(plan.left)}`);
    return;
  }
  if (!isLocal && !changed) {
    io.stdout.write(`Nothing to do: ${environment.name} is as the file says.\n`);
    return;
  }
  const { cards } = await import('../../operate/users.ts');
  const listed = isLocal && !environment.auth.oidc ? (await cards(target)).cards : [];
  const people = isLocal ? listed : await target.accounts.list();
  io.stdout.write(renderWelcome({ environment, url, people, changed, seconds, sameAgain }, io));
}
