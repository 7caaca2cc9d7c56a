import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { connectKubernetes } from '../../../src/adapters/kubernetes/client.ts';
import { mergePatch } from './merge-patch.ts';
import { until } from '../cluster.ts';

/** Of Cluster API's own groups. The OpenStack provider's kinds have v1beta1 alone. */
export type CapiVersion = 'v1beta1' | 'v1beta2';

/** The plural of each kind, with its group. */
export const kinds = {
  Cluster: ['cluster.x-k8s.io', 'clusters'],
  MachineDeployment: ['cluster.x-k8s.io', 'machinedeployments'],
  Machine: ['cluster.x-k8s.io', 'machines'],
  MachineDrainRule: ['cluster.x-k8s.io', 'machinedrainrules'],
  KubeadmControlPlane: ['controlplane.cluster.x-k8s.io', 'kubeadmcontrolplanes'],
  OpenStackMachine: ['infrastructure.cluster.x-k8s.io', 'openstackmachines'],
  OpenStackMachineTemplate: ['infrastructure.cluster.x-k8s.io', 'openstackmachinetemplates'],
} as const satisfies Record<string, readonly [group: string, plural: string]>;
export type CapiKind = keyof typeof kinds;

/**
 * Installs Cluster API's kinds as its releases have them, each with one version alone: without its conversion webhook an
 * object that is written in one version loses fields in the other.
 */
export async function installClusterApi(
  { config, kubeconfig }: { readonly config: KubeConfig; readonly kubeconfig: string },
  folder: string,
  version: CapiVersion,
): Promise<void> {
  // client-node knows the fields of a schema that it was made with, and drops others.
  const api = await connectKubernetes({ context: 'admin', kubeconfig, env: {} });
  for (const [group, plural] of Object.values(kinds)) {
    const crd: Loose = parse(await readFile(join(folder, `${group}_${plural}.yaml`), 'utf8'));
    const of = versionOf(group, version);
    crd.spec.versions = crd.spec.versions.filter(({ name }: Loose) => name === of);
    Object.assign(crd.spec.versions[0], { served: true, storage: true });
    await api.create(crd);
  }
  api.close();
  const custom = config.makeApiClient(CustomObjectsApi);
  await until("Cluster API's kinds are served", async () => {
    const asked = Object.values(kinds).map(([group, plural]) =>
      custom.listClusterCustomObject({ group, version: versionOf(group, version), plural }).then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(asked)).every(Boolean);
  });
}

function versionOf(group: string, version: CapiVersion): string {
  return group.startsWith('infrastructure') ? 'v1beta1' : version;
}

/** An object, of which only what a test knows is told. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

/** Objects of Cluster API in one namespace of a cluster. */
export class CapiObjects {
  readonly version: CapiVersion;
  readonly namespace: string;
  readonly #custom: CustomObjectsApi;

  constructor(config: KubeConfig, version: CapiVersion, namespace: string) {
    this.version = version;
    this.namespace = namespace;
    this.#custom = config.makeApiClient(CustomObjectsApi);
  }

  async list(kind: CapiKind): Promise<Loose[]> {
    const { items } = (await this.#custom.listNamespacedCustomObject(this.#where(kind))) as {
      items: Loose[];
    };
    return items;
  }

  async get(kind: CapiKind, name: string): Promise<Loose> {
    return this.#custom.getNamespacedCustomObject({ ...this.#where(kind), name });
  }

  async create(kind: CapiKind, object: Loose): Promise<void> {
    const { group, version, ...where } = this.#where(kind);
    const body = { apiVersion: `${group}/${version}`, kind, ...object };
    await this.#custom.createNamespacedCustomObject({ group, version, ...where, body });
  }

  async patch(kind: CapiKind, name: string, body: Loose): Promise<void> {
    await this.#custom.patchNamespacedCustomObject({ ...this.#where(kind), name, body }, mergePatch);
  }

  async setStatus(kind: CapiKind, name: string, status: Loose): Promise<void> {
    await this.#custom.patchNamespacedCustomObjectStatus(
      { ...this.#where(kind), name, body: { status } },
      mergePatch,
    );
  }

  async delete(kind: CapiKind, name: string): Promise<void> {
    await this.#custom.deleteNamespacedCustomObject({ ...this.#where(kind), name });
  }

  #where(kind: CapiKind) {
    const [group, plural] = kinds[kind];
    return { group, plural, version: versionOf(group, this.version), namespace: this.namespace };
  }
}

export interface GroupGiven {
  readonly name: string;
  readonly flavor: string;
  readonly replicas: number;
  readonly bounds?: readonly [min: number, max: number];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A cluster `training` with a control plane and these groups, as somebody applies them by hand. */
export async function createCluster(objects: CapiObjects, groups: readonly GroupGiven[]): Promise<void> {
  await objects.create('Cluster', { metadata: { name: 'training' }, spec: { paused: false } });
  await createTemplate(objects, 'training-control-plane-0', 'tiny');
  await objects.create('KubeadmControlPlane', controlPlane(objects.version));
  for (const group of groups) {
    await createTemplate(objects, `training-${group.name}-0`, group.flavor);
    await objects.create('MachineDeployment', deployment(objects.version, group));
  }
}

async function createTemplate(objects: CapiObjects, name: string, flavor: string): Promise<void> {
  const spec = {
    flavor,
    image: { filter: { name: 'ubuntu-24.04' } },
    identityRef: { name: 'training-cloud-credentials', cloudName: 'openstack' },
    rootVolume: { sizeGiB: 40 },
  };
  await objects.create('OpenStackMachineTemplate', {
    metadata: { name, labels: clusterLabel },
    spec: { template: { spec } },
  });
}

const clusterLabel = { 'cluster.x-k8s.io/cluster-name': 'training' };

/** As each version refers to a machine template. */
function templateRef(version: CapiVersion, name: string): Loose {
  const group = kinds.OpenStackMachineTemplate[0];
  const kind = 'OpenStackMachineTemplate';
  return version === 'v1beta1'
    ? { apiVersion: `${group}/v1beta1`, kind, name }
    : { apiGroup: group, kind, name };
}

function deployment(version: CapiVersion, { name, replicas, bounds, annotations = {} }: GroupGiven): Loose {
  const labels = { ...clusterLabel, 'cluster.x-k8s.io/deployment-name': `training-${name}` };
  const size = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';
  const rollingUpdate = { maxSurge: 0, maxUnavailable: 1 };
  return {
    metadata: {
      name: `training-${name}`,
      labels: clusterLabel,
      annotations: {
        ...(bounds ? { [`${size}-min-size`]: `${bounds[0]}`, [`${size}-max-size`]: `${bounds[1]}` } : {}),
        ...annotations,
      },
    },
    spec: {
      clusterName: 'training',
      replicas,
      selector: { matchLabels: labels },
      ...(version === 'v1beta1'
        ? { strategy: { type: 'RollingUpdate', rollingUpdate } }
        : { rollout: { strategy: { type: 'RollingUpdate', rollingUpdate } } }),
      template: {
        metadata: { labels },
        spec: {
          clusterName: 'training',
          bootstrap: { dataSecretName: 'none' },
          infrastructureRef: templateRef(version, `training-${name}-0`),
          ...(version === 'v1beta1'
            ? { nodeDrainTimeout: '5m0s' }
            : { deletion: { nodeDrainTimeoutSeconds: 300 } }),
        },
      },
    },
  };
}

function controlPlane(version: CapiVersion): Loose {
  const infrastructureRef = templateRef(version, 'training-control-plane-0');
  return {
    metadata: { name: 'training-control-plane', labels: clusterLabel },
    spec: {
      replicas: 1,
      version: 'v1.36.3',
      ...(version === 'v1beta1'
        ? { kubeadmConfigSpec: {}, machineTemplate: { infrastructureRef } }
        : { machineTemplate: { spec: { infrastructureRef } } }),
    },
  };
}

/** Makes a Node as a machine of that flavour becomes one, whose kubelet is KWOK's. */
export async function createNode(
  config: KubeConfig,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const resources = { cpu: '8', memory: '32Gi', pods: '110' };
  await config.makeApiClient(CoreV1Api).createNode({
    body: {
      metadata: {
        name,
        labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
        annotations: {
          'cluster.x-k8s.io/cluster-name': 'training',
          'cluster.x-k8s.io/cluster-namespace': 'clusters',
        },
      },
      status: { allocatable: resources, capacity: resources },
    },
  });
}
