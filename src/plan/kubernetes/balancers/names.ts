import { madeDescription, namePrefix } from '../../../config/cloud-controller.ts';
import type { BalancedService } from './observed.ts';

/*
 * How cloud-provider-openstack names what it makes (`pkg/openstack/loadbalancer.go`, `pkg/openstack/events.go`). A name is
 * no proof of whose something is: see whose.ts.
 */

/** Octavia takes no more. */
const longest = 255;

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export function balancerName(cluster: string, { namespace, name }: Named): string {
  return `${namePrefix}${cluster}_${namespace}_${name}`.slice(0, longest);
}

/** As it was named when it was part of Kubernetes itself. */
export function oldName({ uid }: Pick<BalancedService, 'uid'>): string {
  return `a${uid.replaceAll('-', '')}`.slice(0, 32);
}

/** For which Service of which cluster a load balancer of that name was made; undefined: it is no such name. */
export function parseName(text: string): (Named & { readonly cluster: string }) | undefined {
  // Names of Kubernetes hold no `_`, those of clusters may.
  const [, cluster, namespace, name] = /^kube_service_(.+)_([^_]+)_([^_]+)$/.exec(text) ?? [];
  if (cluster === undefined || namespace === undefined || name === undefined) return undefined;
  return { cluster, namespace, name };
}

/** For which Service the cluster's controller has made a floating IP; undefined: it has not, or for another cluster. */
export function madeFor(
  { description }: { readonly description: string },
  cluster: string | undefined,
): Named | undefined {
  const [, namespace, name] = / (\S+)\/(\S+) from cluster /.exec(description) ?? [];
  if (cluster === undefined || namespace === undefined || name === undefined) return undefined;
  const service = { namespace, name };
  return description === floatingIpDescription(cluster, service) ? service : undefined;
}

export function floatingIpDescription(cluster: string, { namespace, name }: Named): string {
  return `${madeDescription} ${namespace}/${name} from cluster ${cluster}`;
}
