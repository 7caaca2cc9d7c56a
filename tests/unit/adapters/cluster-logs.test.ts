import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import { readLog } from '../../../src/adapters/cluster/logs.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';

const pod = (name: string) => ({
  metadata: { name, namespace: 'jupyterhub' },
  spec: { nodeName: 'worker-1', containers: [{ name: 'hub' }] },
});

/** A cluster with these pods of the hub, each of which says its pieces in turn with the others. */
function hubThatSays(pieces: Readonly<Record<string, readonly string[]>>): ClusterContext {
  const api: Partial<KubernetesApi> = {
    context: 'test',
    list: () => Promise.resolve(Object.keys(pieces).map(pod) as never),
    logs: async ({ name }, { write }) => {
      for (const piece of pieces[name] ?? []) {
        write(piece);
        await Promise.resolve();
      }
    },
  };
  return {
    api: () => Promise.resolve(api as KubernetesApi),
    namespace: 'jupyterhub',
    management: undefined,
    environment: {},
  } as unknown as ClusterContext;
}

async function followed(pieces: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const written: string[] = [];
  await readLog(
    hubThatSays(pieces),
    { kind: 'hub' },
    { lines: 10, follow: true, write: (text) => written.push(text) },
  );
  return written;
}

test('a log that is followed is passed on in whole lines, wherever its pieces end', async () => {
  expect(await followed({ hub: ['one\ntw', 'o\n', 'three'] })).toEqual(['one\n', 'two\n', 'three\n']);
});

test('lines of several pods do not get into each other', async () => {
  const written = await followed({ a: ['be', 'gun\n'], b: ['up and ', 'running\n'] });
  expect(written.toSorted()).toEqual(['[worker-1/a] begun\n', '[worker-1/b] up and running\n']);
});
