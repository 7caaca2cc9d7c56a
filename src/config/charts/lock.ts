import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { chartDefaults, type ChartKey } from './defaults.ts';
import { lockName } from './lock-name.ts';
import type { WantedChart } from './wanted.ts';

const entry = z.strictObject({
  asked: z.string().min(1),
  version: z.string().min(1),
  source: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

const lockFile = z.strictObject({
  charts: z.strictObject({
    jupyterhub: z.array(entry).optional(),
    longhorn: z.array(entry).optional(),
    monitoring: z.array(entry).optional(),
  } satisfies Record<ChartKey, unknown>),
});

/** What a wanted chart was found to be: which version, and exactly which bytes. */
export interface LockedEntry {
  readonly chart: ChartKey;
  /** As `WantedChart.asked`. */
  readonly asked: string;
  readonly version: string;
  readonly source: string;
  /** `sha256:` of the .tgz, or of a list of the folder's files. */
  readonly digest: string;
}

export type ChartLock = readonly LockedEntry[];

const keys = Object.keys(chartDefaults) as ChartKey[];

/**
 * Reads a lock file.
 *
 * @throws UserError when it is none.
 */
export function readLock(text: string, path: string): ChartLock {
  const parsed = lockFile.safeParse(yamlOf(text));
  if (parsed.success)
    return keys.flatMap((chart) => (parsed.data.charts[chart] ?? []).map((one) => ({ chart, ...one })));
  const issue = parsed.error.issues[0];
  throw new UserError({
    what: 'The lock file of the charts cannot be read: a merge may have gone wrong, or somebody has edited it.',
    where: path,
    fix: 'Take it back from version control (`git checkout`). Only if there is none: delete it, and `hubwright charts lock` makes it anew from what the chart repositories give today.',
    details: issue && `${issue.path.join('.')}: ${issue.message}`,
    exitCode: 2,
  });
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

const heading = `# Which charts hub.yaml means, to the byte. Made by \`hubwright charts lock\`: commit it, and do not edit it.
# \`hubwright charts update\` takes newer ones.
`;

/** The same lock gives the same text, in whatever order it was made. */
export function writeLock(lock: ChartLock): string {
  const charts = Object.fromEntries(
    keys.flatMap((chart) => {
      const entries = lock
        .filter((one) => one.chart === chart)
        .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
        .map(({ asked, version, source, digest }) => ({ asked, version, source, digest }));
      return entries.length === 0 ? [] : [[chart, entries]];
    }),
  );
  return heading + stringify({ charts }, { lineWidth: 0 });
}

type Asked = Pick<WantedChart, 'chart' | 'asked' | 'source'>;

function keyOf({ chart, asked, source }: Asked): string {
  return [chart, asked, source].join('\n');
}

/** What the lock says about a chart; undefined when it was never locked. */
export function findLocked(lock: ChartLock, wanted: Asked): LockedEntry | undefined {
  return lock.find((one) => keyOf(one) === keyOf(wanted));
}

/** The error about a chart that the lock file does not have. */
export function notLocked({ chart, name, asked }: WantedChart, folder: string): UserError {
  const what = asked === 'default' ? name : `${name} ${asked}`;
  return new UserError({
    what: `The chart ${what} is not locked yet: it is not known which bytes are meant.`,
    where: `${folder}/${lockName}, charts.${chart}`,
    fix: 'Run `hubwright charts lock`, and commit the file that it writes.',
    exitCode: 2,
  });
}

/**
 * The digest as it can stand in a label (63 letters at most, no colon): what a release is marked with, so that a later
 * plan sees whether it was made with this very chart.
 */
export function digestLabel(digest: string): string {
  return digest.replace('sha256:', '').slice(0, 63);
}

/** Each chart once, however many environments want it. */
export function eachOnce(wanted: readonly WantedChart[]): WantedChart[] {
  return [...new Map(wanted.map((one) => [keyOf(one), one])).values()];
}
