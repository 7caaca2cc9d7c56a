import { UserError } from '../../errors.ts';
import { isWell } from '../../plan/kubernetes/longhorn/report.ts';
import { agreed } from '../as-shown.ts';
import type { Command, CommandContext } from '../command.ts';
import { type OpenTarget, openTarget } from '../open-target.ts';
import { renderLonghorn } from '../render/longhorn.ts';

/** `longhorn [ENV]`: volumes and where they are saved; `longhorn [ENV] reinstall`: off and on again, volumes saved first. */
export const run: Command = async (words, given) => {
  const { environment, reinstalls } = understand(words.filter((word) => word !== undefined));
  const context = reinstalls ? { ...given, rest: 'reinstall' } : given;
  const opened = await openTarget(environment, context);
  if (opened.target.longhorn === undefined) throw notOnCluster(opened.environment.name);
  return reinstalls ? reinstall(opened, context) : show(opened, context);
};

function understand(words: readonly string[]): {
  readonly environment: string | undefined;
  readonly reinstalls: boolean;
} {
  const reinstalls = words.at(-1) === 'reinstall';
  const [environment, ...more] = reinstalls ? words.slice(0, -1) : words;
  if (more.length === 0) return { environment, reinstalls };
  throw new UserError({
    what: `\`hubwright longhorn ${words.join(' ')}\` does not say what to do.`,
    fix: 'Write `hubwright longhorn ENV` or `hubwright longhorn ENV reinstall`.',
    exitCode: 2,
  });
}

async function show({ target, environment }: OpenTarget, context: CommandContext): Promise<0 | 1> {
  const { io, options, reporter, adapters } = context;
  const report = await target.longhorn?.();
  if (report === undefined) throw notOnCluster(environment.name);
  const clock = await adapters.clock();
  await reporter.close();
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: environment.name, ...report })}\n`
      : renderLonghorn({ environment: environment.name, report, now: clock.now() }, io),
  );
  return isWell(report) ? 0 : 1;
}

/** Shows whom it stops and what it saves, asks, then does it. */
async function reinstall(opened: OpenTarget, context: CommandContext): Promise<0> {
  const { io, options } = context;
  const { name } = opened.environment;
  const stopServers = options['stopServers'] === true;
  const { steps } = await agreed(
    opened,
    {
      intent: { kind: 'longhorn', stopServers },
      command: `hubwright longhorn ${name} reinstall${stopServers ? ' --stop-servers' : ''}`,
      instead: `\`hubwright longhorn ${name}\` shows how it is now.`,
    },
    context,
  );
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', environment: name, changed: steps.length > 0 })}\n`
      : `Longhorn is installed again, and each volume is back. \`hubwright verify ${name}\` works as a person does.\n`,
  );
  return 0;
}

function notOnCluster(name: string): UserError {
  return new UserError({
    what: `${name} runs on this machine: it has no Longhorn.`,
    fix: 'Name an environment with `target: kubernetes`.',
    exitCode: 2,
  });
}
