import { convertCommands } from './convert-commands.ts';
import { convertGpus } from './convert-gpus.ts';
import { Fields } from './fields.ts';
import type { NoteSink } from './notes.ts';
import { enumerate, quote } from './quote.ts';
import { itemFields } from './profile-items.ts';
import type { ProfileItem } from './profile-items.ts';
import { memoryBytes, readCpu, readMemory } from './scalars.ts';
import { slug, unique } from './slug.ts';
import { Blank, isSettings } from './types.ts';
import type { Settings, Tree } from './types.ts';

/** What people choose from: `profiles`. */
export function convertProfiles(fields: Fields, note: NoteSink): Settings {
  const items = itemFields(fields);
  if (items.length === 0) {
    fields.say(
      'todo',
      'profiles are not known',
      `${fields.lack('profiles')}, and people need at least one to choose.`,
      'profiles',
    );
    return { profiles: {} };
  }
  const profiles = new Map<string, Settings>();
  const flagged: string[] = [];
  for (const [index, item] of items.entries()) {
    const of = ` of ${nameOf(item, index)}`;
    const one = new Fields(item.entries, { of, note });
    const key = keyOf(one, item, { index, taken: profiles });
    const profile = convertProfile(one);
    if (one.flag('default') === true) flagged.push(key);
    finish(one);
    profiles.set(key, profile);
  }
  return { profiles: markDefault(profiles, flagged, fields) };
}

function nameOf(item: ProfileItem, index: number): string {
  const name = item.entries.get('display_name')?.value;
  const text = name?.kind === 'scalar' && name.loss === undefined ? name.text : null;
  if (text !== null && text.trim() !== '') return `profile ${quote(text.trim())}`;
  return item.heading === undefined ? `the profile at place ${index + 1}` : item.heading;
}

function keyOf(
  fields: Fields,
  item: ProfileItem,
  at: { index: number; taken: ReadonlyMap<string, Settings> },
): string {
  const name = fields.text('display_name');
  const wanted = slug(name ?? item.heading ?? '');
  // A key of digits alone would be a number for YAML, and numbers come first in every map.
  const key = unique(
    /^[0-9]*$/.test(wanted) ? `profile-${wanted === '' ? at.index + 1 : wanted}` : wanted,
    at.taken,
  );
  if (name !== undefined && wanted === '') {
    fields.say(
      'info',
      `The profile ${quote(name)} got the key ${key}`,
      'Keys are made of the letters a to z and digits, and its name has none. Choose a better one before the first deploy; afterwards servers remember it.',
      'display_name',
    );
  } else if (name !== undefined && at.taken.has(wanted)) {
    fields.say(
      'warning',
      `A second profile ${quote(name)} got the key ${key}`,
      'Two profiles with one name cannot be told apart by the people who choose; in the playbook they also had the same key.',
      'display_name',
    );
  }
  return key;
}

function convertProfile(fields: Fields): Settings {
  const displayName = fields.text('display_name');
  const description = fields.text('description');
  const image = fields.text('image');
  if (displayName === undefined) {
    fields.say(
      'todo',
      `displayName${fields.of} is not known`,
      `${fields.lack('display_name')}. People choose by it.`,
      'display_name',
    );
  }
  if (image === undefined) {
    fields.say(
      'todo',
      `image${fields.of} is not known`,
      `${fields.lack('image')}. Name it with a tag.`,
      'image',
    );
  }
  const cpu = {
    ...cpuField(fields, 'guarantee', 'cpu_guarantee'),
    ...cpuField(fields, 'limit', 'cpu_limit'),
  };
  const memory = {
    ...memoryField(fields, 'guarantee', 'mem_guarantee'),
    ...memoryField(fields, 'limit', 'mem_limit'),
  };
  const commands = convertCommands(fields);
  return {
    displayName: displayName ?? new Blank('Python'),
    ...(description === undefined ? {} : { description }),
    image: image ?? new Blank('quay.io/jupyter/scipy-notebook:2026-10-01'),
    ...(Object.keys(cpu).length === 0 ? {} : { cpu }),
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
    ...convertGpus(fields),
    ...(commands.length === 0 ? {} : { commands }),
  };
}

function cpuField(fields: Fields, key: string, name: string): Settings {
  const text = fields.text(name);
  if (text === undefined) return {};
  const cpu = readCpu(text);
  if (cpu === undefined) {
    fields.lose(name, `${quote(text)} is not a number of cores, such as 0.5 or 2`);
    return {};
  }
  if (cpu.changed) {
    fields.say(
      'info',
      `${fields.label(name)}: ${quote(text)} was written as ${cpu.value}`,
      'It is a number of cores, without a unit; the hub of the playbook does not start servers with one.',
      name,
    );
  }
  return { [key]: cpu.value };
}

function memoryField(fields: Fields, key: string, name: string): Settings {
  const text = fields.text(name);
  if (text === undefined) return {};
  const memory = readMemory(text);
  if (memory === undefined) {
    const bare = /^[0-9.]+$/.test(text)
      ? 'has no unit, and so would be a few bytes'
      : 'is not an amount of memory';
    fields.lose(name, `${quote(text)} ${bare}; write it like 25G, 1.8G or 512M`);
    return {};
  }
  if (memory.changed) {
    fields.say(
      'info',
      `${fields.label(name)}: ${quote(text)} was written as ${memory.value}`,
      'KubeSpawner knows K, M, G and T alone, each 1024 times the one before.',
      name,
    );
  }
  return { [key]: memory.value };
}

function finish(fields: Fields): void {
  for (const name of fields.unread()) fields.lose(name, 'Hubwright does not know this field of a profile');
  fields.sayBlank();
}

/** What the playbook keeps warm: four placeholders of its fixed 1.8G, whatever the profiles are. */
const placeholderCount = 4;
const placeholderMemory = memoryBytes('1.8G');

/** Exactly one profile is the default, and it gets the warm seats. Where none is marked the hub takes the first. */
function markDefault(
  profiles: ReadonlyMap<string, Settings>,
  flagged: readonly string[],
  fields: Fields,
): Settings {
  const [first] = profiles.keys();
  const chosen = flagged[0] ?? first;
  if (flagged.length > 1) {
    fields.say(
      'warning',
      `Only ${chosen} is the default profile`,
      `${enumerate(flagged)} were all marked with default: true, and one can be.`,
      'profiles',
    );
  } else if (flagged.length === 0) {
    fields.say(
      'info',
      `${chosen} is the default profile`,
      'No profile is marked with default: true, and then the hub takes the first.',
      'profiles',
    );
  }
  const entries = [...profiles].map(([key, profile]): [string, Settings] => [
    key,
    key === chosen ? asDefault(profile, fields) : profile,
  ]);
  return Object.fromEntries(entries);
}

function asDefault(profile: Settings, fields: Fields): Settings {
  const { displayName, description, commands, ...rest } = profile;
  const seats = warmSeats(rest['memory']);
  if (seats === undefined) {
    const why = `The playbook keeps ${placeholderCount} seats of 1.8G warm, and how large one of the default profile is, is not known. To have a free place for the next person, set placeholders in the profile.`;
    fields.say('info', 'placeholders was not written', why, 'profiles');
  } else if (seats === 0) {
    const why = `The playbook keeps ${placeholderCount} seats of 1.8G warm, which is less than one seat of the default profile. To have a free place for the next person, set placeholders in the profile.`;
    fields.say('info', 'placeholders was not written', why, 'profiles');
  } else {
    const why = `The playbook keeps ${placeholderCount} seats of 1.8G warm, whatever the profiles are; this is about the same memory in seats of the default profile.`;
    fields.say('info', `The default profile has placeholders: ${seats}`, why, 'profiles');
  }
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    default: true,
    ...rest,
    ...(commands === undefined ? {} : { commands }),
    ...(seats === undefined || seats === 0 ? {} : { placeholders: seats }),
  };
}

function warmSeats(memory: Tree | undefined): number | undefined {
  const guarantee = isSettings(memory) ? memory['guarantee'] : undefined;
  if (typeof guarantee !== 'string' && typeof guarantee !== 'number') return undefined;
  const bytes = memoryBytes(guarantee);
  return bytes <= 0
    ? 0
    : Math.min(placeholderCount, Math.floor((placeholderCount * placeholderMemory) / bytes));
}
