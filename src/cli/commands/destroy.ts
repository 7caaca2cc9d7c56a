import { UserError } from '../../errors.ts';
import { change, refuseRefused } from '../../operate/change.ts';
import type { Intent } from '../../operate/target.ts';
import type { Command, CommandContext } from '../command.ts';
import { openTarget, type OpenTarget } from '../open-target.ts';
import { renderPlan } from '../render/plan.ts';
import { underLock } from '../under-lock.ts';

/** `destroy ENV`: shows what would be lost, asks for the environment's name, then takes it off its cluster. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter, adapters } = context;
  const asked = await openTarget(name, context);
  const { environment } = asked;
  refuseProtected(asked);
  const intent: Intent = {
    kind: 'destroy',
    save: options['save'] !== false,
    withHomes: options['withHomes'] === true,
    withClusterSystems: options['withClusterSystems'] === true,
  };
  const shown = await asked.target.plan(intent);
  refuseRefused(shown);
  if (shown.steps.length > 0) {
    await reporter.close();
    io.stderr.write(renderPlan(shown, io));
    await confirm(environment.name, context);
  }
  const clock = await adapters.clock();
  const purpose = `hubwright destroy ${environment.name}`;
  const plan = await underLock(asked, purpose, context, ({ target }) =>
    change({ target, clock, intent, emit: (event) => reporter.emit(event) }),
  );
  await reporter.close();
  const changed = plan.steps.length > 0;
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ type: 'result', environment: environment.name, changed })}\n`);
  } else {
    io.stdout.write(
      changed ? `${environment.name} is gone.\n` : `Nothing of ${environment.name} is there.\n`,
    );
  }
  return 0;
};

function refuseProtected({ environment, config }: OpenTarget): void {
  if (!environment.protect) return;
  throw new UserError({
    what: `${environment.name} is protected.`,
    where: `${config.shown}, protect: true`,
    fix: 'If it is really to go, write `protect: false` there first.',
    exitCode: 2,
  });
}

async function confirm(name: string, { io, options, adapters }: CommandContext): Promise<void> {
  const given = options['yesDestroy'] as string | undefined;
  if (given === undefined && !io.terminal.stderr) {
    throw new UserError({
      what: 'Nobody is there to be asked.',
      fix: `\`hubwright destroy ${name} --yes-destroy ${name}\` does not ask.`,
      exitCode: 2,
    });
  }
  const answer = given ?? (await (await adapters.ask())(`\nType ${name} to go on: `)).trim();
  if (answer === name) return;
  throw new UserError({
    what: `That is not its name, ${name}: nothing was changed.`,
    fix: `Run the command again and type ${name}.`,
    exitCode: 2,
  });
}
