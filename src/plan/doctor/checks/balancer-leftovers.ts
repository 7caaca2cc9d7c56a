import { defaultClusterName } from '../../../config/cloud-controller.ts';
import { madeFor } from '../../kubernetes/balancers/names.ts';
import type {
  BalancersObserved,
  ObservedFloatingIp,
  ObservedPort,
} from '../../kubernetes/balancers/observed.ts';
import type { BalancerAction } from '../../kubernetes/balancers/actions.ts';
import { addressesInFile } from '../../kubernetes/balancers/parts.ts';
import { monitoringOf } from '../../../platform/kubernetes/monitoring/names.ts';
import type { Step } from '../../plan.ts';
import { fixCommand } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Environment } from '../../../config/schema/environment.ts';

/** Ports of load balancers that are gone, and addresses that the controller made and nothing uses. */
export const balancerLeftovers: Check<'balancers'> = {
  id: 'balancer-leftovers',
  title: 'load balancers have left nothing behind',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) => [
    ...observed.ports.flatMap((port) => leftPort(port, observed, environment)),
    ...observed.floatingIps.flatMap((one) => leftAddress(one, observed, environment)),
  ],
};

function leftPort(
  { id, name, balancerId, addresses }: ObservedPort,
  { loadBalancers, floatingIps }: BalancersObserved,
  environment: Environment,
): Finding[] {
  if (balancerId === undefined) return [];
  if (loadBalancers.some((one) => one.id === balancerId || one.vip.portId === id)) return [];
  const on = floatingIps.filter(({ portId }) => portId === id).map(({ address }) => address);
  return [
    {
      subject: `port ${id}`,
      harm: 'leftOver',
      what: `Port ${name} was left by a load balancer that is gone.`,
      evidence: [
        `port ${id} (${addresses.join(', ')}) of load balancer ${balancerId}, which is not there`,
        ...on.map((address) => `floating IP ${address} leads to it, and so to nothing`),
      ],
      meaning:
        on.length > 0
          ? 'The floating IP on it leads nowhere, and cannot be used for a load balancer that works.'
          : 'It takes an address of the network and counts against the quota of ports.',
      fix: `${fixCommand('balancer-leftovers', environment)} deletes it. A floating IP on it stays the project's.`,
      repair: [
        step(`port:${id}`, `port ${name}: delete`, `load balancer ${balancerId} is gone`, {
          kind: 'deletePort',
          id,
          balancerId,
        }),
      ],
    },
  ];
}

function leftAddress(
  floatingIp: ObservedFloatingIp,
  observed: BalancersObserved,
  environment: Environment,
): Finding[] {
  const { id, address, description, portId } = floatingIp;
  const { clusterName, services } = observed;
  const cluster = clusterName?.name;
  const service = madeFor(floatingIp, cluster);
  if (portId !== undefined || floatingIp.forwardsPorts || service === undefined) return [];
  const isWanted =
    [...addressesInFile(environment), ...(observed.inFile ?? [])].includes(address) ||
    // A repair that was cut off has kept it for its Service.
    (observed.noted ?? []).some((one) => one.address === address) ||
    services.some(({ wantedIp, ingress }) => wantedIp === address || ingress.includes(address));
  if (isWanted) return [];
  const common = {
    subject: `floating IP ${address}`,
    harm: 'leftOver' as const,
    what: `Floating IP ${address} is used by nothing.`,
    evidence: [`floating IP ${id}: "${description}"; it leads to no port`],
    meaning: 'It counts against the quota. Once it is given back it may be somebody else’s in a minute.',
  };
  const others = othersWith(cluster, service.namespace, environment);
  if (others !== undefined)
    return [
      {
        ...common,
        fix: `${others} may want it back; if none does: \`openstack floating ip delete ${id}\`.`,
      },
    ];
  return [
    {
      ...common,
      fix: `${fixCommand('balancer-leftovers', environment)} gives it back. To keep it, name it in hub.yaml (\`address.floatingIp\`) first.`,
      repair: [
        step(`floating-ip:${id}`, `floating IP ${address}: give back`, 'nothing uses it', {
          kind: 'deleteFloatingIp',
          id,
          address,
        }),
      ],
    },
  ];
}

/** Who else the controller may have made it for: its description has no more than names. undefined: nobody. */
function othersWith(
  cluster: string | undefined,
  namespace: string,
  environment: Environment,
): string | undefined {
  if (!namespacesOf(environment).includes(namespace)) return `Another environment of cluster ${cluster}`;
  if (cluster !== defaultClusterName) return undefined;
  return `Another cluster in the project that is called ${cluster} too, as all are whose OCCM has no \`--cluster-name\`,`;
}

function namespacesOf(environment: Environment): (string | undefined)[] {
  const { kubernetes, longhorn } = environment;
  return [
    kubernetes?.namespace,
    typeof longhorn === 'object' ? longhorn.namespace : undefined,
    monitoringOf(environment)?.namespace,
  ];
}

function step(id: string, title: string, reason: string, action: BalancerAction): Step<BalancerAction> {
  return { id: `balancer:${id}`, title, reason, needs: [], action };
}
