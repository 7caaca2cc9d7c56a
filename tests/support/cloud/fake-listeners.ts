import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Node, V1Service, V1ServicePort } from '@kubernetes/client-node';
import { balancerName } from '../../../src/plan/kubernetes/balancers/names.ts';
import type { OpenstackApi } from '../../../src/adapters/openstack/connect.ts';
import type { Listener, LoadBalancer, Pool } from '../../../src/adapters/openstack/octavia.ts';

/** Which cluster's load balancers, and where in the cloud. */
export interface Site {
  readonly api: OpenstackApi;
  readonly clusterName: string;
  /** Of VIPs and members. */
  readonly subnet: string;
  /** Where floating IPs come from; undefined: load balancers get none (`LoadBalancerForcedInternal`). */
  readonly floatingNetwork: string | undefined;
}

const key = 'loadbalancer.openstack.org';
export const idAnnotation = `${key}/load-balancer-id`;
export const addressAnnotation = `${key}/load-balancer-address`;

export function annotation({ metadata }: V1Service, name: string): string | undefined {
  return metadata?.annotations?.[`${key}/${name}`] || undefined;
}

export const nameOf = (site: Site, { metadata }: V1Service): string =>
  balancerName(site.clusterName, { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' });

export function listenerOf(service: V1Service, port: V1ServicePort, name: string, tag: string): object {
  const milliseconds = (setting: string): number => Number(annotation(service, setting) ?? 50_000);
  return {
    name,
    protocol: port.protocol ?? 'TCP',
    protocol_port: port.port,
    tags: [tag],
    timeout_client_data: milliseconds('timeout-client-data'),
    timeout_member_data: milliseconds('timeout-member-data'),
  };
}

export const poolOf = (name: string): object => ({ name, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' });

interface MemberOptions {
  readonly name: string;
  readonly address: string;
  readonly protocol_port: number;
  readonly subnet_id: string;
}

export function membersOf(site: Site, port: V1ServicePort, nodes: readonly V1Node[]): MemberOptions[] {
  return nodes.flatMap(({ metadata, status }) => {
    const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address === undefined || !port.nodePort) return [];
    const name = metadata?.name ?? '';
    return [{ name, address, protocol_port: port.nodePort, subnet_id: site.subnet }];
  });
}

export async function ensureListeners(
  site: Site,
  balancer: LoadBalancer,
  service: V1Service,
  nodes: readonly V1Node[],
  isOwner: boolean,
): Promise<void> {
  const name = nameOf(site, service);
  const there = await site.api.loadBalancers.listeners(balancer.id);
  const isOurs = ({ tags }: Listener): boolean => tags.includes(name) || (tags.length === 0 && isOwner);
  const ports = service.spec?.ports ?? [];
  for (const [index, port] of ports.entries()) {
    const now = there.find(({ protocol_port }) => protocol_port === port.port);
    if (now !== undefined && !isOurs(now)) throw new Error(`the listener port ${port.port} already exists`);
    const wanted = listenerOf(service, port, `listener_${index}_${name}`, name);
    const listener = await ensureListener(site, balancer, now, wanted);
    await ensurePool(site, balancer, listener, { port, nodes, name: `pool_${index}_${name}` });
  }
  const gone = there.filter((one) => isOurs(one) && !ports.some(({ port }) => port === one.protocol_port));
  await deleteListeners(site, balancer.id, gone);
}

async function ensureListener(
  site: Site,
  { id }: LoadBalancer,
  now: Listener | undefined,
  wanted: object,
): Promise<Listener> {
  if (now === undefined) {
    const body = { listener: { ...wanted, loadbalancer_id: id } };
    return (await change<{ listener: Listener }>(site, 'POST', 'listeners', id, body)).listener;
  }
  const { timeout_client_data, timeout_member_data, tags } = wanted as Listener;
  const differs =
    now.timeout_client_data !== timeout_client_data ||
    now.timeout_member_data !== timeout_member_data ||
    !tags.every((tag) => now.tags.includes(tag));
  const body = { listener: { timeout_client_data, timeout_member_data, tags } };
  if (differs) await change(site, 'PUT', `listeners/${now.id}`, id, body);
  return now;
}

export async function ensurePool(
  site: Site,
  { id }: LoadBalancer,
  listener: Listener,
  {
    port,
    nodes,
    name,
  }: { readonly port: V1ServicePort; readonly nodes: readonly V1Node[]; readonly name: string },
): Promise<void> {
  const pools = await site.api.loadBalancers.pools(id);
  const wanted = { pool: { ...poolOf(name), listener_id: listener.id } };
  const pool =
    pools.find((one) => one.listeners.some((each) => each.id === listener.id)) ??
    (await change<{ readonly pool: Pool }>(site, 'POST', 'pools', id, wanted)).pool;
  const now = await site.api.loadBalancers.members(pool.id);
  const members = membersOf(site, port, nodes);
  const words = (all: readonly Omit<MemberOptions, 'subnet_id'>[]): string =>
    all
      .map((one) => `${one.name}-${one.address}-${one.protocol_port}`)
      .toSorted()
      .join();
  if (words(now) !== words(members)) await change(site, 'PUT', `pools/${pool.id}/members`, id, { members });
}

export async function deleteListeners(site: Site, id: string, listeners: readonly Listener[]): Promise<void> {
  for (const listener of listeners) {
    if (listener.default_pool_id !== null)
      await change(site, 'DELETE', `pools/${listener.default_pool_id}`, id);
    await change(site, 'DELETE', `listeners/${listener.id}`, id);
  }
}

/** Changes something of a load balancer, and waits until it may be changed again. */
export async function change<Answer>(
  site: Site,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  id: string,
  body?: object,
): Promise<Answer> {
  const call = { service: 'load-balancer', method, path: `/lbaas/${path}`, subject: path } as const;
  const answer = await site.api.session.call({ ...call, ...(body === undefined ? {} : { body }) });
  await waitActive(site, id);
  return answer.body as Answer;
}

/** Waits as long as it is PENDING; a tenth of what the controller does. */
export async function waitActive({ api }: Site, id: string): Promise<LoadBalancer> {
  for (let times = 0; ; times++) {
    const now = await api.loadBalancers.get(id);
    if (now === undefined) throw new Error(`loadbalancer ${id} not found`);
    if (!now.provisioning_status.startsWith('PENDING')) return now;
    if (times > 130) throw new Error(`timeout waiting for the loadbalancer ${id} ACTIVE`);
    await sleep(200);
  }
}
