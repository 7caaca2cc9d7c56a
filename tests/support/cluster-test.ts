import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { type TestContext, test as base, inject } from 'vitest';
import { ClusterClient } from './cluster.ts';
import { type PartName, type Parts, parts } from './parts.ts';

interface Fixtures {
  /** The cluster that all tests of the run share. Without its programs the test is skipped, which names them. */
  readonly cluster: ClusterClient;
  /** A namespace of the shared cluster for this test alone; removed afterwards. */
  readonly namespace: string;
  /** Paths of the Helm programs. */
  readonly helm3: string;
  readonly helm4: string;
}

/** `test` of files in tests/cluster. */
export const test = base.extend<Fixtures>({
  cluster: async ({ skip }, use) => {
    const given = inject('cluster');
    if ('failed' in given) throw new Error(`there is no cluster: ${given.failed}`);
    if ('missing' in given) skip(given.missing);
    else await use(new ClusterClient(given));
  },
  namespace: async ({ cluster }, use) => {
    const name = `test-${randomBytes(4).toString('hex')}`;
    const api = cluster.config().makeApiClient(CoreV1Api);
    await api.createNamespace({ body: { metadata: { name } } });
    await use(name);
    // Its end is not waited for: no other test uses the name. The test may have removed it itself.
    await api.deleteNamespace({ name }).catch(() => undefined);
  },
  helm3: async ({ skip }, use) => use(join((await partsOr(skip, 'helm3')).helm3, 'helm')),
  helm4: async ({ skip }, use) => use(join((await partsOr(skip, 'helm4')).helm4, 'helm')),
});

/** The folders of these parts; where one is missing the test is skipped, with the reason and the command. */
export async function partsOr<Name extends PartName>(
  skip: TestContext['skip'],
  ...names: readonly Name[]
): Promise<Pick<Parts, Name>> {
  const found = await parts(...names);
  return 'missing' in found ? skip(found.missing) : found;
}
