import { cleanUpFinalizer } from '../../../config/cloud-controller.ts';
import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { BalancedService } from '../../../plan/kubernetes/balancers/observed.ts';
import { timeOf } from '../../kubernetes/age.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { KubernetesEvent } from '../../kubernetes/shapes.ts';
import { type Service, balancerIdOf, serviceRef } from './known.ts';

/** Services of type LoadBalancer, and those that still have something of one. */
export async function balancedServices(api: KubernetesApi): Promise<BalancedService[]> {
  const [services, warnings] = await Promise.all([
    api.list<Service>({ apiVersion: 'v1', kind: 'Service' }),
    warningsOf(api),
  ]);
  return services
    .filter(concernsController)
    .map((service) => observedService(service, warnings.get(service.metadata.uid)));
}

/** As it is now, without what its events say. */
export async function balancedService(
  api: KubernetesApi,
  ref: ServiceRef,
): Promise<BalancedService | undefined> {
  const service = await api.get<Service>(serviceRef(ref));
  return service && observedService(service, undefined);
}

/** One with a class is another controller's business. */
function concernsController({ metadata, spec }: Service): boolean {
  if (spec?.loadBalancerClass !== undefined) return false;
  return (
    spec?.type === 'LoadBalancer' ||
    balancerIdOf({ metadata }) !== undefined ||
    metadata.finalizers?.includes(cleanUpFinalizer) === true
  );
}

function observedService(
  { metadata, spec = {}, status }: Service,
  warning: string | undefined,
): BalancedService {
  const { annotations: notes = {} } = metadata;
  const name = notes['meta.helm.sh/release-name'];
  const namespace = metadata.namespace ?? '';
  return {
    namespace,
    name: metadata.name,
    uid: metadata.uid,
    type: spec.type === 'LoadBalancer' || spec.type === 'NodePort' ? spec.type : 'ClusterIP',
    created: metadata.creationTimestamp,
    deleted: metadata.deletionTimestamp,
    finalizers: metadata.finalizers ?? [],
    annotations: notes,
    balancerId: balancerIdOf({ metadata }),
    wantedIp: spec.loadBalancerIP || undefined,
    ports: (spec.ports ?? []).map(({ port, nodePort }) => ({ port, nodePort })),
    ingress: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => hostname ?? ip ?? []),
    release:
      name === undefined
        ? undefined
        : { name, namespace: notes['meta.helm.sh/release-namespace'] ?? namespace },
    warning,
  };
}

type ServiceEvent = KubernetesEvent & { readonly involvedObject?: { readonly uid?: string } };

/** What the newest warning of each says, by its uid. */
async function warningsOf(api: KubernetesApi): Promise<ReadonlyMap<string, string>> {
  const events = await api.list<ServiceEvent>({
    apiVersion: 'v1',
    kind: 'Event',
    fieldSelector: 'involvedObject.kind=Service,type=Warning',
  });
  const byAge = events.toSorted((a, b) => timeOf(a) - timeOf(b));
  return new Map(byAge.map(({ involvedObject, message = '' }) => [involvedObject?.uid ?? '', message]));
}
