import type { DnsAnswer } from '../../../ports.ts';
import { hindranceOf } from './floating-ip.ts';
import type { AddressesObserved, SeenWay } from './seen.ts';
import { attachCommand, isAddress } from './ways.ts';

/** Where in a way in something is not as it should be: the parts of its line. */
export type Place = 'service' | 'balancer' | 'floatingIp' | 'dns';

export interface Disagreement {
  readonly at: Place;
  /** A whole sentence. */
  readonly what: string;
  /** What to do: a sentence, with a command where one does it. */
  readonly fix: string;
}

interface Judged {
  readonly seen: SeenWay;
  readonly observed: AddressesObserved;
  /** Name of the environment, for commands. */
  readonly environment: string;
}

/** What disagrees in one way in, from the cluster outwards. */
export function disagreementsOf(judged: Judged): Disagreement[] {
  const ofService = serviceDisagreement(judged);
  if (ofService !== undefined) return [ofService, ...dnsDisagreements(judged.seen)];
  return [
    ...balancerDisagreement(judged),
    ...floatingIpDisagreement(judged),
    ...statusDisagreement(judged),
    ...dnsDisagreements(judged.seen),
  ];
}

/** The address that leads in: of what is there, else of the file. */
function addressOf({ floatingIp, service, way }: SeenWay): string | undefined {
  return way.floatingIp ?? floatingIp?.address ?? service?.ingress[0];
}

function serviceDisagreement({ seen, environment }: Judged): Disagreement | undefined {
  const { service, way } = seen;
  const title = `Service ${way.namespace}/${way.service}`;
  // One of another type, of which the controller has nothing to clean up, was not looked at.
  const fix = `\`hubwright deploy ${environment}\``;
  if (service === undefined)
    return { at: 'service', what: `There is no ${title} of type LoadBalancer.`, fix };
  if (service.deleted !== undefined)
    return {
      at: 'service',
      what: `${title} is being deleted since ${service.deleted}: the cloud controller has not let go of it.`,
      fix: `\`hubwright doctor ${environment}\` says what holds it up.`,
    };
  if (service.type !== 'LoadBalancer')
    return { at: 'service', what: `${title} is of type ${service.type}: nothing leads to it.`, fix };
  return undefined;
}

function balancerDisagreement({ seen, observed, environment }: Judged): Disagreement[] {
  const { service, balancer } = seen;
  const doctor = `\`hubwright doctor ${environment} --fix\``;
  if (observed.cloud === undefined || service === undefined) return [];
  if (balancer !== undefined) {
    if (balancer.provisioning === 'ACTIVE') return [];
    const since = balancer.updated ?? balancer.created;
    const what = `The load balancer ${balancer.id} is ${balancer.provisioning} since ${since}.`;
    return [{ at: 'balancer', what, fix: doctor }];
  }
  if (service.balancerId !== undefined) {
    const what = `The Service says that its load balancer is ${service.balancerId}, and the project has none with that id.`;
    return [{ at: 'balancer', what, fix: doctor }];
  }
  const why = service.warning === undefined ? '' : ` The cloud controller says: ${service.warning}`;
  const what = `${service.name} has no load balancer yet.${controllerWords(observed)}${why}`;
  return [{ at: 'balancer', what, fix: `Wait a minute or two; then \`hubwright doctor ${environment}\`.` }];
}

function controllerWords({ cluster: { controller } }: AddressesObserved): string {
  if (controller === undefined) return ' No cloud controller manager is to be seen in the cluster.';
  return controller.readyPods === 0 ? ` The cloud controller (${controller.ref.name}) does not run.` : '';
}

function floatingIpDisagreement({ seen, observed, environment }: Judged): Disagreement[] {
  const { way, floatingIp, balancer } = seen;
  const wanted = way.floatingIp;
  if (observed.cloud === undefined || wanted === undefined || floatingIp?.address === wanted) return [];
  const now = floatingIp === undefined ? 'has no floating IP' : `has ${floatingIp.address}`;
  const stated = `The file says ${wanted} (\`${way.key}\`), and the load balancer ${now}.`;
  const hindrance = hindranceOf(way, balancer, observed.cloud);
  if (hindrance !== undefined)
    return [{ at: 'floatingIp', what: `${stated} ${hindrance.what}`, fix: hindrance.fix }];
  if (balancer === undefined) return [];
  const service = way.name === 'hub' ? '' : ` --service ${way.name}`;
  return [{ at: 'floatingIp', what: stated, fix: `\`hubwright addresses ${environment} attach${service}\`` }];
}

/** Its status is as old as the controller's last look at it. */
function statusDisagreement({ seen, observed, environment }: Judged): Disagreement[] {
  const { way, service, floatingIp, balancer } = seen;
  const [shown] = service?.ingress ?? [];
  if (observed.cloud === undefined) return withoutCloud({ seen, observed, environment });
  const real = floatingIp?.address ?? balancer?.vip.address;
  if (shown === undefined || real === undefined || !isAddress(shown) || shown === real) return [];
  // It will be looked at again when the floating IP is put right.
  if (way.floatingIp !== undefined && floatingIp?.address !== way.floatingIp) return [];
  const what = `The Service says ${shown}, and the load balancer has ${real}.`;
  const fix = `\`${attachCommand(environment, way)}\` has the controller look again.`;
  return [{ at: 'service', what, fix }];
}

/** What can be told by the Service alone. */
function withoutCloud({ seen: { way, service }, observed, environment }: Judged): Disagreement[] {
  const [shown] = service?.ingress ?? [];
  if (shown === undefined) {
    const what = `${way.service} has no address yet.${controllerWords(observed)}`;
    return [{ at: 'service', what, fix: `Wait a minute or two; then \`hubwright doctor ${environment}\`.` }];
  }
  if (way.floatingIp === undefined || shown === way.floatingIp || !isAddress(shown)) return [];
  const what = `The file says ${way.floatingIp} (\`${way.key}\`), and the Service has ${shown}.`;
  const fix = `With access to the cloud (\`openstack\` in the file), \`${attachCommand(environment, way)}\` puts it right.`;
  return [{ at: 'service', what, fix }];
}

/** What resolvers say that does not lead to the address of the file, or else to that which is there. */
export function dnsDisagreements(seen: SeenWay): Disagreement[] {
  const { way, dns } = seen;
  const address = addressOf(seen);
  if (way.domain === undefined || address === undefined || !isAddress(address)) return [];
  const domain = way.domain;
  return dns.flatMap((answer) => dnsDisagreement(answer, domain, address));
}

function dnsDisagreement(
  { resolver, a, aaaa, failures }: DnsAnswer,
  domain: string,
  address: string,
): Disagreement[] {
  const found: Disagreement[] = [];
  const fix = `Have the A record of ${domain} be ${address}, at who keeps its zone; others see it once the old one has expired.`;
  // What could not be asked is told as such.
  if (!failures.some((failure) => failure.startsWith('A:'))) {
    if (a.length === 0) {
      const what = `${resolver} knows no address of ${domain}.`;
      found.push({ at: 'dns', what, fix });
    } else if (a.some((one) => one !== address)) {
      const what = `By ${resolver}, ${domain} leads to ${a.join(', ')}, and the hub is at ${address}.`;
      found.push({ at: 'dns', what, fix });
    }
  }
  if (aaaa.length > 0) {
    const what = `By ${resolver}, ${domain} has the IPv6 address ${aaaa.join(', ')}, which does not lead to the load balancer; browsers and Let's Encrypt try it first.`;
    found.push({ at: 'dns', what, fix: `Remove the AAAA record of ${domain}.` });
  }
  return found;
}
