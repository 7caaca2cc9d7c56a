import { temporaryPrefix } from '../../ports.ts';
import type { PrometheusApi, Sample } from '../../ports.ts';
import type { Period } from './moment.ts';

/** Series of the environment, without those of the people that a `verify` makes. */
export function peopleOf(namespace: string): string {
  return `{namespace=${JSON.stringify(namespace)}, user!~"${temporaryPrefix}.*"}`;
}

/**
 * Asks about each minute of the period once. An older Prometheus counts both ends of a range: a second before the end,
 * the first minute of what follows is not in it.
 */
export function over(
  api: PrometheusApi,
  { from, to }: Period,
  expression: (range: string) => string,
): Promise<readonly Sample[]> {
  const minutes = Math.round((to.getTime() - from.getTime()) / 60_000);
  return api.query(expression(`${minutes}m`), new Date(to.getTime() - 1000));
}

interface Asked extends Period {
  readonly namespace: string;
}

/** Who was in which group, as the hub told of those who were there. */
export async function membersOf(
  api: PrometheusApi,
  asked: Asked,
): Promise<readonly (readonly [user: string, group: string])[]> {
  const series = `hubwright_user_group_info${peopleOf(asked.namespace)}`;
  const found = await over(
    api,
    asked,
    (range) => `max by (user, group) (max_over_time(${series}[${range}:1m]))`,
  );
  return found.map(({ labels }) => [labels['user'] ?? '', labels['group'] ?? '']);
}

/** The first minute in which any part of the environment was looked at. */
export async function firstRecord(
  api: PrometheusApi,
  namespace: string,
  asked: Period,
): Promise<Date | undefined> {
  const series = `up{namespace=${JSON.stringify(namespace)}}`;
  const [found] = await over(api, asked, (range) => `min_over_time(timestamp(max(${series}))[${range}:1m])`);
  return found && new Date(found.value * 1000);
}
