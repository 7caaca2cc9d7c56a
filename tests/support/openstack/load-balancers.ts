import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenstackApi } from '../../../src/adapters/openstack/connect.ts';
import type { LoadBalancer } from '../../../src/adapters/openstack/octavia.ts';

/** What is made with a load balancer, as the cloud's controller of a cluster makes it. */
export interface NewLoadBalancer {
  readonly name: string;
  readonly subnet: string;
  readonly tags?: readonly string[];
  readonly description?: string;
  /** A listener and a pool for each, with the members on the same port. */
  readonly ports?: readonly number[];
  readonly members?: readonly string[];
}

/** Asks for a load balancer, with all that belongs to it, in one request. */
export async function createLoadBalancer(
  api: OpenstackApi,
  { name, subnet, tags = [], description = '', ports = [], members = [] }: NewLoadBalancer,
): Promise<LoadBalancer> {
  const { body } = await api.session.call({
    service: 'load-balancer',
    method: 'POST',
    path: '/lbaas/loadbalancers',
    subject: `load balancer ${name}`,
    body: {
      loadbalancer: {
        name,
        vip_subnet_id: subnet,
        tags,
        description,
        listeners: ports.map((port, index) => ({
          name: `listener_${index}_${name}`,
          protocol: 'TCP',
          protocol_port: port,
          default_pool: {
            name: `pool_${index}_${name}`,
            protocol: 'TCP',
            lb_algorithm: 'ROUND_ROBIN',
            members: members.map((address) => ({ name: address, address, protocol_port: port })),
          },
        })),
      },
    },
  });
  return (body as { loadbalancer: LoadBalancer }).loadbalancer;
}

/** Waits until it has that status. @throws Error when it has another that lasts. */
export async function waitForStatus(
  api: OpenstackApi,
  id: string,
  wanted: LoadBalancer['provisioning_status'] | 'gone',
  seconds = 60,
): Promise<LoadBalancer | undefined> {
  for (const until = Date.now() + seconds * 1000; ; await sleep(200)) {
    const found = await api.loadBalancers.get(id);
    const status = found?.provisioning_status ?? 'gone';
    if (status === wanted) return found;
    if (Date.now() > until) throw new Error(`load balancer ${id} is ${status} after ${seconds} s`);
  }
}
