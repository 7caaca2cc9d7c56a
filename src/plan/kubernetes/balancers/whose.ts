import { namePrefix } from '../../../config/cloud-controller.ts';
import { oldName, parseName } from './names.ts';
import type { BalancedService, BalancersObserved, ObservedBalancer, ObservedListener } from './observed.ts';

type Member = ObservedListener['members'][number];

/** Whose a load balancer is, as far as it can be told. A name alone says nothing: two clusters may have one name. */
type Whose =
  /** A Service's of this cluster: its annotation has the id, or it is the one that the Service would take over. */
  | { readonly kind: 'service'; readonly service: BalancedService; readonly by: 'id' | 'members' | 'name' }
  /** It was made for a Service of this cluster that is no more. `members`: some of them are nodes of the cluster. */
  | {
      readonly kind: 'orphan';
      readonly namespace: string;
      readonly name: string;
      readonly by: 'members' | 'name';
    }
  /** Another cluster's, or a person's: nothing here may touch it. */
  | { readonly kind: 'other'; readonly why: string };

/** Judges by the id annotation, then by name and tags together with whether its members are nodes of this cluster. */
export function whose(balancer: ObservedBalancer, observed: BalancersObserved): Whose {
  const byId = observed.services.find(({ balancerId }) => balancerId === balancer.id);
  if (byId !== undefined) return { kind: 'service', service: byId, by: 'id' };
  const meant = meantService(balancer, observed);
  if (meant === undefined)
    return { kind: 'other', why: `${balancer.name} is not how the cloud controller names what it makes` };
  const members = membersAre(balancer, observed);
  const own = meant.cluster === undefined || meant.cluster === observed.clusterName?.name;
  if (!own && members !== 'ours') return { kind: 'other', why: `it was made for cluster ${meant.cluster}` };
  if (members === 'others')
    return { kind: 'other', why: 'its members are no nodes of this cluster: another one has its name too' };
  const by = members === 'ours' ? 'members' : 'name';
  const { namespace, name } = meant;
  const service = observed.services.find((one) => one.namespace === namespace && one.name === name);
  return service === undefined ? { kind: 'orphan', namespace, name, by } : { kind: 'service', service, by };
}

/** Other Services' that use it too, by the tags that they put on it. */
export function sharedWith({ name, tags }: ObservedBalancer): string[] {
  return tags.filter((tag) => tag.startsWith(namePrefix) && tag !== name);
}

/** `cluster` is undefined for names of long ago, which are made of the Service's uid. */
function meantService(
  { name, tags }: ObservedBalancer,
  { services, clusterName }: BalancersObserved,
): { readonly cluster: string | undefined; readonly namespace: string; readonly name: string } | undefined {
  const parsed = [name, ...tags].flatMap((text) => parseName(text) ?? []);
  const old = services.find((service) => oldName(service) === name);
  return (
    parsed.find(({ cluster }) => cluster === clusterName?.name) ??
    parsed[0] ??
    (old && { cluster: undefined, namespace: old.namespace, name: old.name })
  );
}

/**
 * `none`: it has no members, or they were not read. Addresses alone are no proof: each cluster may have a network of its
 * own with the same ones.
 */
export function membersAre(
  { listeners = [] }: ObservedBalancer,
  { nodes, services }: BalancersObserved,
): 'ours' | 'others' | 'none' {
  const members = listeners.flatMap((listener) => listener.members);
  if (members.length === 0) return 'none';
  const nodePorts = new Set(services.flatMap(({ ports }) => ports.flatMap(({ nodePort }) => nodePort ?? [])));
  const isOurs = (member: Member): boolean =>
    nodes.some(
      ({ name, addresses }) =>
        member.name === name || (addresses.includes(member.address) && nodePorts.has(member.port)),
    );
  return members.some(isOurs) ? 'ours' : 'others';
}
