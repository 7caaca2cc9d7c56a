import { UserError } from '../errors.ts';
import { type LockedEntry, findLocked, readLock } from './charts/lock.ts';
import type { WantedChart } from './charts/wanted.ts';
import { gathered } from './locate.ts';
import type { Path, Place, Problem } from './problem.ts';
import { readSource } from './read-source.ts';
import { chartFault } from './rules/charts.ts';
import type { SourceText } from './source.ts';

/** A chart that an environment asks for. */
export interface ChartOf {
  readonly environment: string;
  readonly wanted: WantedChart;
}

/**
 * What is known of versions that stand in the lock file alone: where hub.yaml names none (a file, a folder, the default
 * of the time at which it was locked). Those that hub.yaml names are looked at there.
 *
 * @param lock hub.lock.yaml.
 */
export function lockedChartProblems(lock: SourceText, charts: readonly ChartOf[]): Problem[] {
  const entries = entriesOf(lock);
  if (entries instanceof UserError) return [unreadable(entries, firstPlace(lock))];
  const { source } = readSource(lock);
  const found = charts.flatMap(({ environment, wanted }): Problem[] => {
    const entry = wanted.asked === 'default' ? findLocked(entries, wanted) : undefined;
    const fault = entry && chartFault(wanted.chart, entry.version);
    if (entry === undefined || fault === undefined) return [];
    const path: Path = ['charts', wanted.chart, indexOf(entry, entries), 'version'];
    return [
      {
        code: 'locked-chart-fault',
        severity: 'warning',
        path,
        message: `Version ${entry.version} has a known fault: ${fault.message} (${fault.source})`,
        fix: fixFor(wanted),
        place: source?.place(path, 'value') ?? firstPlace(lock),
        environments: [environment],
      },
    ];
  });
  return gathered(found);
}

function entriesOf({ text, file }: SourceText): readonly LockedEntry[] | UserError {
  try {
    return readLock(text, file);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Among those of its chart, as they stand in the file. */
function indexOf(entry: LockedEntry, entries: readonly LockedEntry[]): number {
  return entries.filter(({ chart }) => chart === entry.chart).indexOf(entry);
}

function fixFor({ chart, version, source }: WantedChart): string {
  if (version !== undefined) return `Run \`hubwright charts update ${chart}\`: it takes ${version}.`;
  return `Put a version without it there (${source}), then run \`hubwright charts update ${chart}\`.`;
}

function unreadable({ what, fix, details }: UserError, place: Place): Problem {
  const message = details === undefined ? what : `${what} (${details})`;
  return { code: 'lock-unreadable', severity: 'error', path: [], message, fix, place, environments: [] };
}

function firstPlace({ file }: SourceText): Place {
  return { file, line: 1, column: 1 };
}
