import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, sideBySide, timed, type Row } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * `check` of many environments with 20 profiles each, beside half as many: linear is a ratio of at most two. Profiles stand
 * in `defaults`, and each environment changes some fields of some of them, as people write it.
 */
export async function checkMany(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-bench-'));
  try {
    const check = async (environments: number): Promise<() => Promise<number>> => {
      const file = join(folder, `${environments}.yaml`);
      await writeFile(file, manyEnvironments(environments));
      return () => timed(() => command(`${root}hubwright`, ['check', '--file', file]));
    };
    const [whole, half] = [await check(200), await check(100)];
    await whole();
    const pair = await sideBySide(10, whole, half);
    return [
      { what: '`check` of 200 environments × 20 profiles', rival: 'of 100 × 20', pair, goal: '≤ 0.3 s, ≤ 2' },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function manyEnvironments(count: number): string {
  const profiles = numbers(20).map(
    (index) => `    p${index}:
      displayName: Profile ${index}
      default: ${index === 0}
      image: quay.io/jupyter/scipy-notebook:2026-10-01
      cpu: { guarantee: 0.05, limit: 2 }
      memory: { guarantee: 1.8G, limit: 1.8G }
      commands: [git clone https://example.org/course.git]
`,
  );
  const environments = numbers(count).map(
    (index) => `  e${index}:
    target: kubernetes
    kubernetes: { context: c${index}, release: r${index} }
    address: { domain: e${index}.jupyter.ac.uk }
    profiles: { p${index % 20}: { cpu: { limit: 4 } } }
`,
  );
  return `name: many
defaults:
  contactEmail: help@example.org
  auth: { accounts: { users: { prefix: trainee, count: 30 } } }
  profiles:
${profiles.join('')}environments:
${environments.join('')}`;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
