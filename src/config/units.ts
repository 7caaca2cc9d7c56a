const memoryFactors: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

const durationFactors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const storageFactors: Readonly<Record<string, number>> = { Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };

/** Bytes of a memory size, cut to a whole number as KubeSpawner's ByteSpecification does. Units are powers of 1024. */
export function memoryBytes(value: number | string): number {
  if (typeof value === 'number') return value;
  return Math.trunc(scaled(value, memoryFactors));
}

/** Seconds of a duration such as `90s` or `5d`. */
export function durationSeconds(value: string): number {
  return scaled(value, durationFactors);
}

/** Bytes of a storage size such as `10Gi`. */
export function storageBytes(value: string): number {
  return scaled(value, storageFactors);
}

/** The shortest duration text for a whole number of seconds: 432000 is `5d`. */
export function durationText(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const factor = durationFactors[unit] ?? 1;
    if (seconds % factor === 0) return `${String(seconds / factor)}${unit}`;
  }
  return `${String(seconds)}s`;
}

function scaled(value: string, factors: Readonly<Record<string, number>>): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(value);
  const factor = match === null ? undefined : factors[match[2] ?? ''];
  // The schema has checked the text before; reaching this line is a bug of ours.
  if (match === null || factor === undefined) throw new RangeError(`not a size: ${value}`);
  return Number(match[1]) * factor;
}
