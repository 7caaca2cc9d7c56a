import type { Finding } from '../problem.ts';
import { memoryBytes } from '../units.ts';
import { error, warning } from './rule.ts';
import type { ProfileRule } from './rule.ts';

const megabyte = 1024 ** 2;
const terabyte = 1024 ** 4;

/** Kubernetes refuses a server that is guaranteed more than it may use. */
export const cpuGuaranteeWithinLimit: ProfileRule = ({ cpu: { guarantee, limit } }) => {
  if (guarantee === undefined || limit === undefined || guarantee <= limit) return [];
  return [aboveLimit('cpu', String(guarantee), String(limit))];
};

/** Kubernetes refuses a server that is guaranteed more than it may use. */
export const memoryGuaranteeWithinLimit: ProfileRule = ({ memory: { guarantee, limit } }) => {
  if (guarantee === undefined || limit === undefined || memoryBytes(guarantee) <= memoryBytes(limit))
    return [];
  return [aboveLimit('memory', String(guarantee), String(limit))];
};

function aboveLimit(what: 'cpu' | 'memory', guarantee: string, limit: string): Finding {
  const message = `\`${what}.guarantee\` (${guarantee}) is above \`${what}.limit\` (${limit}), and Kubernetes refuses such a server`;
  return error({
    code: 'guarantee-above-limit',
    path: [what, 'guarantee'],
    message,
    fix: `Write \`guarantee: ${limit}\` or less, or raise the limit.`,
  });
}

/** `memory: 2` is two bytes. JupyterLab alone takes more than 100 MB. */
export const plausibleMemory: ProfileRule = ({ memory }) =>
  (['guarantee', 'limit'] as const).flatMap((kind) => {
    const value = memory[kind];
    if (value === undefined) return [];
    const bytes = memoryBytes(value);
    const path = ['memory', kind];
    if (bytes < (kind === 'limit' ? 64 : 1) * megabyte) return [tinyMemory(kind, String(value))];
    if (bytes < 4 * terabyte) return [];
    const message = `\`memory.${kind}\` is ${String(value)}, more than machines have`;
    return [
      warning({
        code: 'huge-memory',
        path,
        message,
        fix: 'Look at the unit: K, M, G and T are powers of 1024.',
      }),
    ];
  });

function tinyMemory(kind: 'guarantee' | 'limit', value: string): Finding {
  const [, number = '1', unit = ''] = /^([0-9.]+)([KMGT]?)$/.exec(value) ?? [];
  const what = unit === '' ? `${value} bytes` : value;
  const meant = unit === 'K' || Number(number) >= 64 ? 'M' : 'G';
  const fix = unit === 'M' ? 'Write 256M or more.' : `Did you mean \`${number}${meant}\`?`;
  const message = `\`memory.${kind}\` is ${what}, and no notebook starts in that`;
  return error({ code: 'tiny-memory', path: ['memory', kind], message, fix });
}

/** More cores than any node of a training cloud: a number of milli-cores, most likely. */
export const plausibleCpu: ProfileRule = ({ cpu }) =>
  (['guarantee', 'limit'] as const).flatMap((kind) => {
    const value = cpu[kind];
    if (value === undefined || value < 257) return [];
    const fix = `Write cores: \`${kind}: ${String(value / 1000)}\`, if ${String(value)} thousandths were meant.`;
    return [
      warning({
        code: 'huge-cpu',
        path: ['cpu', kind],
        message: `\`cpu.${kind}\` is ${String(value)} cores, more than machines have`,
        fix,
      }),
    ];
  });
