import { dirname, join, resolve } from 'node:path';
import { lockName } from '../../config/charts/lock-name.ts';
import { gathered } from '../../config/locate.ts';
import { localPaths, type WrongPath, wrongPathProblems } from '../../config/local-paths.ts';
import type { Problem } from '../../config/problem.ts';
import type { SourceText } from '../../config/source.ts';
import type { Command, CommandContext } from '../command.ts';
import { openConfig, type OpenConfig } from '../open-config.ts';
import { UserError } from '../../errors.ts';
import { problemsToJson, renderProblems } from '../render/problems.ts';
import { wantsColour } from '../render/paint.ts';
import { count } from '../render/words.ts';
import { widthOf } from '../render/wrap.ts';

/** `check [ENV]`: every problem at once. Exit code 2 when there are errors; warnings alone are no failure. */
export const run: Command = async ([name], context) => {
  const { io, options } = context;
  const config = await openConfig(context);
  const { loaded, shown, text } = config;
  const names = loaded.environmentNames;
  if (name !== undefined && names.length > 0 && !names.includes(name)) {
    throw new UserError({
      what: `There is no environment ${name}.`,
      where: shown,
      fix: `Name one of: ${names.join(', ')}.`,
      exitCode: 2,
    });
  }
  const lock = await readLock(config, context);
  const all = [
    ...gathered([
      ...loaded.problems,
      ...(await wrongPaths(config, context)),
      ...(await wrongCertificates(config, context)),
    ]),
    ...(lock === undefined ? [] : await lockProblems(lock, config)),
  ];
  const problems = all.filter(
    ({ environments }) => name === undefined || environments.length === 0 || environments.includes(name),
  );
  const wrong = problems.some(({ severity }) => severity === 'error');
  if (options.json)
    io.stdout.write(
      `${JSON.stringify({ type: 'check', file: shown, ok: !wrong, problems: problemsToJson(problems) })}\n`,
    );
  else if (problems.length > 0) {
    const texts = [[shown, text] as const, ...(lock === undefined ? [] : [[lock.file, lock.text] as const])];
    io.stdout.write(
      renderProblems(problems, new Map(texts), {
        colour: wantsColour(io, 'stdout'),
        width: widthOf(io, 'stdout'),
      }),
    );
  } else
    io.stdout.write(`${shown} is right: ${count(name === undefined ? names.length : 1, 'environment')}.\n`);
  return wrong ? 2 : 0;
};

/** Files and folders of this machine that the environments name: they are there to look at. */
async function wrongPaths({ loaded, folder }: OpenConfig, { adapters }: CommandContext): Promise<Problem[]> {
  const named = localPaths(loaded.environments.values());
  if (named.length === 0 || loaded.source === undefined) return [];
  const kindOf = await adapters.kindOf();
  const found = await Promise.all(
    named.map(async (one): Promise<WrongPath> => ({
      ...one,
      found: await kindOf(resolve(folder, one.value)),
    })),
  );
  const wrong = found.filter((one) => one.found !== one.kind);
  return wrongPathProblems(loaded.source, wrong);
}

/** Certificates in files: whether they fit their key, their name and their chain, and how long they hold. */
async function wrongCertificates(
  { loaded, folder }: OpenConfig,
  { adapters }: CommandContext,
): Promise<Problem[]> {
  const { source } = loaded;
  const named = [...loaded.environments.values()].flatMap((environment) => {
    const { https, target } = environment;
    const files = target === 'kubernetes' && typeof https === 'object' ? https.files : undefined;
    return files === undefined ? [] : [{ environment, files }];
  });
  if (named.length === 0 || source === undefined) return [];
  const [read, { certificateProblems }] = await Promise.all([
    adapters.certificateFiles(),
    import('../certificate-problems.ts'),
  ]);
  const all = named.map(async ({ environment, files }) => {
    const { domain } = environment.address;
    return { environment, observed: await read({ ...files, folder, domain }) };
  });
  return certificateProblems(source, await Promise.all(all));
}

/** hub.lock.yaml, where there is one. */
async function readLock(
  { shown, folder }: OpenConfig,
  { adapters }: CommandContext,
): Promise<SourceText | undefined> {
  const path = join(folder, lockName);
  const kindOf = await adapters.kindOf();
  if ((await kindOf(path)) !== 'file') return undefined;
  return { file: join(dirname(shown), lockName), text: await (await adapters.readConfigFile())(path) };
}

/** What is known of the charts that the environments get by the lock file. */
async function lockProblems(lock: SourceText, { loaded }: OpenConfig): Promise<Problem[]> {
  const [{ lockedChartProblems }, { chartsOf }] = await Promise.all([
    import('../../config/locked-charts.ts'),
    import('../charts-of.ts'),
  ]);
  const charts = [...loaded.environments.values()].flatMap((environment) =>
    chartsOf(environment).map((wanted) => ({ environment: environment.name, wanted })),
  );
  return lockedChartProblems(lock, charts);
}
