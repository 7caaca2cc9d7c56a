import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import type { TestContext } from 'vitest';
import { type Cluster, startCluster, until } from '../support/cluster.ts';
import { partsOr } from '../support/cluster-test.ts';
import {
  CapiObjects,
  type CapiVersion,
  type GroupGiven,
  createCluster,
  installClusterApi,
} from '../support/cluster/cluster-api.ts';
import { fakeClusterApi } from '../support/cluster/fake-cluster-api.ts';
import { helm, miniChart } from '../support/helm.ts';
import { type Sandbox, sandbox } from '../support/hubwright.ts';

/** A cluster with Cluster API in it, that is its own management cluster. */
export interface Managed {
  readonly cluster: Cluster;
  readonly objects: CapiObjects;
  readonly box: Sandbox;
  readonly env: Readonly<Record<string, string>>;
}

interface Given {
  readonly version: CapiVersion;
  readonly groups: readonly GroupGiven[];
  readonly quota?: number;
  /** A Helm by which the cluster is made with a release of the miniature of capi-helm-charts; with its values. */
  readonly release?: { readonly helm: string; readonly values: unknown };
  /** Further lines of the environment. */
  readonly more?: string;
}

/** The namespace of the Cluster API objects. */
export const clusters = 'clusters';

export async function withMachines(
  skip: TestContext['skip'],
  { version, groups, quota, release, more = '' }: Given,
  work: (managed: Managed) => Promise<void>,
): Promise<void> {
  const programs = await partsOr(skip, 'kubernetes', 'etcd', 'kwok', 'cluster-api');
  const cluster = await startCluster(programs, { nodes: 0 });
  const box = sandbox();
  let stop: (() => void) | undefined;
  try {
    const config = cluster.config();
    await installClusterApi({ config, kubeconfig: cluster.kubeconfig }, programs['cluster-api'], version);
    const core = config.makeApiClient(CoreV1Api);
    for (const name of [clusters, 'jupyterhub']) await core.createNamespace({ body: { metadata: { name } } });
    const objects = new CapiObjects(config, version, clusters);
    if (release === undefined) await createCluster(objects, groups);
    else await installRelease(cluster.kubeconfig, box, release);
    stop = fakeClusterApi(config, objects, quota === undefined ? {} : { quota });
    const wanted = 1 + groups.reduce((sum, { replicas }) => sum + replicas, 0);
    await until('the machines are nodes', async () => {
      const { items } = await core.listNode();
      const ready = items.filter(({ status }) =>
        status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
      );
      return ready.length >= Math.min(wanted, quota ?? Infinity);
    });
    await box.write('hub.yaml', file(more));
    const env = { KUBECONFIG: cluster.kubeconfig, ...(release ? { HUBWRIGHT_HELM: release.helm } : {}) };
    await work({ cluster, objects, box, env });
  } finally {
    stop?.();
    await box.close();
    await cluster.stop();
  }
}

async function installRelease(
  kubeconfig: string,
  box: Sandbox,
  { helm: program, values }: NonNullable<Given['release']>,
): Promise<void> {
  const path = await box.write('cluster-values.json', JSON.stringify(values));
  const chart = miniChart('openstack-cluster');
  await helm(program, kubeconfig, ['install', 'training', chart, '--namespace', clusters, '--values', path]);
}

function file(more: string): string {
  return `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, managementContext: admin, namespace: jupyterhub }
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
    longhorn: off
    homes: { storageClass: standard }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/a:1, memory: { limit: 2G } }
${more.replaceAll(/^(?=.)/gm, '    ')}`;
}

/** Somebody's server on that node, as KubeSpawner makes it. */
export async function startServer(
  cluster: Cluster,
  user: string,
  node: string | undefined,
  { memory = '2Gi', namespace = 'jupyterhub' }: { memory?: string; namespace?: string } = {},
): Promise<void> {
  await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .createNamespacedPod({
      namespace,
      body: {
        metadata: {
          name: `jupyter-${user}`,
          labels: { app: 'jupyterhub', component: 'singleuser-server', 'hubwright/profile': 'standard' },
          annotations: { 'hub.jupyter.org/username': user },
        },
        spec: {
          ...(node === undefined ? {} : { nodeName: node }),
          containers: [{ name: 'notebook', image: 'example.org/a:1', resources: { requests: { memory } } }],
        },
      },
    });
}

/** What the user `stranger` may list from now on: of the whole cluster, and in the environment's namespace. */
export async function letStranger(
  { cluster }: Managed,
  { everywhere, inside }: { readonly everywhere: string[]; readonly inside: string[] },
): Promise<void> {
  const api = cluster.config().makeApiClient(RbacAuthorizationV1Api);
  const group = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'User', name: 'stranger', apiGroup: group }];
  const rule = (resources: string[]) => [{ apiGroups: [''], resources, verbs: ['list'] }];
  const metadata = { name: 'stranger' };
  const bound = (kind: string) => ({
    metadata,
    subjects,
    roleRef: { apiGroup: group, kind, name: 'stranger' },
  });
  await api.createClusterRole({ body: { metadata, rules: rule(everywhere) } });
  await api.createClusterRoleBinding({ body: bound('ClusterRole') });
  const namespace = 'jupyterhub';
  await api.createNamespacedRole({ namespace, body: { metadata, rules: rule(inside) } });
  await api.createNamespacedRoleBinding({ namespace, body: bound('Role') });
}

/** The file, with the cluster as `stranger` sees it; the management cluster stays the administrator's. */
export async function asStranger({ box }: Managed): Promise<void> {
  const path = join(box.folder, 'hub.yaml');
  const text = (await readFile(path, 'utf8')).replace('context: admin', 'context: stranger');
  await box.write('hub.yaml', text);
}
