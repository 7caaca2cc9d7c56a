import type { Fields } from './fields.ts';
import { sentence } from './quote.ts';
import { isBlank } from './scalars.ts';
import type { Entry, MapValue, Value } from './types.ts';

/** One entry of `profiles`, whichever way it is indented. */
export interface ProfileItem {
  readonly entries: ReadonlyMap<string, Entry>;
  /** The `profile1` of a `- profile1:` line. */
  readonly heading: string | undefined;
}

const known = new Set([
  'display_name',
  'description',
  'default',
  'image',
  'cpu_limit',
  'cpu_guarantee',
  'mem_limit',
  'mem_guarantee',
  'use_gpus',
  'GPU_info',
  'commands',
  'number_of_gpus',
  'key',
  'operator',
  'effect',
  'value',
]);

/** The profiles of a form as flat fields. */
export function itemFields(fields: Fields): ProfileItem[] {
  const value = fields.take('profiles');
  if (value === undefined) return [];
  if (value.kind === 'list') return value.items.flatMap((item, index) => readItem(item, index, fields));
  if (value.kind === 'map') return readMapOfProfiles(value, fields);
  if (isBlank(value)) fields.markBlank('profiles');
  else fields.lose('profiles', value.loss?.why ?? 'it is a single value where a list of profiles belongs');
  return [];
}

function readItem(item: Value, index: number, fields: Fields): ProfileItem[] {
  if (item.kind === 'map') return [flatten(item, fields)];
  if (!isBlank(item)) {
    const why =
      item.kind === 'scalar' && item.loss !== undefined
        ? item.loss.why
        : 'its fields belong under it, as `name: value` lines';
    fields.say('todo', `Item ${index + 1} of profiles is not carried over`, sentence(why), 'profiles');
  }
  return [];
}

/** `profiles: { python: {…} }`: not what the playbook reads, but plain enough. */
function readMapOfProfiles(value: MapValue, fields: Fields): ProfileItem[] {
  // A single profile without the dash before it.
  if ([...value.entries.keys()].some((key) => known.has(key))) return [flatten(value, fields)];
  fields.say(
    'info',
    'profiles is a map in the form; it was taken as a list',
    'The playbook wants a list, with a dash before each profile.',
    'profiles',
  );
  return [...value.entries].flatMap(([heading, { value: item, place }]) => {
    if (item.kind === 'map') return [{ entries: item.entries, heading }];
    if (!isBlank(item)) fields.lose(`${heading} of profiles`, 'it has no fields', place);
    return isBlank(item) ? [{ entries: new Map<string, Entry>(), heading }] : [];
  });
}

/**
 * `- profile1:` has nothing under it in the stock form: the fields stand beside it. People indent them further, and then
 * they stand under it; half of each happens too.
 */
function flatten(item: MapValue, fields: Fields): ProfileItem {
  const entries = new Map<string, Entry>();
  let heading: string | undefined;
  for (const [key, entry] of item.entries) {
    const isHeading =
      !known.has(key) && heading === undefined && (isBlank(entry.value) || holdsFields(entry.value));
    if (!isHeading) {
      entries.set(key, entry);
      continue;
    }
    heading = key;
    if (entry.value.kind !== 'map') continue;
    for (const [inner, innerEntry] of entry.value.entries) {
      if (item.entries.has(inner)) sayTwice(fields, `${inner} of ${key}`, innerEntry);
      else entries.set(inner, innerEntry);
    }
  }
  return { entries, heading };
}

function holdsFields(value: Value): boolean {
  return value.kind === 'map' && [...value.entries.keys()].some((key) => known.has(key));
}

function sayTwice(fields: Fields, what: string, entry: Entry): void {
  fields.lose(what, 'the same field stands once more beside it, where the playbook reads it', entry.place);
}
