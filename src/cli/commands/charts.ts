import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { chartDefaults, type ChartKey } from '../../config/charts/defaults.ts';
import {
  type ChartLock,
  type LockedEntry,
  eachOnce,
  findLocked,
  notLocked,
  writeLock,
} from '../../config/charts/lock.ts';
import { lockName } from '../../config/charts/lock-name.ts';
import type { WantedChart } from '../../config/charts/wanted.ts';
import type { Charts } from '../adapters.ts';
import { chartsOf } from '../charts-of.ts';
import type { Command, CommandContext } from '../command.ts';
import { type OpenConfig, chooseEnvironment, openConfig } from '../open-config.ts';
import { table } from '../render/table.ts';

/** `charts lock | update [CHART…] | pull`. */
export const run: Command = async (words, context) => {
  const [verb, ...names] = words.filter((word) => word !== undefined);
  if (verb === 'lock' && names.length === 0) return lock(context);
  if (verb === 'update') return update(names.map(chartKey), context);
  if (verb === 'pull' && names.length === 0) return pull(context);
  throw new UserError({
    what: `\`hubwright ${['charts', ...words].join(' ')}\` does not say what to do.`,
    fix: 'Write `hubwright charts lock`, `charts update [CHART…]` or `charts pull [--out FOLDER]`.',
    exitCode: 2,
  });
};

function chartKey(name: string): ChartKey {
  if (Object.hasOwn(chartDefaults, name)) return name as ChartKey;
  throw new UserError({
    what: `There is no chart ${name}.`,
    fix: `Name one of: ${Object.keys(chartDefaults).join(', ')}.`,
    exitCode: 2,
  });
}

interface Opened {
  readonly charts: Charts;
  readonly wanted: readonly WantedChart[];
  readonly lock: ChartLock;
  readonly folder: string;
}

async function open(context: CommandContext): Promise<Opened> {
  const { io, adapters, reporter } = context;
  const config = await openConfig(context);
  const report = (text: string): void => reporter.emit({ type: 'note', severity: 'info', text });
  const charts = (await adapters.charts())({ env: io.env, configFile: config.path, report });
  return {
    charts,
    wanted: wantedCharts(config, context),
    lock: await charts.readLock(),
    folder: config.folder,
  };
}

/** The charts of all environments on clusters: one with mistakes in it says them. */
function wantedCharts(config: OpenConfig, context: CommandContext): WantedChart[] {
  const environments = config.loaded.environmentNames.map((name) => chooseEnvironment(config, name, context));
  const wanted = environments.flatMap(chartsOf);
  if (wanted.length > 0) return eachOnce(wanted);
  throw new UserError({
    what: 'No environment of this file runs on a cluster: there are no charts.',
    where: config.shown,
    fix: 'Environments with `target: kubernetes` have charts.',
    exitCode: 2,
  });
}

/** Locks what is not locked yet; nothing that is locked changes. */
async function lock(context: CommandContext): Promise<0> {
  const opened = await open(context);
  const missing = opened.wanted.filter((wanted) => findLocked(opened.lock, wanted) === undefined);
  const added = await Promise.all(missing.map((wanted) => opened.charts.resolve(wanted)));
  if (added.length > 0) await opened.charts.writeLock([...opened.lock, ...added]);
  const after = opened.wanted.map((wanted) => findLocked([...opened.lock, ...added], wanted));
  return show(
    context,
    opened,
    after,
    added.length === 0 ? `${lockName} has all of them already.` : `Wrote ${lockName}: commit it.`,
  );
}

/** Locks the charts anew, as their sources give them now; what no environment wants any more goes. */
async function update(keys: readonly ChartKey[], context: CommandContext): Promise<0> {
  const opened = await open(context);
  const isMeant = ({ chart }: WantedChart): boolean => keys.length === 0 || keys.includes(chart);
  const after = await Promise.all(
    opened.wanted.map(async (wanted) =>
      isMeant(wanted) ? opened.charts.resolve(wanted) : findLocked(opened.lock, wanted),
    ),
  );
  const entries = after.filter((entry) => entry !== undefined);
  const isSame = writeLock(entries) === writeLock(opened.lock);
  if (!isSame) await opened.charts.writeLock(entries);
  return show(
    context,
    opened,
    after,
    isSame ? 'Nothing is newer.' : `Wrote ${lockName}: \`hubwright plan\` shows what it means.`,
  );
}

/** Fetches every locked chart, for a machine that will have no network. */
async function pull(context: CommandContext): Promise<0> {
  const { io, options } = context;
  const opened = await open(context);
  const out = typeof options['out'] === 'string' ? resolve(io.cwd, options['out']) : undefined;
  const entries = opened.wanted.map((wanted) => {
    const locked = findLocked(opened.lock, wanted);
    if (locked === undefined) throw notLocked(wanted, opened.folder);
    return { wanted, locked };
  });
  const { charts } = opened;
  const paths = await Promise.all(
    entries.map(({ wanted, locked }) =>
      out === undefined ? charts.open(wanted, locked) : charts.copy(wanted, locked, out),
    ),
  );
  const what =
    out === undefined ? 'All of them are in the cache.' : written(paths.filter((path) => path !== undefined));
  return show(
    context,
    opened,
    entries.map(({ locked }) => locked),
    what,
  );
}

function written(paths: readonly string[]): string {
  if (paths.length === 0) return 'All of them are folders: there is nothing to fetch.';
  return `Wrote ${paths.join(', ')}. As \`source\` under \`charts\` in hub.yaml they need no network.`;
}

async function show(
  { io, options, reporter }: CommandContext,
  { lock: before, wanted }: Opened,
  after: readonly (LockedEntry | undefined)[],
  conclusion: string,
): Promise<0> {
  await reporter.close();
  const entries = after.filter((entry) => entry !== undefined);
  const old = (entry: LockedEntry): LockedEntry | undefined =>
    before.find(
      ({ chart, asked, source }) => chart === entry.chart && asked === entry.asked && source === entry.source,
    );
  if (options.json) {
    io.stdout.write(
      `${JSON.stringify({ type: 'charts', charts: entries.map((entry) => ({ ...entry, before: old(entry) })) })}\n`,
    );
    return 0;
  }
  const rows = entries.map((entry) => [
    wanted.find(({ chart }) => chart === entry.chart)?.name ?? entry.chart,
    ...change(old(entry), entry),
    entry.source,
  ]);
  io.stdout.write(`${table(rows)}${conclusion}\n`);
  return 0;
}

/** Version and digest, with what they were where that was something else. */
function change(before: LockedEntry | undefined, { version, digest }: LockedEntry): [string, string] {
  if (before === undefined || before.digest === digest) return [version, short(digest)];
  if (before.version !== version) return [`${before.version} → ${version}`, short(digest)];
  return [version, `${short(before.digest)} → ${short(digest)}`];
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
