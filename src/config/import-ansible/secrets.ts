import type { Layer } from './read-repository.ts';
import type { Entries, Value } from './types.ts';

/**
 * Texts of client secrets, wherever in the repository they stand, so that no other field carries one into the result.
 * Short ones are left out: searching for `abc` everywhere would find words, and a real client secret is long.
 */
export function secretTexts(layers: readonly Layer[]): string[] {
  const texts = new Set<string>();
  const queue: Value[] = layers.flatMap((layer) => valuesNamed('client_secret', layer.entries));
  const followed = new Set<string>();
  for (const value of queue) {
    for (const text of textsOf(value)) {
      if (!text.includes('{{') && text.trim().length >= 8) texts.add(text.trim());
      for (const [, name] of text.matchAll(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g)) {
        if (name === undefined || followed.has(name)) continue;
        followed.add(name);
        queue.push(...layers.flatMap((layer) => valuesNamed(name, layer.entries)));
      }
    }
  }
  return [...texts];
}

function valuesNamed(name: string, entries: Entries): Value[] {
  return [...entries].flatMap(([key, { value }]) => (key === name ? [value] : below(name, value)));
}

function below(name: string, value: Value): Value[] {
  if (value.kind === 'list') return value.items.flatMap((item) => below(name, item));
  return value.kind === 'map' ? valuesNamed(name, value.entries) : [];
}

function textsOf(value: Value): string[] {
  if (value.kind === 'list') return value.items.flatMap(textsOf);
  if (value.kind === 'map') return [...value.entries.values()].flatMap((entry) => textsOf(entry.value));
  return value.text === null ? [] : [value.text];
}
