import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Node, V1Service } from '@kubernetes/client-node';
import { isMadeByController, namePrefix } from '../../../src/config/cloud-controller.ts';
import { floatingIpDescription, oldName } from '../../../src/plan/kubernetes/balancers/names.ts';
import type { LoadBalancer } from '../../../src/adapters/openstack/octavia.ts';
import {
  type Site,
  addressAnnotation,
  annotation,
  change,
  deleteListeners,
  ensureListeners,
  ensurePool,
  idAnnotation,
  listenerOf,
  membersOf,
  nameOf,
  poolOf,
  waitActive,
} from './fake-listeners.ts';

/**
 * What cloud-provider-openstack does with Octavia and Neutron (`pkg/openstack/loadbalancer.go`), its messages word for
 * word: `ensureOctaviaLoadBalancer`, `updateOctaviaLoadBalancer` and `ensureLoadBalancerDeleted`.
 *
 * @param note gets annotations for the Service, also where it fails.
 * @returns the address.
 */
export async function ensureBalancer(
  site: Site,
  service: V1Service,
  nodes: readonly V1Node[],
  note: (annotations: Record<string, string>) => void,
): Promise<string> {
  const name = nameOf(site, service);
  const { balancer, isNew, isOwner } = await findOrCreate(site, service, nodes);
  note({ [idAnnotation]: balancer.id });
  refuseUnlessActive(balancer);
  if (!isNew) await ensureListeners(site, balancer, service, nodes, isOwner);
  const address = await ensureFloatingIp(site, balancer, service, isOwner);
  note({ [addressAnnotation]: address });
  if (!balancer.tags.includes(name))
    await changeBalancer(site, balancer.id, { tags: [...balancer.tags, name] });
  return address;
}

/** What it does when nodes come and go. */
export async function updateMembers(site: Site, service: V1Service, nodes: readonly V1Node[]): Promise<void> {
  const balancer = await find(site, service);
  if (balancer === undefined) throw new Error('resource not found');
  refuseUnlessActive(balancer);
  const listeners = await site.api.loadBalancers.listeners(balancer.id);
  for (const [index, port] of (service.spec?.ports ?? []).entries()) {
    const listener = listeners.find(({ protocol_port }) => protocol_port === port.port);
    if (listener === undefined)
      throw new Error(
        `loadbalancer ${balancer.id} does not contain required listener for port ${port.port} and protocol ${port.protocol}`,
      );
    await ensurePool(site, balancer, listener, { port, nodes, name: `pool_${index}_${balancer.name}` });
  }
}

/** By its id, where the Service has one, else by name. undefined: there is none. @throws Error where there are several. */
export async function find(site: Site, service: V1Service): Promise<LoadBalancer | undefined> {
  const id = annotation(service, 'load-balancer-id');
  if (id !== undefined) return site.api.loadBalancers.get(id);
  const byName = await site.api.loadBalancers.list({ name: nameOf(site, service) });
  const uid = service.metadata?.uid ?? '';
  const found = byName.length > 0 ? byName : await site.api.loadBalancers.list({ name: oldName({ uid }) });
  const valid = found.filter((one) => one.provisioning_status !== 'PENDING_DELETE');
  if (valid.length > 1) throw new Error('multiple results where only one expected');
  return valid[0];
}

/** @throws Error where its state allows it not. */
export async function deleteBalancer(site: Site, service: V1Service): Promise<void> {
  const balancer = await find(site, service);
  if (balancer === undefined) return;
  const { id, tags, provisioning_status: status } = balancer;
  const name = nameOf(site, service);
  if (status !== 'ACTIVE' && status !== 'ERROR')
    throw new Error(`load balancer ${id} is in immutable status, current provisioning status: ${status}`);
  const isShared = tags.some((tag) => tag !== name && tag.startsWith(namePrefix));
  if (isShared || !balancer.name.startsWith(namePrefix)) {
    await leaveBalancer(site, balancer, name);
    return;
  }
  if (annotation(service, 'keep-floatingip') !== 'true') await deleteOwnFloatingIp(site, balancer);
  await deleteWhole(site, id);
}

async function findOrCreate(
  site: Site,
  service: V1Service,
  nodes: readonly V1Node[],
): Promise<{ readonly balancer: LoadBalancer; readonly isNew: boolean; readonly isOwner: boolean }> {
  const name = nameOf(site, service);
  const id = annotation(service, 'load-balancer-id');
  const found = await find(site, service);
  if (id !== undefined) {
    if (found === undefined) throw new Error(`failed to get load balancer ${id}: resource not found`);
    const balancer = await withOurName(site, found, name);
    return { balancer, isNew: false, isOwner: balancer.name === name };
  }
  const balancer = found ?? (await createBalancer(site, service, nodes));
  return { balancer, isNew: found === undefined, isOwner: true };
}

/** A cluster that was renamed renames its load balancer, with all that has its name (`loadbalancer_rename.go`). */
async function withOurName(site: Site, balancer: LoadBalancer, name: string): Promise<LoadBalancer> {
  const [, cluster] = /^kube_service_(.+?)_[^_]+(?:_[^_]+)?$/.exec(balancer.name) ?? [];
  if (cluster === undefined || cluster === site.clusterName) return balancer;
  const renamed = (text: string): string => text.replace(`_${cluster}_`, `_${site.clusterName}_`);
  for (const listener of await site.api.loadBalancers.listeners(balancer.id)) {
    const body = { listener: { name: renamed(listener.name), tags: listener.tags.map(renamed) } };
    await change(site, 'PUT', `listeners/${listener.id}`, balancer.id, body);
  }
  return changeBalancer(site, balancer.id, { name, tags: balancer.tags.map(renamed) });
}

async function createBalancer(
  site: Site,
  service: V1Service,
  nodes: readonly V1Node[],
): Promise<LoadBalancer> {
  const name = nameOf(site, service);
  const { namespace, name: serviceName } = service.metadata ?? {};
  const answer = await site.api.session.call({
    service: 'load-balancer',
    method: 'POST',
    path: '/lbaas/loadbalancers',
    subject: `load balancer ${name}`,
    body: {
      loadbalancer: {
        name,
        description: `Kubernetes external service ${namespace}/${serviceName} from cluster ${site.clusterName}`,
        tags: [name],
        vip_subnet_id: site.subnet,
        listeners: (service.spec?.ports ?? []).map((port, index) => ({
          ...listenerOf(service, port, `listener_${index}_${name}`, name),
          default_pool: { ...poolOf(`pool_${index}_${name}`), members: membersOf(site, port, nodes) },
        })),
      },
    },
  });
  const { id } = (answer.body as { loadbalancer: LoadBalancer }).loadbalancer;
  const made = await waitActive(site, id);
  if (made.provisioning_status !== 'ERROR') return made;
  await deleteWhole(site, id);
  throw new Error(
    `loadbalancer ${id} has gone into ERROR state, please check Octavia for details. Load balancer was deleted and its creation will be retried`,
  );
}

/** One that leads to the VIP already counts; then that which the Service asks for; then a new one. */
async function ensureFloatingIp(
  site: Site,
  { id, vip_port_id: port, vip_address }: LoadBalancer,
  service: V1Service,
  isOwner: boolean,
): Promise<string> {
  const { network } = site.api;
  const [now] = await network.floatingIps({ port_id: port });
  if (now !== undefined) return now.floating_ip_address;
  const { namespace = '', name = '' } = service.metadata ?? {};
  if (!isOwner)
    throw new Error(
      `cannot attach a floating IP to a load balancer for a shared Service ${namespace}/${name}, only owner Service can do that`,
    );
  const wanted = service.spec?.loadBalancerIP;
  const [known] = wanted ? await network.floatingIps({ floating_ip_address: wanted }) : [];
  if (known !== undefined) {
    if (known.port_id !== null) throw new Error(`floating IP ${wanted} is not available`);
    return (await network.associate(known, port)).floating_ip_address;
  }
  if (site.floatingNetwork === undefined) return vip_address;
  const made = await network
    .createFloatingIp({
      floating_network_id: site.floatingNetwork,
      port_id: port,
      description: floatingIpDescription(site.clusterName, { namespace, name }),
      ...(wanted ? { floating_ip_address: wanted } : {}),
    })
    .catch((error: unknown) => {
      throw new Error(`error creating LB floatingip for load balancer ${id}: ${String(error)}`);
    });
  return made.floating_ip_address;
}

/** Its own listeners and its tag; an empty tag where there would be none. */
async function leaveBalancer(site: Site, { id, tags }: LoadBalancer, name: string): Promise<void> {
  const listeners = await site.api.loadBalancers.listeners(id);
  await deleteListeners(
    site,
    id,
    listeners.filter((one) => one.tags.includes(name)),
  );
  if (!tags.includes(name)) return;
  const others = tags.filter((tag) => tag !== name);
  await changeBalancer(site, id, { tags: others.length === 0 ? [''] : others });
}

async function deleteOwnFloatingIp(site: Site, { vip_port_id }: LoadBalancer): Promise<void> {
  const [fip] = await site.api.network.floatingIps({ port_id: vip_port_id });
  if (fip !== undefined && isMadeByController(fip)) await site.api.network.deleteFloatingIp(fip.id);
}

async function deleteWhole({ api }: Site, id: string): Promise<void> {
  await api.loadBalancers.delete(id);
  for (let times = 0; (await api.loadBalancers.get(id)) !== undefined; times++) {
    if (times > 100) throw new Error(`loadbalancer failed to delete within the allotted time`);
    await sleep(200);
  }
}

async function changeBalancer(
  site: Site,
  id: string,
  loadbalancer: Partial<LoadBalancer>,
): Promise<LoadBalancer> {
  await change(site, 'PUT', `loadbalancers/${id}`, id, { loadbalancer });
  return waitActive(site, id);
}

function refuseUnlessActive({ id, provisioning_status: status }: LoadBalancer): void {
  if (status !== 'ACTIVE')
    throw new Error(`load balancer ${id} is not ACTIVE, current provisioning status: ${status}`);
}
