import { UserError } from '../../errors.ts';
import { findLocked, notLocked } from '../../config/charts/lock.ts';
import { wantedChart } from '../../config/charts/wanted.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { imagesIn } from '../../platform/kubernetes/images.ts';
import { compileKubernetes, noRuntimeFiles } from '../../platform/kubernetes/index.ts';
import { withSecrets } from '../../config/values.ts';
import type { Command, CommandContext } from '../command.ts';
import { type OpenConfig, chooseEnvironment, openConfig } from '../open-config.ts';
import { placingValues, textOf } from '../place-values.ts';

/** `images [ENV]`: every image that the environment needs, one a line. */
export const run: Command = async ([name], context) => {
  const { io, options, reporter } = context;
  const config = await openConfig(context);
  const environment = chooseEnvironment(config, name, context);
  if (environment.target !== 'kubernetes') {
    throw new UserError({
      what: `Environment ${environment.name} runs on this machine, without images.`,
      where: config.shown,
      fix: 'Name an environment with `target: kubernetes`.',
      exitCode: 2,
    });
  }
  const work = imagesOf(environment, config, context);
  const images = await placingValues(work, textOf(config), environment, io);
  await reporter.close();
  if (options.json)
    io.stdout.write(`${JSON.stringify({ type: 'images', environment: environment.name, images })}\n`);
  else io.stdout.write(images.map((image) => `${image}\n`).join(''));
  return 0;
};

/** Nothing that is rendered here is sent, and no image depends on a secret. */
const standIn = '0'.repeat(64);

async function imagesOf(
  environment: Environment,
  config: OpenConfig,
  { adapters, io, reporter }: CommandContext,
): Promise<string[]> {
  const report = (text: string): void => reporter.emit({ type: 'note', severity: 'info', text });
  const where = { env: io.env, configFile: config.path, report };
  const [openCharts, chartRenderer] = await Promise.all([adapters.charts(), adapters.chartRenderer()]);
  const [charts, render] = [openCharts(where), chartRenderer(where)];
  const lock = await charts.readLock();
  const systems = compileKubernetes(environment, noRuntimeFiles);
  const rendered = await Promise.all(
    systems.map(async ({ release }) => {
      if (release === undefined) return [];
      const wanted = wantedChart(environment, release.chart);
      const locked = findLocked(lock, wanted);
      if (locked === undefined) throw notLocked(wanted, config.folder);
      const values = withSecrets(release.values, () => standIn);
      return render({ ...release, chart: await charts.open(wanted, locked), values });
    }),
  );
  const ofProfiles = Object.values(environment.profiles).map(({ image }) => ({ image }));
  return imagesIn([...systems.flatMap(({ objects }) => objects), ...rendered.flat(), ...ofProfiles]);
}
