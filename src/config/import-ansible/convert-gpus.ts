import { sayQuoted } from './convert-auth.ts';
import { Fields } from './fields.ts';
import { quote } from './quote.ts';
import { isBlank, readInteger } from './scalars.ts';
import { Blank } from './types.ts';
import type { Entry, Settings, Tree } from './types.ts';

const names = ['number_of_gpus', 'key', 'operator', 'effect', 'value'] as const;

/** `use_gpus` and `GPU_info`. */
export function convertGpus(fields: Fields): Settings {
  const wanted = fields.flag('use_gpus');
  if (wanted !== true) {
    const why =
      wanted === undefined
        ? 'use_gpus says nothing, and without it the profile has no GPU.'
        : 'use_gpus is false: the profile has no GPU.';
    fields.ignore(['GPU_info', ...names], why);
    return {};
  }
  sayQuoted(fields, 'use_gpus', 'gives this profile no GPU');
  const info = gpuFields(fields);
  const count = readCount(info);
  const toleration = readToleration(info);
  for (const name of info.unread()) info.lose(name, 'Hubwright does not know this field of GPU_info');
  info.sayBlank();
  return { gpus: { count: count ?? new Blank('1'), ...(toleration === undefined ? {} : { toleration }) } };
}

/** The fields of `GPU_info`, also those that slipped out of it by their indentation. */
function gpuFields(fields: Fields): Fields {
  const value = fields.take('GPU_info');
  const entries = new Map<string, Entry>(value?.kind === 'map' ? value.entries : []);
  if (value !== undefined && value.kind !== 'map' && !isBlank(value))
    fields.lose('GPU_info', 'its fields belong under it, as `name: value` lines');
  for (const name of names) {
    const place = fields.place(name);
    const slipped = fields.take(name);
    if (slipped === undefined || place === undefined) continue;
    if (entries.has(name))
      fields.lose(name, 'the same field stands in GPU_info, where the playbook reads it');
    else entries.set(name, { value: slipped, place });
  }
  const inner = new Fields(entries, { of: ` in GPU_info${fields.of}`, note: fields.note });
  if (entries.size === 0) {
    const why =
      'use_gpus is true, but GPU_info is missing. Write gpus.count, and a toleration if the GPU nodes have a taint.';
    fields.say('todo', `gpus${fields.of} is not known`, why, 'use_gpus');
  }
  return inner;
}

function readCount(info: Fields): number | undefined {
  const text = info.text('number_of_gpus');
  if (text === undefined) {
    if (info.place('number_of_gpus') !== undefined)
      info.say(
        'todo',
        `${info.label('number_of_gpus')} is not known`,
        'It is blank. Write it as gpus.count.',
        'number_of_gpus',
      );
    return undefined;
  }
  const count = readInteger(text);
  if (count === undefined) info.lose('number_of_gpus', `${quote(text)} is not a whole number`);
  return count;
}

function readToleration(info: Fields): Settings | undefined {
  const key = info.text('key');
  const operator = info.text('operator');
  const value = info.text('value');
  const effect = info.text('effect');
  if (key === undefined && operator === undefined && value === undefined && effect === undefined)
    return undefined;
  const toleration: Record<string, Tree> = { key: key ?? new Blank('nvidia.com/gpu') };
  if (operator !== undefined)
    toleration['operator'] = spelled(info, 'operator', operator, {
      equals: 'Equal',
      equal: 'Equal',
      exists: 'Exists',
    });
  if (value !== undefined) toleration['value'] = value;
  if (effect !== undefined) {
    toleration['effect'] = spelled(info, 'effect', effect, {
      noschedule: 'NoSchedule',
      prefernoschedule: 'PreferNoSchedule',
      noexecute: 'NoExecute',
    });
  }
  if (value !== undefined) {
    info.say(
      'warning',
      `${info.label('value')} takes effect now`,
      'The playbook leaves it out of the toleration.',
      'value',
    );
  }
  return toleration;
}

/** Kubernetes knows these words in one spelling only; the playbook's README says `Equals`. */
function spelled(
  info: Fields,
  name: string,
  text: string,
  spellings: Readonly<Record<string, string>>,
): string {
  const right = spellings[text.toLowerCase()] ?? text;
  if (right !== text)
    info.say(
      'info',
      `${info.label(name)}: ${quote(text)} was written as ${right}`,
      'Kubernetes knows it in this spelling only.',
      name,
    );
  return right;
}
