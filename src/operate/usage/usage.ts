import type { PrometheusApi } from '../../ports.ts';
import type { PrometheusConnection } from '../target.ts';
import { type Amounts, type Prices, amountsOf, nothing, sum } from './amounts.ts';
import { firstRecord, membersOf } from './questions.ts';
import { type Period, momentText } from './moment.ts';

export const usageKinds = ['user', 'profile', 'group'] as const;
export type UsageKind = (typeof usageKinds)[number];

export interface UsageRow extends Amounts {
  readonly name: string;
}

export interface Usage extends Period {
  readonly by: UsageKind;
  /** undefined: the file has no prices. */
  readonly currency: string | undefined;
  /** Most used first. */
  readonly rows: readonly UsageRow[];
  /** Of everybody once, also where somebody is in several groups. */
  readonly total: Amounts;
  /** What has to be known to read the numbers. */
  readonly notes: readonly string[];
}

export interface UsageRequest extends Period {
  readonly by: UsageKind;
  readonly prices: Prices | undefined;
}

const millisecondsPerDay = 86_400_000;
/** Days that are asked about at once: a question about months would need more memory than Prometheus gives it. */
const daysAtOnce = 7;

/** The group of people who are in none. */
const noGroup = '(none)';

/** What people used in that time, from what Prometheus has recorded of each minute. */
export async function usage({ api, namespace }: PrometheusConnection, request: UsageRequest): Promise<Usage> {
  const { by, from, to, prices } = request;
  const each = new Map<string, Amounts>();
  const groups = new Map<string, Set<string>>();
  const flavors = new Set<string>();
  for (const part of partsOf(request)) {
    const asked = { ...part, namespace, label: by === 'profile' ? by : ('user' as const), prices };
    const [found, members] = await Promise.all([
      amountsOf(api, asked),
      by === 'group' ? membersOf(api, asked) : [],
    ]);
    for (const [name, amounts] of found.amounts) each.set(name, sum(each.get(name) ?? nothing, amounts));
    for (const [user, group] of members) groups.set(user, (groups.get(user) ?? new Set()).add(group));
    for (const flavor of found.flavors) flavors.add(flavor);
  }
  const rows = by === 'group' ? byGroup(each, groups) : each;
  return {
    by,
    from,
    to,
    currency: prices?.currency,
    rows: [...rows].map(([name, amounts]) => ({ name, ...amounts })).toSorted(mostFirst),
    total: [...each.values()].reduce(sum, nothing),
    notes: [
      ...(await recordsNote(api, namespace, request)),
      ...groupsNote(each, groups),
      ...(prices === undefined || each.size === 0 ? [] : pricesNote(prices, flavors)),
    ],
  };
}

function partsOf({ from, to }: Period): Period[] {
  const parts: Period[] = [];
  for (let begin = from.getTime(); begin < to.getTime(); begin += daysAtOnce * millisecondsPerDay) {
    const end = Math.min(begin + daysAtOnce * millisecondsPerDay, to.getTime());
    parts.push({ from: new Date(begin), to: new Date(end) });
  }
  return parts;
}

function byGroup(
  people: ReadonlyMap<string, Amounts>,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, Amounts> {
  const all = new Map<string, Amounts>();
  for (const [user, amounts] of people) {
    for (const group of groups.get(user) ?? [noGroup])
      all.set(group, sum(all.get(group) ?? nothing, amounts));
  }
  return all;
}

function mostFirst(a: UsageRow, b: UsageRow): number {
  return b.cost - a.cost || b.serverHours - a.serverHours || (a.name < b.name ? -1 : 1);
}

/** What lies before the first sample was not nothing: it is not known. */
async function recordsNote(api: PrometheusApi, namespace: string, asked: Period): Promise<string[]> {
  const [first, retention] = await Promise.all([firstRecord(api, namespace, asked), api.retention()]);
  if (first !== undefined && first <= asked.from) return [];
  const kept = retention === undefined ? '' : ` (Prometheus keeps ${retention})`;
  return first === undefined
    ? [`nothing is recorded of that time${kept}`]
    : [`nothing is recorded of the time before ${momentText(first)}${kept}`];
}

function groupsNote(
  people: ReadonlyMap<string, Amounts>,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const several = [...people.keys()].filter((user) => (groups.get(user)?.size ?? 0) > 1);
  if (several.length === 0) return [];
  return ['who is in several groups counts in each of them, and once in the total'];
}

function pricesNote({ nodeHour }: Prices, flavors: ReadonlySet<string>): string[] {
  if (flavors.size === 0)
    return ['nothing is recorded of the nodes, so that their hours are not in the cost'];
  const unknown = [...flavors].filter((flavor) => nodeHour[flavor] === undefined);
  if (unknown.length === 0) return [];
  return [`the file has no price for nodes of ${unknown.join(', ')}: their hours are not in the cost`];
}
