import { canonicalJson } from '../../platform/fingerprint.ts';
import type { Values } from '../../config/values.ts';
import type { ChartName } from '../../platform/kubernetes/system.ts';
import type { Revision } from './observed.ts';

/** What tells whether a release can go from one state to another. */
type State = Pick<Revision, 'chart' | 'values'>;

/** Why a release must not go back from the first to the second, in one sentence; undefined: it can. */
export function hindrance(chart: ChartName, now: State, back: State): string | undefined {
  switch (chart) {
    case 'longhorn':
      return 'Longhorn never goes back: its objects are upgraded with it, and its own check, a hook of upgrades, does not run in a rollback.';
    case 'jupyterhub':
      return olderHub(now, back);
    case 'monitoring':
      return undefined;
    default:
      return chart satisfies never;
  }
}

/** A hub upgrades its SQLite schema when it starts, and an older one refuses the database from then on. */
function olderHub(now: State, back: State): string | undefined {
  const images = [now, back].map(({ values }) => canonicalJson(imageOf(values)));
  if (images[0] !== images[1]) {
    return 'The hub has another image there, of which nobody can tell whether its JupyterHub can read the database that is there now.';
  }
  if (now.chart.version === back.chart.version || images[0] !== 'null') return undefined;
  const [from, to] = [minorOf(now.chart.appVersion), minorOf(back.chart.appVersion)];
  if (from === undefined || to === undefined) {
    return `It is not known which JupyterHub chart ${from === undefined ? now.chart.version : back.chart.version} has, and an older one refuses a database that a newer one has upgraded.`;
  }
  if (to[0] > from[0] || (to[0] === from[0] && to[1] >= from[1])) return undefined;
  return `JupyterHub ${from.join('.')} has upgraded the hub's database, and the JupyterHub ${to.join('.')} of chart ${back.chart.version} refuses it.`;
}

/** What the user says of the hub's image; without it, it is the chart's own. */
function imageOf({ hub }: Values): unknown {
  return (hub as Values | undefined)?.['image'] ?? null;
}

function minorOf(version: string | undefined): readonly [number, number] | undefined {
  const found = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}
