import { memoryBytes } from '../../config/units.ts';

const suffixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/**
 * Cores as Kubernetes itself would write them (0.05 is `50m`).
 *
 * The API server rewrites quantities in this form: any other would look like a change made by hand.
 */
export function cpuQuantity(cores: number): string {
  // As Kubernetes rounds: up, to thousandths.
  const thousandths = Math.ceil(Number((cores * 1000).toFixed(6)));
  return thousandths % 1000 === 0 ? shortest(thousandths / 1000) : `${thousandths}m`;
}

/** A memory size of the config file, which counts in powers of 1024, as the bytes that KubeSpawner asks for. */
export function memoryQuantity(size: number | string): string {
  return shortest(memoryBytes(size));
}

function shortest(whole: number): string {
  let power = 0;
  let rest = whole;
  while (rest !== 0 && rest % 1000 === 0 && power < suffixes.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${rest}${suffixes[power] ?? ''}`;
}
