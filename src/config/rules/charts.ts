import type { Finding } from '../problem.ts';
import type { ChartKey } from '../charts/defaults.ts';
import { error, warning } from './rule.ts';
import type { Rule, View } from './rule.ts';

interface Fault {
  readonly chart: ChartKey;
  /** Whether a version has it. */
  readonly has: (version: readonly number[]) => boolean;
  readonly message: string;
  readonly fix: string;
  /** Who says so. */
  readonly source: string;
}

/** Faults of released charts, newest first; the first that fits is said. */
const faults: readonly Fault[] = [
  {
    chart: 'jupyterhub',
    has: (version) => isBefore(version, [4, 3, 0]),
    message: 'before 4.3.0 the proxy leaks sockets until nobody gets through, and security fixes are missing',
    fix: 'Write `version: 4.4.0`.',
    source: 'zero-to-jupyterhub changelog of 4.3.0',
  },
  {
    chart: 'jupyterhub',
    has: (version) => isBefore(version, [4, 4, 0]),
    message: 'security fixes of 4.3.3, 4.3.4 or 4.4.0 are missing',
    fix: 'Write `version: 4.4.0`.',
    source: 'zero-to-jupyterhub changelog',
  },
  {
    chart: 'longhorn',
    has: (version) => isSame(version, [1, 10, 0]),
    message: 'upgrades to 1.10.0 failed',
    fix: 'Write a later 1.10 version.',
    source: 'longhorn issue 11886',
  },
  {
    chart: 'longhorn',
    has: (version) => isSame(version, [1, 11, 0]),
    message: '1.11.0 leaks memory',
    fix: 'Write a later 1.11 version.',
    source: 'longhorn issue 12573',
  },
];

/** The most serious fault that is known of a chart's version. */
export function chartFault(chart: Fault['chart'], version: string): Omit<Fault, 'has'> | undefined {
  const parts = threeNumbers.exec(version)?.slice(1, 4).map(Number);
  return parts && faults.find((one) => one.chart === chart && one.has(parts));
}

const threeNumbers = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/;

/** Versions that are none, and versions with known faults. */
export const chartVersions: Rule = (view) =>
  (['jupyterhub', 'longhorn', 'monitoring'] as const).flatMap((chart) => chartVersion(view, chart));

function chartVersion({ settings }: View, chart: Fault['chart']): Finding[] {
  const version = settings.charts?.[chart]?.version;
  if (version === undefined) return [];
  const path = ['charts', chart, 'version'];
  if (!threeNumbers.test(version)) {
    const bare = /^v(\d+\.\d+\.\d+.*)$/.exec(version)?.[1];
    const fix = bare === undefined ? 'Write all three numbers, such as `4.4.0`.' : `Write \`${bare}\`.`;
    return [
      error({
        code: 'chart-version',
        path,
        message: `\`${version}\` is not the version of a chart: it is three numbers, without a \`v\``,
        fix,
      }),
    ];
  }
  const fault = chartFault(chart, version);
  if (fault === undefined || settings.target !== 'kubernetes') return [];
  return [
    warning({
      code: 'chart-fault',
      path,
      message: `Version ${version} has a known fault: ${fault.message} (${fault.source})`,
      fix: fault.fix,
    }),
  ];
}

function isSame(version: readonly number[], other: readonly number[]): boolean {
  return other.every((number, index) => version[index] === number);
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  for (const [index, number] of other.entries()) {
    const own = version[index] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}
