import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { quietVolumes } from '../../../../src/adapters/cluster/longhorn/quiet.ts';
import type { KubernetesApi, ListQuery, LiveObject } from '../../../../src/adapters/kubernetes/api.ts';
import type { ObjectRef } from '../../../../src/plan/kubernetes/observed.ts';

const namespace = 'hub';

/** As much of a cluster as it asks for. */
class FakeApi implements Partial<KubernetesApi> {
  readonly context = 'test';
  #objects: LiveObject[];

  constructor(objects: readonly LiveObject[]) {
    this.#objects = [...objects];
  }

  get<T = LiveObject>(ref: ObjectRef): Promise<T | undefined> {
    return Promise.resolve(this.#objects.find((one) => isIt(one, ref)) as T | undefined);
  }

  list<T = LiveObject>({ kind, namespace: at, labelSelector = '' }: ListQuery): Promise<T[]> {
    const wanted = labelSelector.split(',').filter((one) => one.includes('='));
    const found = this.#objects.filter(
      ({ kind: its, metadata }) =>
        its === kind &&
        (at === undefined || metadata.namespace === at) &&
        wanted.every((one) => {
          const [key = '', value] = one.split('=');
          return metadata.labels?.[key] === value;
        }),
    );
    return Promise.resolve(found as T[]);
  }

  listMetadata(query: ListQuery): Promise<LiveObject[]> {
    return this.list(query);
  }

  create<T = LiveObject>(object: object): Promise<T | undefined> {
    this.#objects.push(object as LiveObject);
    return Promise.resolve(object as T);
  }

  patch<T = LiveObject>(ref: ObjectRef): Promise<T | undefined> {
    return this.get<T>(ref);
  }

  delete(ref: ObjectRef): Promise<boolean> {
    this.#objects = this.#objects.filter((one) => !isIt(one, ref));
    return Promise.resolve(true);
  }
}

function isIt({ kind, metadata }: LiveObject, ref: ObjectRef): boolean {
  return kind === ref.kind && metadata.name === ref.name && metadata.namespace === ref.namespace;
}

function server(user: string, claimName: string, at = namespace): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `jupyter-${user}`,
      namespace: at,
      labels: { app: 'jupyterhub', component: 'singleuser-server' },
      annotations: { 'hub.jupyter.org/username': user },
    },
    spec: { volumes: [{ persistentVolumeClaim: { claimName } }] },
    status: { phase: 'Running' },
  } as object as LiveObject;
}

function volume(claim: string, driver: string): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${claim}` },
    spec: { csi: { driver, volumeHandle: claim }, claimRef: { namespace, name: claim } },
  } as object as LiveObject;
}

test('only servers with a volume of Longhorn stop: others keep what they work on', async () => {
  const api = new FakeApi([
    volume('claim-ann', 'driver.longhorn.io'),
    volume('claim-bob', 'nfs.csi.k8s.io'),
    server('ann', 'claim-ann'),
    server('bob', 'claim-bob'),
  ]);
  const context = {
    namespace,
    environment: { name: 'training' },
    labels: {},
    timeoutSeconds: 1,
    api: () => Promise.resolve(api as object as KubernetesApi),
  } as object as ClusterContext;
  const action = { kind: 'quietVolumes', namespace: 'longhorn-system', workloads: [] } as const;
  await quietVolumes(action, { context, report: () => undefined });
  const left = await api.list({ apiVersion: 'v1', kind: 'Pod' });
  expect(left.map(({ metadata }) => metadata.name)).toEqual(['jupyter-bob']);
});
