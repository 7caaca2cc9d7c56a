import { bareEnvironment } from '../config/bare-environment.ts';
import type { Target } from '../operate/target.ts';
import type { CommandContext } from './command.ts';
import { findReadable, openConfig, type OpenConfig } from './open-config.ts';
import { openToLook } from './open-target.ts';
import { fileOption } from './render/pasteable.ts';

/**
 * For commands that look at what runs, or stop it: a mistake in the file is no reason to refuse them. Where the
 * environment cannot even be read, the place where it was last deployed from this file is opened instead.
 */
export async function openDeployed(
  name: string | undefined,
  context: CommandContext,
): Promise<{ readonly target: Target; readonly sameAgain: string }> {
  const config = await openConfig(context);
  const target = findReadable(config, name) ? undefined : await deployedTarget(name, config, context);
  if (!target) return openToLook(name, context);
  const { environment } = target;
  const sameAgain = fileOption(config.shown);
  Object.assign(context.meant, { environment: environment.name, sameAgain });
  context.reporter.emit({
    type: 'note',
    severity: 'warning',
    text: `${config.shown} has mistakes in it (\`hubwright check${sameAgain}\`); this is about ${environment.name} as it was deployed`,
  });
  return { target, sameAgain };
}

async function deployedTarget(
  name: string | undefined,
  { path, folder, loaded }: OpenConfig,
  { adapters, io }: CommandContext,
): Promise<Target | undefined> {
  if (!loaded.problems.some(({ severity }) => severity === 'error')) return undefined;
  const deployed = await (await adapters.deployedFrom())(path, io.env);
  const [meant, ...others] = deployed.filter(
    ({ deployment, environment }) =>
      (name === undefined || environment === name) &&
      (loaded.name === undefined || deployment === loaded.name),
  );
  if (!meant || others.length > 0) return undefined;
  const [localHost, { localTarget }] = await Promise.all([
    adapters.localHost(),
    import('../operate/targets/local.ts'),
  ]);
  const environment = bareEnvironment(meant.deployment, meant.environment);
  return localTarget(
    environment,
    localHost(environment, { env: io.env, configFile: path, configFolder: folder }),
  );
}
