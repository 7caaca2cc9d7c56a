import type { Environment } from '../../../config/schema/environment.ts';
import { monitoringOf, stackRelease } from '../../../platform/kubernetes/monitoring/names.ts';
import { waysOf } from '../addresses/ways.ts';
import type { ServiceRef } from './actions.ts';
import { parseName } from './names.ts';
import type { BalancedService, ObservedBalancer } from './observed.ts';

/** What of the environment, or of what its cluster shares, a Service is the way into. */
export type Part = 'hub' | 'longhorn' | 'monitoring';

/** By its Helm release; undefined: it is somebody else's, and theirs to mend. */
export function partOf(
  { release }: Pick<BalancedService, 'release'>,
  environment: Environment,
): Part | undefined {
  const { kubernetes, longhorn } = environment;
  const is = (name: string, namespace: string | undefined): boolean =>
    release?.name === name && release.namespace === namespace;
  if (kubernetes !== undefined && is(kubernetes.release, kubernetes.namespace)) return 'hub';
  if (typeof longhorn === 'object' && is('longhorn', longhorn.namespace)) return 'longhorn';
  return is(stackRelease, monitoringOf(environment)?.namespace) ? 'monitoring' : undefined;
}

/** The environment's way in that a load balancer is named after, where the cluster cannot be asked; its name is no proof. */
export function namedWay(
  { name }: Pick<ObservedBalancer, 'name'>,
  environment: Environment,
): { readonly service: ServiceRef; readonly part: Part } | undefined {
  const meant = parseName(name);
  const cluster = environment.openstack?.clusterName;
  if (meant === undefined || (cluster !== undefined && cluster !== meant.cluster)) return undefined;
  const way = waysOf(environment).find(
    ({ namespace, service }) => namespace === meant.namespace && service === meant.name,
  );
  if (way === undefined) return undefined;
  const service = { namespace: way.namespace, name: way.service };
  return { service, part: way.name === 'grafana' ? 'monitoring' : way.name };
}

/** The floating IP that the file wants for a Service. */
export function addressInFile({ namespace, name }: ServiceRef, environment: Environment): string | undefined {
  return waysOf(environment).find((way) => way.namespace === namespace && way.service === name)?.floatingIp;
}

/** Every floating IP that the file names for the environment, whether it is used now or not. */
export function addressesInFile(environment: Environment): string[] {
  const { address, longhorn } = environment;
  return [
    address.floatingIp,
    typeof longhorn === 'object' ? longhorn.ui.floatingIp : undefined,
    monitoringOf(environment)?.grafana.floatingIp,
  ].filter((one) => one !== undefined);
}

/** Every address in the text of the file: of other environments too, also where one of them cannot be read. */
export function addressesInText(text: string): string[] {
  return text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
}
