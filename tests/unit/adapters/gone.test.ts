import { describe, expect, test } from 'vitest';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import { proveGone, waitGone } from '../../../src/adapters/cluster/gone.ts';
import type { KubernetesApi, ListQuery } from '../../../src/adapters/kubernetes/api.ts';
import type { ObjectRef } from '../../../src/plan/kubernetes/observed.ts';
import { training } from '../plan/kubernetes/observed.ts';

interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: string;
}

/** A cluster with these in it; after each look at one of them the last has gone. */
function cluster(things: Thing[], { vanishing = false } = {}): ClusterContext {
  const matches = (thing: Thing, { kind, namespace, labelSelector = '' }: ListQuery): boolean =>
    thing.kind === kind &&
    thing.namespace === namespace &&
    labelSelector
      .split(',')
      .filter(Boolean)
      .every((part) => thing.labels?.[part.split('=')[0] ?? ''] === part.split('=')[1]);
  const list = async (query: ListQuery) => {
    const found = things.filter((thing) => matches(thing, query));
    return found.map(({ name, type, labels }) => ({ metadata: { name, labels }, spec: { type } })) as never[];
  };
  const api: Partial<KubernetesApi> = {
    context: 'test',
    get: async <T>({ kind, name }: ObjectRef) => {
      const found = things.find((thing) => thing.kind === kind && thing.name === name);
      if (vanishing) things.pop();
      return found as T | undefined;
    },
    list,
    listMetadata: list,
  };
  const context: Partial<ClusterContext> = {
    environment: training(),
    namespace: 'jupyterhub',
    api: async () => api as KubernetesApi,
  };
  return context as ClusterContext;
}

const ref = (kind: string, name: string): ObjectRef => ({ apiVersion: 'v1', kind, name });
const releases = [{ name: 'jupyterhub', namespace: 'jupyterhub' }];

function prove(things: Thing[], objects: ObjectRef[] = []): Promise<void> {
  const report = (): void => undefined;
  return proveGone({ kind: 'proveGone', objects, releases }, cluster(things), { timeoutSeconds: 0, report });
}

describe('that nothing is left', () => {
  test('is proven by an empty namespace', async () => {
    await expect(prove([], [ref('Service', 'hub')])).resolves.toBeUndefined();
  });

  const namespace = 'jupyterhub';
  const labels = { release: 'jupyterhub' };
  test.each<[string, Thing, ObjectRef[]]>([
    ['an object', { kind: 'PersistentVolume', name: 'pvc-1' }, [ref('PersistentVolume', 'pvc-1')]],
    ['a pod', { kind: 'Pod', name: 'hub-1', namespace, labels }, []],
    [
      'the server of a person',
      { kind: 'Pod', name: 'jupyter-ada', namespace, labels: { component: 'singleuser-server' } },
      [],
    ],
    [
      'a load balancer',
      { kind: 'Service', name: 'proxy-public', namespace, labels, type: 'LoadBalancer' },
      [],
    ],
    [
      'a revision of the release',
      {
        kind: 'Secret',
        name: 'sh.helm.release.v1.jupyterhub.v1',
        namespace,
        labels: { owner: 'helm', name: 'jupyterhub' },
      },
      [],
    ],
  ])('is disproven by %s', async (_, thing, objects) => {
    await expect(prove([thing], objects)).rejects.toMatchObject({
      what: `Something is left: ${thing.kind} ${thing.name}.`,
      fix: expect.stringContaining('`hubwright destroy training` again') as string,
    });
  });

  test.each<[string, Thing]>([
    ['another Service', { kind: 'Service', name: 'mine', namespace, type: 'ClusterIP' }],
    ['another Secret', { kind: 'Secret', name: 'mine', namespace }],
    ['the pod of another namespace', { kind: 'Pod', name: 'hub-1', namespace: 'dev', labels }],
    ["somebody else's pod", { kind: 'Pod', name: 'mine', namespace, labels: { app: 'mine' } }],
    ["somebody else's load balancer", { kind: 'Service', name: 'mine', namespace, type: 'LoadBalancer' }],
  ])('is not disproven by %s', async (_, thing) => {
    await expect(prove([thing])).resolves.toBeUndefined();
  });

  test('is waited for, and said', async () => {
    const said: string[] = [];
    const context = cluster([{ kind: 'PersistentVolume', name: 'pvc-1' }], { vanishing: true });
    const waiting = { timeoutSeconds: 5, report: (text: string) => said.push(text) };
    await waitGone([ref('PersistentVolume', 'pvc-1')], context, waiting);
    expect(said).toEqual(['PersistentVolume pvc-1 is still there']);
  });
});
