import type { Environment } from '../../config/schema/environment.ts';
import type { ServiceRef } from '../kubernetes/balancers/actions.ts';
import { balancerSince, minutesSince } from '../kubernetes/balancers/limits.ts';
import { floatingIpOf } from '../kubernetes/balancers/mend.ts';
import type {
  BalancedService,
  BalancersObserved,
  ObservedBalancer,
} from '../kubernetes/balancers/observed.ts';
import type { Part } from '../kubernetes/balancers/parts.ts';
import { minutes } from '../minutes.ts';
import type { Finding, Harm } from './finding.ts';

/** What all findings about a Service of the environment have. */
export function about({
  service,
  part,
}: {
  readonly service: ServiceRef;
  readonly part: Part;
}): Pick<Finding, 'subject' | 'harm'> {
  return { subject: `Service ${service.namespace}/${service.name}`, harm: harmOf(part) };
}

/** Of a way in that does not lead in. */
function harmOf(part: Part): Harm {
  return part === 'hub' ? 'nobodyGetsIn' : 'someCannotWork';
}

/** What it does to people that nothing comes through. */
const closedBy: Readonly<Record<Part, string>> = {
  hub: 'Nobody gets in from outside. Servers that run go on, and keep what people have done.',
  longhorn: "Longhorn's page cannot be reached. Volumes work without it.",
  monitoring: 'Grafana cannot be reached. Prometheus goes on collecting.',
};

export function closed(part: Part): string {
  return closedBy[part];
}

export function serviceLine({ namespace, name, created, ingress, balancerId }: BalancedService): string {
  const address = ingress.length === 0 ? 'no address' : `address ${ingress.join(', ')}`;
  const id = balancerId === undefined ? 'no id of a load balancer' : `load balancer ${balancerId}`;
  return `Service ${namespace}/${name}, made ${created}: ${address}, ${id}`;
}

export function balancerLine(balancer: ObservedBalancer, now: string): string {
  const since = balancerSince(balancer);
  const age = minutes(minutesSince(since, now) * 60);
  return `load balancer ${balancer.id} (${balancer.name}): ${balancer.provisioning} since ${since} (${age}), VIP ${balancer.vip.address}`;
}

/** Where it leads from, if it does. */
export function floatingIpLine(balancer: ObservedBalancer, observed: BalancersObserved): string[] {
  const found = floatingIpOf(balancer, observed);
  return found === undefined ? [] : [`floating IP ${found.address} (${found.id}) leads to it`];
}

/** What the controller itself said last. */
export function warningLine({ warning }: BalancedService): string[] {
  return warning === undefined ? [] : [`the cloud controller says: ${warning}`];
}

/** `hubwright doctor training --only balancer-error --fix` */
export function fixCommand(id: string, { name }: Environment): string {
  return `\`hubwright doctor ${name} --only ${id} --fix\``;
}

export function describeCommand({ namespace, name }: Pick<BalancedService, 'namespace' | 'name'>): string {
  return `\`kubectl -n ${namespace} describe service ${name}\``;
}

export function showCommand(id: string, { openstack }: Environment): string {
  const cloud = openstack === undefined ? '' : ` --os-cloud ${openstack.cloud}`;
  return `\`openstack${cloud} loadbalancer status show ${id}\``;
}
