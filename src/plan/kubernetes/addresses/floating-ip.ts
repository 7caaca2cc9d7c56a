import { floatingIpOf } from '../balancers/mend.ts';
import type { BalancersInCloud, ObservedBalancer, ObservedFloatingIp } from '../balancers/observed.ts';
import type { Way } from './ways.ts';

/** Why the floating IP of the file cannot be put on the load balancer, and what to do about that. */
interface Hindrance {
  readonly what: string;
  readonly fix: string;
}

/**
 * Whether the floating IP of the file may lead to that load balancer: it is there, free or there already, and of a network
 * from which it can be reached. Neutron itself would take it away from whatever else has it.
 *
 * @param balancer undefined: there is none yet.
 */
export function hindranceOf(
  { floatingIp: address, key }: Way,
  balancer: ObservedBalancer | undefined,
  cloud: BalancersInCloud,
): Hindrance | undefined {
  if (address === undefined) return undefined;
  const wanted = cloud.floatingIps.find((one) => one.address === address);
  if (wanted === undefined) return notThere(address, key, cloud);
  if (wanted.forwardsPorts)
    return {
      what: `The floating IP ${address} forwards single ports, and so cannot lead to a load balancer.`,
      fix: `Take its port forwardings away (\`openstack floating ip port forwarding list ${address}\`), or write another one as \`${key}\`.`,
    };
  if (wanted.portId !== undefined && wanted.portId !== balancer?.vip.portId)
    return inUse(address, key, wanted, cloud);
  return otherNetwork(address, key, wanted, balancer && floatingIpOf(balancer, cloud), cloud);
}

function notThere(address: string, key: string, { project, floatingIps }: BalancersInCloud): Hindrance {
  const free = floatingIps.filter((one) => one.portId === undefined && !one.forwardsPorts);
  const choice = free.length === 0 ? 'none is free' : `free are ${free.map((one) => one.address).join(', ')}`;
  return {
    what: `Project ${project.name} has no floating IP ${address}.`,
    fix: `Correct \`${key}\` (${choice}; \`openstack floating ip create NETWORK\` makes one), or have who holds the address give it to the project.`,
  };
}

/** What it leads to now, as people know it. */
function holderOf({ portId, portName }: ObservedFloatingIp, cloud: BalancersInCloud): string {
  const balancer = cloud.loadBalancers.find(({ vip }) => vip.portId === portId);
  if (balancer !== undefined) return `load balancer ${balancer.name} (${balancer.id})`;
  const port = cloud.ports.find(({ id }) => id === portId);
  const device = port?.owner.startsWith('compute:') ? `server ${port.device}, ` : '';
  return `${device}port ${portName ?? ''}${portName === undefined ? '' : ' '}(${portId ?? ''})`;
}

function inUse(address: string, key: string, wanted: ObservedFloatingIp, cloud: BalancersInCloud): Hindrance {
  return {
    what: `The floating IP ${address} is in use: it leads to ${holderOf(wanted, cloud)}.`,
    fix: `Write another one as \`${key}\`; or, if nobody needs it there, \`openstack floating ip unset --port ${address}\`, and the command again.`,
  };
}

function otherNetwork(
  address: string,
  key: string,
  { networkId }: ObservedFloatingIp,
  now: ObservedFloatingIp | undefined,
  { reachedNetworks = [] }: BalancersInCloud,
): Hindrance | undefined {
  const reached = now === undefined ? reachedNetworks : [...reachedNetworks, now.networkId];
  // Routers of another project are not seen: then Neutron has the last word.
  if (reached.length === 0 || reached.includes(networkId)) return undefined;
  return {
    what: `The floating IP ${address} is of network ${networkId}, to which no router of the project leads.`,
    fix: `Write one of network ${[...new Set(reached)].join(' or ')} as \`${key}\`.`,
  };
}
