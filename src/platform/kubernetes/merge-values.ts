import { isMap } from '../../config/merge.ts';
import type { Value, Values } from '../../config/values.ts';
import { isSecret } from '../../config/values.ts';

/**
 * The file's `helmValues` over our own values, as Helm merges value files: maps by key, everything else replaces.
 *
 * `null` stays: to Helm it removes the chart's own default.
 */
export function mergeValues(ours: Values, theirs: Readonly<Record<string, unknown>> | undefined): Values {
  if (theirs === undefined) return ours;
  const kept = Object.entries(ours).map(([key, value]): [string, Value] =>
    Object.hasOwn(theirs, key) ? [key, merged(value, theirs[key])] : [key, value],
  );
  const added = Object.entries(theirs).filter(([key]) => !Object.hasOwn(ours, key));
  return Object.fromEntries([...kept, ...(added as [string, Value][])]);
}

function merged(ours: Value, theirs: unknown): Value {
  if (isMap(ours) && isMap(theirs) && !isSecret(ours)) return mergeValues(ours, theirs);
  return theirs as Value;
}
