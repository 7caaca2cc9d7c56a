import { isMadeByController } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction, ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import { isRefusal } from '../../openstack/explain.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import type { FloatingIp } from '../../openstack/neutron.ts';
import { type Telling, seconds } from '../telling.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, balancerIdOf, serviceRef } from './known.ts';
import { forget, remembered } from './remembered.ts';
import { nudge } from './sync.ts';
import { waitFor } from '../wait-for.ts';

type Action = Extract<BalancerAction, { kind: 'restoreFloatingIp' }>;

/** How often somebody else may change it at the same moment: the controller does so too. */
const mostTries = 5;

/**
 * Has a floating IP lead to the load balancer of a Service, once there is one, and the Service know it.
 *
 * @throws UserError where it is used by something else, or the Service gets no load balancer.
 */
export async function restoreFloatingIp(
  { service, address }: Action,
  { context, report }: Telling,
): Promise<void> {
  const [api, cloud] = await Promise.all([context.api(), cloudOf(context)]);
  const kept = await remembered(context, service);
  const wanted = address ?? kept?.address;
  const vip = await vipOf(service, { context, report });
  if (wanted !== undefined) {
    await leadTo(cloud, wanted, vip);
    await nudge(api, service);
  }
  const left = await waitFor(
    async () => {
      const now = await api.get<Service>(serviceRef(service));
      const known = (now?.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => [ip, hostname]);
      const knows = wanted === undefined ? known.length > 0 : known.some((one) => one?.includes(wanted));
      return knows ? undefined : `the Service ${service.name} does not say its address yet`;
    },
    { seconds: seconds('controller', context), report },
  );
  if (left !== undefined) throw notThere(service, left);
  if (kept !== undefined) await forget(context, service);
}

/** Port of the load balancer, once it is ready. */
async function vipOf(service: ServiceRef, { context, report }: Telling): Promise<string> {
  const [api, cloud] = await Promise.all([context.api(), cloudOf(context)]);
  let vip = '';
  const left = await waitFor(
    async () => {
      const now = await api.get<Service>(serviceRef(service));
      const id = now && balancerIdOf(now);
      if (id === undefined) return `the Service ${service.name} has no load balancer yet`;
      const found = await cloud.loadBalancers.get(id);
      vip = found?.vip_port_id ?? '';
      return found?.provisioning_status === 'ACTIVE'
        ? undefined
        : `load balancer ${id} is ${found?.provisioning_status ?? 'not there'}`;
    },
    { seconds: seconds('balancer', context), report },
  );
  if (left !== undefined) throw notThere(service, left);
  return vip;
}

async function leadTo({ network }: OpenstackApi, address: string, vip: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const [wanted] = await network.floatingIps({ floating_ip_address: address });
    if (wanted === undefined) throw notInProject(address);
    if (wanted.port_id === vip) return;
    if (wanted.port_id !== null || (wanted.port_forwardings ?? []).length > 0) throw inUse(wanted);
    try {
      await replaceOn(network, wanted, vip);
      return;
    } catch (error) {
      if (!isRefusal(error, 'changed') || tries === mostTries) throw error;
    }
  }
}

/** Where the controller was faster and has made another one, that one goes. */
async function replaceOn(network: OpenstackApi['network'], wanted: FloatingIp, vip: string): Promise<void> {
  const others = await network.floatingIps({ port_id: vip });
  for (const other of others) {
    if (!isMadeByController(other)) throw inUse(other);
    await network.associate(other, null);
  }
  await network.associate(wanted, vip);
  for (const { id } of others) await network.deleteFloatingIp(id);
}

function inUse({ floating_ip_address: address, port_details, port_id }: FloatingIp): UserError {
  return new UserError({
    what: `Floating IP ${address} is used by something else, and was left there.`,
    where: port_details?.name || `port ${port_id}`,
    fix: 'Free it there, or name another one in hub.yaml. Then run the command again.',
  });
}

function notInProject(address: string): UserError {
  return new UserError({
    what: `The project has no floating IP ${address}.`,
    fix: '`openstack floating ip list` shows those that it has. Name one of them in hub.yaml.',
  });
}

function notThere({ namespace, name }: ServiceRef, left: string): UserError {
  return new UserError({
    what: `The Service ${name} has no load balancer with an address: ${left}.`,
    where: `namespace ${namespace}`,
    fix: `\`kubectl -n ${namespace} describe service ${name}\` shows the cloud controller's last words. Then run the command again: it continues.`,
  });
}
