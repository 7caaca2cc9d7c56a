import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Node, V1Taint } from '@kubernetes/client-node';
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, StorageV1Api } from '@kubernetes/client-node';
import { startControlPlane } from './cluster/control-plane.ts';
import { fakeLoadBalancer, fakeProvisioner } from './cluster/fakes.ts';
import { fakeLonghorn } from './cluster/longhorn.ts';
import { type Tokens, kubeconfig } from './cluster/kubeconfig.ts';
import { execInPods, forwardPods, startKwok } from './cluster/kwok.ts';
import { Processes } from './cluster/processes.ts';
import type { Stop } from './cluster/watch.ts';
import type { Parts } from './parts.ts';

export interface NodeOptions {
  /** Their names are NAME-1, NAME-2 …, counted on over the cluster's life; `worker`. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly V1Taint[];
  /** 8 cores, 32 GiB and 110 pods; what is given is added to that. */
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** What another process may be told of a cluster, as JSON. */
export interface ClusterAddress {
  /** A file with the contexts `admin` (the current one), `viewer` and `stranger`. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly tokens: Pick<Tokens, 'admin' | 'viewer' | 'stranger'>;
}

/** A cluster that runs, as its tests use it. */
export class ClusterClient {
  readonly kubeconfig: string;
  readonly server: string;
  readonly tokens: ClusterAddress['tokens'];

  constructor(address: ClusterAddress) {
    this.kubeconfig = address.kubeconfig;
    this.server = address.server;
    this.tokens = address.tokens;
  }

  /** client-node's configuration, as one of the users. */
  config(user: keyof ClusterAddress['tokens'] = 'admin'): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfig);
    config.setCurrentContext(user);
    return config;
  }

  /** Has `kubectl port-forward` to that port of any pod of the namespace end at a port of this machine: a real hub's, say. */
  forwardPods(namespace: string, ports: { readonly port: number; readonly to: number }): Promise<void> {
    return forwardPods(this.config(), namespace, ports);
  }

  /** Has `kubectl exec` in any pod of the namespace run its program on this machine, in that folder. */
  execInPods(namespace: string, folder: string): Promise<void> {
    return execInPods(this.config(), namespace, folder);
  }

  /** Adds nodes, whose kubelets are KWOK's, and waits until they are Ready. @returns their names. */
  async addNodes(
    count: number,
    { name = 'worker', labels = {}, taints = [], allocatable = {} }: NodeOptions = {},
  ): Promise<string[]> {
    const api = this.config().makeApiClient(CoreV1Api);
    const { items } = await api.listNode();
    const taken = items
      .map(({ metadata }) => metadata?.name ?? '')
      .filter((one) => one.startsWith(`${name}-`));
    const first = Math.max(0, ...taken.map((one) => Number(one.slice(name.length + 1)) || 0)) + 1;
    const names = Array.from({ length: count }, (_, index) => `${name}-${first + index}`);
    const resources = { cpu: '8', memory: '32Gi', pods: '110', ...allocatable };
    await Promise.all(
      names.map((one, index) =>
        api.createNode({
          body: {
            metadata: {
              name: one,
              // One of its own, as load balancers have them for members.
              annotations: { 'hubwright.test/address': `10.0.1.${items.length + index + 1}` },
              labels: { 'kubernetes.io/hostname': one, 'kubernetes.io/os': 'linux', ...labels },
            },
            spec: { taints: [...taints] },
            status: { allocatable: resources, capacity: resources },
          },
        }),
      ),
    );
    await until(`nodes ${names.join(', ')} are Ready`, async () => {
      const nodes = await Promise.all(names.map((one) => api.readNode({ name: one })));
      return nodes.every(ready);
    });
    return names;
  }
}

/** A cluster of one's own, for a test that breaks it or looks at what belongs to no namespace. `stop` it. */
export class Cluster extends ClusterClient {
  readonly #stop: () => Promise<void>;

  constructor(address: ClusterAddress, stop: () => Promise<void>) {
    super(address);
    this.#stop = stop;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/**
 * Starts a real control plane on loopback, with `nodes` nodes that KWOK plays, the StorageClass `standard` (the
 * default) and addresses for LoadBalancer Services. Images are never pulled: see cluster/stages.ts for what pods do.
 */
export async function startCluster(programs: Programs, options: StartOptions = {}): Promise<Cluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(programs, options);
    } catch (error) {
      // Somebody was faster with a port that had been free.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

type Programs = Pick<Parts, 'kubernetes' | 'etcd' | 'kwok'>;

interface StartOptions {
  readonly nodes?: number;
  /** Whether Services of type LoadBalancer get addresses. */
  readonly balancers?: boolean;
}

async function startOnce(
  programs: Programs,
  { nodes = 2, balancers = true }: StartOptions,
): Promise<Cluster> {
  const processes = await Processes.inTemporaryFolder();
  const fakes: Stop[] = [];
  const stop = async (): Promise<void> => {
    for (const end of fakes) end();
    await processes.stop();
  };
  try {
    const { server, ca, tokens } = await startControlPlane(processes, programs);
    const { admin, viewer, stranger } = tokens;
    const file = join(processes.folder, 'kubeconfig');
    await writeFile(file, kubeconfig(server, ca, { admin, viewer, stranger }), { mode: 0o600 });
    const cluster = new Cluster({ kubeconfig: file, server, tokens: { admin, viewer, stranger } }, stop);
    const config = cluster.config();
    await startKwok(processes, join(programs.kwok, 'kwok'), { kubeconfig: file, admin: config });
    fakes.push(fakeProvisioner(config), fakeLonghorn(config));
    if (balancers) fakes.push(fakeLoadBalancer(config));
    await furnish(cluster);
    await cluster.addNodes(nodes);
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What every cluster has, and what its controllers have to have done before a test can begin. */
async function furnish(cluster: Cluster): Promise<void> {
  const config = cluster.config();
  await config.makeApiClient(StorageV1Api).createStorageClass({
    body: {
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'hubwright.test/fake-provisioner',
      allowVolumeExpansion: true,
    },
  });
  const rights = config.makeApiClient(RbacAuthorizationV1Api);
  await rights.createClusterRoleBinding({
    body: {
      metadata: { name: 'test-viewers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'test:viewers' }],
    },
  });
  // The controller manager fills the role, and makes the account without which no pod is admitted.
  await until('the role `view` has rules', async () => {
    const role = await rights.readClusterRole({ name: 'view' });
    return (role.rules ?? []).length > 0;
  });
  const core = config.makeApiClient(CoreV1Api);
  await until('namespace default has its service account', async () => {
    const { items } = await core.listNamespacedServiceAccount({ namespace: 'default' });
    return items.length > 0;
  });
}

function ready({ status }: V1Node): boolean {
  return (status?.conditions ?? []).some(({ type, status: holds }) => type === 'Ready' && holds === 'True');
}

/** Asks until something holds. @throws Error that names it after `seconds`: many, as the machine may be busy. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 90): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(50);
  }
}
