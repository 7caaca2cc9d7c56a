import type { ClusterObserved, ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { HelmClient } from '../helm/helm.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import { parseManifest } from '../kubernetes/release-data.ts';
import { waitReady } from '../kubernetes/wait.ts';
import { refOf } from './namespaced.ts';

const group = 'monitoring.coreos.com';
const release = 'monitoring';
/** The operator's own, which Helm does not know (prometheus-operator, pkg/kubelet/controller.go). */
const kubeletService: ObjectRef = {
  apiVersion: 'v1',
  kind: 'Service',
  name: `${release}-kube-prometheus-kubelet`,
  namespace: 'kube-system',
};
const ours = { 'app.kubernetes.io/managed-by': 'hubwright', 'hubwright/system': 'monitoring' };

interface Limits {
  readonly timeoutSeconds: number;
  readonly report: (text: string) => void;
}

/** Helm installs the kinds of a chart's folder `crds` once, and never a newer form of them. */
export async function applyKinds(
  api: KubernetesApi,
  helm: HelmClient,
  chart: string,
  limits: Limits,
): Promise<void> {
  const kinds = parseManifest(await helm.crds(chart));
  // Who else has set fields of them was Helm, or an earlier version of the same chart.
  await Promise.all(kinds.map((kind) => api.apply(kind, { force: true })));
  await waitReady(api, kinds.map(refOf), limits);
}

/** A stack of Hubwright's that the environment does not ask for, and the namespaces of those that do. */
export async function observeIdleStack(
  api: KubernetesApi,
  systems: readonly System[],
  namespace: string,
): Promise<ClusterObserved['idleStack']> {
  if (systems.some(({ id }) => id === 'monitoring')) return undefined;
  const [namespaces, monitors] = await Promise.all([
    api.listMetadata({ apiVersion: 'v1', kind: 'Namespace', labelSelector: selectorOf(ours) }),
    api.listMetadata({
      apiVersion: `${group}/v1`,
      kind: 'ServiceMonitor',
      labelSelector: selectorOf({ ...ours, 'hubwright/system': 'metrics' }),
    }),
  ]);
  const [stack] = namespaces;
  if (stack === undefined || stack.metadata.deletionTimestamp !== undefined) return undefined;
  const users = new Set(monitors.flatMap(({ metadata }) => metadata.namespace ?? []));
  users.delete(namespace);
  return { namespace: stack.metadata.name, users: [...users].toSorted() };
}

/** Takes the stack down with everything that came with it. Safe to repeat after being killed in the middle. */
export async function removeStack(
  api: KubernetesApi,
  helm: HelmClient,
  namespace: string,
  { timeoutSeconds, report }: Limits,
): Promise<void> {
  await helm.uninstall({ name: release, namespace }, { timeoutSeconds });
  await api.delete(kubeletService);
  await removeKinds(api, { timeoutSeconds, report });
  // Last, because by its label the rest is found again. Its volumes go with it.
  await api.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { waitSeconds: timeoutSeconds });
}

type Kind = LiveObject & {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string }[];
  };
  readonly metadata: { readonly managedFields?: readonly { readonly manager?: string }[] };
};

/** Those that we have applied and that nobody has an object of: another operator's stay. */
async function removeKinds(api: KubernetesApi, { timeoutSeconds, report }: Limits): Promise<void> {
  const all = await api.list<Kind>({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
  });
  const kinds = all.filter(
    ({ spec, metadata }) =>
      spec.group === group && metadata.managedFields?.some(({ manager }) => manager === 'hubwright'),
  );
  const used = await Promise.all(
    kinds.map(async ({ spec }) => {
      const apiVersion = `${group}/${spec.versions[0]?.name ?? 'v1'}`;
      return (await api.listMetadata({ apiVersion, kind: spec.names.kind })).length > 0;
    }),
  );
  if (used.some(Boolean)) {
    report('the kinds of the Prometheus operator stay: somebody else uses them');
    return;
  }
  await Promise.all(kinds.map((kind) => api.delete(refOf(kind), { waitSeconds: timeoutSeconds })));
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
