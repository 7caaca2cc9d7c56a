import type { ScalarValue, Value } from './types.ts';

/** Nothing was filled in: null, an empty text, a list or map of nothing else. */
export function isBlank(value: Value): boolean {
  if (value.kind === 'list') return value.items.every(isBlank);
  if (value.kind === 'map') return [...value.entries.values()].every((entry) => isBlank(entry.value));
  return value.loss === undefined && (value.text === null || value.text.trim() === '');
}

/** Whether a quoted word stands for true or false; Ansible's `is true` takes only unquoted ones. */
export function readFlag(scalar: ScalarValue): boolean | undefined {
  if (scalar.flag !== undefined) return scalar.flag;
  const word = scalar.text?.trim().toLowerCase() ?? '';
  if (['true', 'yes', 'on', 'y', '1'].includes(word)) return true;
  return ['false', 'no', 'off', 'n', '0'].includes(word) ? false : undefined;
}

/** A whole number, also quoted or with `.0`. */
export function readInteger(text: string): number | undefined {
  const match = /^\+?([0-9]{1,9})(?:\.0*)?$/.exec(text.trim());
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

interface Reading<T> {
  readonly value: T;
  /** It had to be interpreted: say so. */
  readonly changed: boolean;
}

/** Cores: `6`, `'0.05'`, `500m` (Kubernetes' thousandths), `2 cores`. */
export function readCpu(text: string): Reading<number> | undefined {
  const match = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*(m|c|cores?|v?cpus?)?$/i.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  const unit = match[2]?.toLowerCase();
  const number = Number(match[1]);
  if (!Number.isFinite(number)) return undefined;
  return { value: unit === 'm' ? number / 1000 : number, changed: unit !== undefined };
}

const powers: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 };

/**
 * Memory in KubeSpawner's units (K, M, G, T: powers of 1024). `25Gi` is the same amount; `25GB` can only have meant it.
 * A bare number counts bytes: a plausible one is kept, a small one has lost its unit.
 */
export function readMemory(text: string): Reading<string | number> | undefined {
  const trimmed = text.trim();
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*([KMGT])(i?b?)$/i.exec(trimmed);
  if (match?.[1] !== undefined && match[2] !== undefined) {
    const value = `${match[1]}${match[2].toUpperCase()}`;
    return { value, changed: value !== trimmed };
  }
  if (!/^[0-9]{7,15}$/.test(trimmed)) return undefined;
  return { value: Number(trimmed), changed: false };
}

/** Bytes of what `readMemory` returned. */
export function memoryBytes(memory: string | number): number {
  if (typeof memory === 'number') return memory;
  const power = powers[memory.slice(-1)];
  return power === undefined ? Number(memory) : Number(memory.slice(0, -1)) * 1024 ** power;
}
