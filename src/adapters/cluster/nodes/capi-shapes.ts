import type { Values } from '../../../config/values.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveMetadata } from '../../kubernetes/api.ts';
import type { Condition } from '../../kubernetes/shapes.ts';

/** Versions of Cluster API's own groups, newest first. Both are served from 1.11 on, and older ones serve v1beta1 alone. */
const versions = ['v1beta2', 'v1beta1'] as const;
type CapiVersion = (typeof versions)[number];

export const capiGroups = {
  cluster: 'cluster.x-k8s.io',
  controlPlane: 'controlplane.cluster.x-k8s.io',
} as const;

/** On machines: the MachineDeployment that they are of. */
export const deploymentName = 'cluster.x-k8s.io/deployment-name';

/** The newest version that the cluster serves of a kind; undefined: it does not know the kind. */
export async function servedVersion(
  api: KubernetesApi,
  group: string,
  kind: string,
): Promise<CapiVersion | undefined> {
  const served = await Promise.all(versions.map((version) => api.resource(`${group}/${version}`, kind)));
  return versions.find((_, index) => served[index] !== undefined);
}

/** A reference, as v1beta1 (`apiVersion`) and v1beta2 (`apiGroup`) write it. */
interface TemplateRef {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly apiVersion?: string;
  readonly apiGroup?: string;
}

interface Head {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata;
}

interface RollingUpdate {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

/** What stands on machines: beside each other in v1beta2, in different places of v1beta1. */
interface MachineSpec {
  readonly infrastructureRef?: TemplateRef;
  readonly taints?: readonly { readonly key?: string }[];
  readonly providerID?: string;
  readonly nodeDrainTimeout?: string;
  readonly deletion?: { readonly nodeDrainTimeoutSeconds?: number };
}

export interface GroupObject extends Head {
  readonly spec: {
    readonly paused?: boolean;
    readonly replicas?: number;
    readonly strategy?: { readonly rollingUpdate?: RollingUpdate };
    readonly rolloutStrategy?: { readonly rollingUpdate?: RollingUpdate };
    readonly rollout?: { readonly strategy?: { readonly rollingUpdate?: RollingUpdate } };
    readonly template?: { readonly spec?: MachineSpec };
    readonly machineTemplate?: MachineSpec & { readonly spec?: MachineSpec };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    /** v1beta1 */
    readonly updatedReplicas?: number;
    /** v1beta2 */
    readonly upToDateReplicas?: number;
  };
}

export interface MachineObject extends Head {
  readonly spec: MachineSpec;
  readonly status?: {
    readonly phase?: string;
    readonly nodeRef?: { readonly name?: string };
    readonly conditions?: readonly Condition[];
    readonly failureMessage?: string;
  };
}

/** OpenStackMachine, OpenStackServer and OpenStackMachineTemplate, as far as they are read. */
export interface InfraObject extends Head {
  readonly spec?: {
    readonly flavor?: string;
    readonly template?: { readonly spec?: { readonly flavor?: string; readonly ports?: readonly unknown[] } };
  };
  readonly status?: {
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly failureMessage?: string;
    /** Nova's word: `ACTIVE`, `ERROR`. */
    readonly instanceState?: string;
  };
}

/** The part of a group's spec that its machines are made from. */
export function machineSpecOf({ spec }: GroupObject): MachineSpec {
  const { template, machineTemplate } = spec;
  return template?.spec ?? machineTemplate?.spec ?? machineTemplate ?? {};
}

export function rollingUpdateOf({ spec }: GroupObject): RollingUpdate {
  const strategy = spec.rollout?.strategy ?? spec.strategy ?? spec.rolloutStrategy;
  return strategy?.rollingUpdate ?? {};
}

/** 0: as long as it takes. */
export function drainSecondsOf(spec: MachineSpec): number {
  return spec.deletion?.nodeDrainTimeoutSeconds ?? goSeconds(spec.nodeDrainTimeout ?? '');
}

const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** Seconds of a duration as Go writes it: `5m0s`. */
function goSeconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0);
}

/** Versions of the OpenStack provider's group, newest first: a v1beta2 reference names the group alone. */
const infraVersions = ['v1beta1', 'v1alpha7', 'v1alpha6'] as const;

/** Versions that a reference may be of. */
function versionsOf({ apiVersion, apiGroup = '' }: TemplateRef): string[] {
  return apiVersion === undefined ? infraVersions.map((version) => `${apiGroup}/${version}`) : [apiVersion];
}

/** All objects of a cluster that are of the kind of this reference. */
export async function siblings(
  api: KubernetesApi,
  reference: TemplateRef,
  scope: { readonly namespace: string; readonly labelSelector: string },
): Promise<InfraObject[]> {
  const { kind = '' } = reference;
  for (const apiVersion of versionsOf(reference)) {
    if ((await api.resource(apiVersion, kind)) !== undefined)
      return api.list<InfraObject>({ apiVersion, kind, ...scope });
  }
  return [];
}

/** The object behind a reference. */
export async function follow(
  api: KubernetesApi,
  reference: TemplateRef,
  namespace: string,
): Promise<{ readonly ref: ObjectRef; readonly object: InfraObject } | undefined> {
  const { kind = '', name = '' } = reference;
  for (const apiVersion of versionsOf(reference)) {
    const ref = { apiVersion, kind, name, namespace };
    const object = await api.get<InfraObject>(ref);
    if (object !== undefined) return { ref, object };
  }
  return undefined;
}

/** A part of Helm values that should be a map. */
export function mapOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}
