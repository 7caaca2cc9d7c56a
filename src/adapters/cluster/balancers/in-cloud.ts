import { UserError } from '../../../errors.ts';
import type {
  BalancersInCloud,
  ObservedBalancer,
  ObservedFloatingIp,
  ObservedListener,
  ObservedPort,
} from '../../../plan/kubernetes/balancers/observed.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import type { FloatingIp, Port } from '../../openstack/neutron.ts';
import type { LoadBalancer } from '../../openstack/octavia.ts';
import type { ClusterContext } from '../context.ts';
import { balancerOfPort } from './balancer-ports.ts';

/**
 * The project's load balancers, its floating IPs, and the ports of load balancers.
 *
 * @param inFull which load balancers are read with their listeners and members.
 * @throws UserError where the file names no cloud.
 */
export async function balancersInCloud(
  context: Pick<ClusterContext, 'cloud' | 'environment'>,
  inFull: (balancer: ObservedBalancer) => boolean,
): Promise<BalancersInCloud> {
  const cloud = await cloudOf(context);
  const { project } = await cloud.whoAmI();
  const [loadBalancers, floatingIps, ports, routers] = await Promise.all([
    observeBalancers(cloud, inFull),
    cloud.network.floatingIps(),
    // Of the machines behind load balancers Octavia has ports in our network that are not the project's.
    cloud.network.ports({ project_id: project?.id }),
    cloud.network.routers(),
  ]);
  const made = ports.map(observedPort).filter(({ balancerId }) => balancerId !== undefined);
  const known = new Set(made.map(({ id }) => id));
  return {
    project: { id: project?.id ?? '', name: project?.name ?? '' },
    loadBalancers,
    floatingIps: floatingIps.map(observedFloatingIp),
    ports: [...made, ...floatingIps.flatMap(portOf).filter(({ id }) => !known.has(id))],
    reachedNetworks: routers.flatMap((router) => router.external_gateway_info?.network_id ?? []),
  };
}

/** @throws UserError where the file names none. */
export async function cloudOf({
  cloud,
  environment,
}: Pick<ClusterContext, 'cloud' | 'environment'>): Promise<OpenstackApi> {
  if (cloud !== undefined) return cloud();
  throw new UserError({
    what: `The file does not say in which cloud ${environment.name} is.`,
    fix: 'Write `openstack: { cloud: NAME }` into it, the name of an entry of clouds.yaml.',
    exitCode: 2,
  });
}

async function observeBalancers(
  cloud: OpenstackApi,
  inFull: (balancer: ObservedBalancer) => boolean,
): Promise<ObservedBalancer[]> {
  const all = await cloud.loadBalancers.list();
  return Promise.all(
    all.map(async (one) => {
      const balancer = observedBalancer(one);
      return inFull(balancer) ? { ...balancer, listeners: await observedListeners(cloud, one.id) } : balancer;
    }),
  );
}

/** With its listeners and members; undefined: it is not there. */
export async function balancerInFull(cloud: OpenstackApi, id: string): Promise<ObservedBalancer | undefined> {
  const [found, listeners] = await Promise.all([cloud.loadBalancers.get(id), observedListeners(cloud, id)]);
  return found && { ...observedBalancer(found), listeners };
}

function observedBalancer(balancer: LoadBalancer): ObservedBalancer {
  const { id, name, provisioning_status, tags, created_at, updated_at } = balancer;
  const { vip_address: address, vip_port_id: portId, vip_network_id: networkId } = balancer;
  return {
    id,
    name,
    provisioning: provisioning_status,
    tags,
    created: withZone(created_at),
    updated: updated_at === null ? undefined : withZone(updated_at),
    vip: { address, portId, networkId },
    listeners: undefined,
  };
}

/** Octavia's times are UTC, and do not say so. */
function withZone(time: string): string {
  return /(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
}

/** undefined: it is gone since the list was read. */
async function observedListeners(cloud: OpenstackApi, id: string): Promise<ObservedListener[] | undefined> {
  const [tree, listeners] = await Promise.all([
    cloud.loadBalancers.statusTree(id),
    cloud.loadBalancers.listeners(id),
  ]);
  return tree?.listeners.flatMap((branch) => {
    const listener = listeners.find((one) => one.id === branch.id);
    if (listener === undefined) return [];
    const members = branch.pools.flatMap((pool) => pool.members);
    return [
      {
        port: listener.protocol_port,
        clientTimeout: listener.timeout_client_data ?? undefined,
        memberTimeout: listener.timeout_member_data ?? undefined,
        members: members.map(({ name, address, protocol_port }) => ({ name, address, port: protocol_port })),
      },
    ];
  });
}

function observedFloatingIp(fip: FloatingIp): ObservedFloatingIp {
  const details = fip.port_details;
  return {
    id: fip.id,
    address: fip.floating_ip_address,
    description: fip.description,
    networkId: fip.floating_network_id,
    portId: fip.port_id ?? undefined,
    portName: details === null ? undefined : details.name || details.device_owner || undefined,
    forwardsPorts: (fip.port_forwardings ?? []).length > 0,
    revision: fip.revision_number,
  };
}

function observedPort(port: Port): ObservedPort {
  const { id, name, device_owner: owner, device_id: device, fixed_ips } = port;
  const addresses = fixed_ips.map(({ ip_address }) => ip_address);
  return { id, name, owner, device, balancerId: balancerOfPort(port), addresses };
}

/** What a floating IP itself tells of its port. */
function portOf({ port_id, port_details, fixed_ip_address }: FloatingIp): ObservedPort[] {
  if (port_id === null || port_details === null) return [];
  const { name, device_owner: owner, device_id: device } = port_details;
  const addresses = fixed_ip_address === null ? [] : [fixed_ip_address];
  return [{ id: port_id, name, owner, device, balancerId: balancerOfPort(port_details), addresses }];
}
