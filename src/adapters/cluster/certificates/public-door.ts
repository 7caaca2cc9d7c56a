import type {
  AcmeObserved,
  DoorAnswer,
  PublicService,
} from '../../../plan/kubernetes/certificates/observed.ts';
import { UserError } from '../../../errors.ts';
import { type Service, balancerIdOf, serviceRef } from '../balancers/known.ts';
import type { ClusterContext } from '../context.ts';
import { askPort443 } from './port443.ts';

type Balancer = AcmeObserved['balancer'];

/** The Service by which people come in, and what the cloud says of its load balancer. */
interface PublicDoor {
  readonly service: PublicService | undefined;
  readonly balancer: Balancer;
  /** Where it is to be asked: as the cloud says, and otherwise the Service. */
  readonly addresses: readonly string[];
}

export async function observePublicDoor(context: ClusterContext): Promise<PublicDoor> {
  const { namespace } = context;
  const api = await context.api();
  const service = await api.get<Service>(serviceRef({ namespace, name: 'proxy-public' }));
  const balancer = await observeBalancer(context, service);
  const ingress = (service?.status?.loadBalancer?.ingress ?? []).flatMap(
    ({ ip, hostname }) => ip ?? hostname ?? [],
  );
  const onVip = 'id' in balancer ? balancer.floatingIps : [];
  return {
    service: service && { ingress, https: service.spec?.ports?.some(({ port }) => port === 443) ?? false },
    balancer,
    addresses: onVip.length > 0 ? onVip : ingress,
  };
}

/** What is shown at each address; none where HTTPS is off. */
export async function askHttps(
  { service, addresses }: PublicDoor,
  domain: string | undefined,
): Promise<DoorAnswer[]> {
  if (service?.https !== true) return [];
  return Promise.all(addresses.map((address) => askPort443(address, domain)));
}

async function observeBalancer({ cloud }: ClusterContext, service: Service | undefined): Promise<Balancer> {
  const id = service && balancerIdOf(service);
  if (cloud === undefined) return { notSeen: 'the file names no cloud (`openstack.cloud`)' };
  if (id === undefined) return { notSeen: 'the Service does not say which it is' };
  try {
    const { loadBalancers, network } = await cloud();
    const found = await loadBalancers.get(id);
    if (found === undefined) return { id, provisioning: 'gone', floatingIps: [] };
    const on = await network.floatingIps({ port_id: found.vip_port_id });
    return {
      id,
      provisioning: found.provisioning_status,
      floatingIps: on.map(({ floating_ip_address }) => floating_ip_address),
    };
  } catch (error) {
    // No access to the cloud is no reason to look at nothing else.
    if (error instanceof UserError) return { notSeen: error.what };
    throw error;
  }
}
