import type { Note, Place, Severity } from './types.ts';

/** A note before the environments that share it are put together. */
export interface RawNote {
  readonly severity: Severity;
  readonly environment?: string | undefined;
  readonly what: string;
  readonly why: string;
  readonly place?: Place | undefined;
}

export type NoteSink = (note: RawNote) => void;

const order: readonly Severity[] = ['todo', 'warning', 'info'];

/**
 * The notes for people: what is to be done first, and what holds for several environments said once,
 * because three filled-in copies of one form would otherwise say everything three times.
 */
export function mergeNotes(raw: readonly RawNote[], environments: readonly string[]): Note[] {
  const groups = new Map<string, RawNote[]>();
  for (const note of raw) {
    const key = JSON.stringify([note.severity, note.what, note.why]);
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  const merged = [...groups.values()].flatMap((same) => mergeSame(same, environments));
  return order.flatMap((severity) => merged.filter((note) => note.severity === severity));
}

function mergeSame(same: readonly RawNote[], environments: readonly string[]): Note[] {
  const [first] = same;
  if (first === undefined) return [];
  const { severity, what, why, place } = first;
  const named = environments.filter((name) => same.some((note) => note.environment === name));
  const general = same.some((note) => note.environment === undefined) || named.length === environments.length;
  return [
    {
      severity,
      ...(general ? {} : { environment: named.join(', ') }),
      what,
      why,
      ...(place === undefined ? {} : { place }),
    },
  ];
}
