import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { findHelm, type FoundHelm } from '../../src/adapters/helm/find.ts';
import { parts } from './parts.ts';

/** A real Helm of that major version; where none is built the test is skipped, which says how to build it. */
export async function realHelm(major: 3 | 4, skip: TestContext['skip']): Promise<FoundHelm> {
  const name = major === 3 ? 'helm3' : 'helm4';
  const found = await parts(name);
  if ('missing' in found) return skip(found.missing);
  const path = join((found as Record<typeof name, string>)[name], 'helm');
  return findHelm({ env: { HUBWRIGHT_HELM: path }, report: () => undefined });
}
