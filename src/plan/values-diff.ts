import { canonicalJson } from '../platform/fingerprint.ts';
import type { FieldChange } from './plan.ts';
import { differences } from './difference.ts';

/** What changes in the values of a release or in settings, by path, without secrets. */
export function valuesDiff(before: unknown, after: unknown): FieldChange[] {
  return differences(before, after, { whole: true, same: (a, b) => canonicalJson(a) === canonicalJson(b) });
}
