import { UserError } from '../../../errors.ts';
import type { Value, Values } from '../../../config/values.ts';
import type { NodeAction, ValueChange } from '../../../plan/kubernetes/nodes/actions.ts';
import type { Revision } from '../../../plan/kubernetes/observed.ts';
import { markFailed } from '../../kubernetes/mark-failed.ts';
import { lockMarks, observeReleases } from '../../kubernetes/releases.ts';
import { type Telling, seconds } from '../telling.ts';
import { clusterChart } from './cluster-chart.ts';
import { onManagement } from './on-management.ts';

type Action = Extract<NodeAction, { kind: 'changeClusterRelease' }>;

/** Sends the release with the same chart and all the values that it has. They may hold secrets: none of them is shown. */
export async function changeClusterRelease(action: Action, { context, report }: Telling): Promise<void> {
  const { name, namespace, chart, revision, changes } = action;
  const newest = await onManagement(context, async (api) => {
    const releases = await observeReleases(api, [namespace]);
    const now = releases[`${namespace}/${name}`]?.newest;
    // Of an own run that was cut off, by the plan: whoever holds the lock knows that its Helm is dead.
    if (now?.number === revision && now.status === 'pending-upgrade')
      await markFailed(api, { name, namespace });
    return now;
  });
  if (newest === undefined || newest.number !== revision) {
    if (newest !== undefined && isDone(newest, changes)) return;
    throw moved(action, newest, context.environment.name);
  }
  const [helm, path] = await Promise.all([
    context.managementHelm(report),
    clusterChart(context, chart, report),
  ]);
  const values = changed(newest.values, changes);
  await helm.upgrade(
    { name, namespace, chart: path, values, secrets: secretTexts(values) },
    {
      timeoutSeconds: seconds('hook', context),
      description: `hubwright nodes ${context.environment.name}`,
      labels: lockMarks(context.namespace),
    },
  );
}

/** A run that was cut off has done it. */
function isDone({ status, values }: Revision, changes: readonly ValueChange[]): boolean {
  return (
    status === 'deployed' &&
    changes.every(({ path, to }) => JSON.stringify(valueAt(values, path)) === JSON.stringify(to))
  );
}

function valueAt(values: Values, path: ValueChange['path']): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], values);
}

function changed(values: Values, changes: readonly ValueChange[]): Values {
  const copy = structuredClone(values) as Record<string, Value>;
  for (const { path, to } of changes) {
    const [last = '', ...back] = path.toReversed();
    let part = copy as Record<string | number, Value>;
    for (const key of back.toReversed()) part = (part[key] ??= {}) as Record<string | number, Value>;
    if (to === undefined) Reflect.deleteProperty(part, last);
    else part[last] = to;
  }
  return copy;
}

function moved(
  { name, namespace, revision }: Action,
  now: Revision | undefined,
  environment: string,
): UserError {
  const is = now === undefined ? 'is gone' : `is at revision ${now.number} (${now.status})`;
  return new UserError({
    what: `Somebody else has changed the release ${name} meanwhile: it was at revision ${revision}, and ${is}.`,
    where: `namespace ${namespace} of the management cluster`,
    fix: `\`hubwright nodes ${environment}\` shows how it is now. Run the command again.`,
  });
}

const secretive = /secret|password|token|credential|private|key|clouds/i;

/** Texts that must not appear in what Helm says: all below a key that sounds like a secret. */
function secretTexts(value: unknown, under = false): string[] {
  if (typeof value === 'string')
    return under && value.length >= 6 ? [value, ...value.split('\n')].filter((text) => text.length >= 6) : [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => secretTexts(item, under));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretTexts(item, under || secretive.test(key)));
}
