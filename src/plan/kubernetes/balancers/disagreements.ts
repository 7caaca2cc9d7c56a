import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import type { BalancedService, BalancersObserved, ObservedBalancer } from './observed.ts';

type Nodes = BalancersObserved['nodes'];

/** Members that are no node of the cluster any more, or a node with another address now: each `worker-3 (10.0.0.13)`. */
export function goneMembers({ listeners = [] }: ObservedBalancer, nodes: Nodes): string[] {
  const addresses = new Set(nodes.flatMap((node) => node.addresses));
  // By its name alone is known who has not said its addresses yet.
  const names = new Set(nodes.filter((node) => node.addresses.length === 0).map(({ name }) => name));
  const gone = listeners
    .flatMap(({ members }) => members)
    .filter(({ name, address }) => !addresses.has(address) && !names.has(name));
  return [...new Set(gone.map(({ name, address }) => `${name} (${address})`))];
}

/** Ports of the Service that lead to no node at all, while some are ready to be led to. */
export function emptyListeners(
  { ports }: BalancedService,
  { listeners = [] }: ObservedBalancer,
  nodes: Nodes,
): string[] {
  if (!nodes.some(({ serves }) => serves)) return [];
  const known = new Set(ports.map(({ port }) => port));
  return listeners
    .filter(({ port, members }) => known.has(port) && members.length === 0)
    .map(({ port }) => `port ${port} leads to no node`);
}

/** Ports at which the load balancer knocks on nodes and nobody answers. */
export function wrongPorts({ ports }: BalancedService, { listeners = [] }: ObservedBalancer): string[] {
  return listeners.flatMap(({ port, members }) => {
    const wanted = ports.find((one) => one.port === port)?.nodePort;
    const wrong = members.find((member) => wanted !== undefined && member.port !== wanted);
    return wrong === undefined
      ? []
      : [`port ${port} leads to port ${wrong.port} of the nodes, and the Service is at ${wanted}`];
  });
}

/** Ports of the Service that the load balancer does not listen on. */
export function missingListeners({ ports }: BalancedService, { listeners = [] }: ObservedBalancer): number[] {
  const known = new Set(listeners.map(({ port }) => port));
  return ports.map(({ port }) => port).filter((port) => !known.has(port));
}

/** What Octavia takes where nothing is said. */
export const usualTimeout = 50_000;

/** What the Service's annotations ask for and the load balancer does not have; the controller passes over what is no number. */
export function wrongTimeouts(
  { annotations }: BalancedService,
  { listeners = [] }: ObservedBalancer,
): string[] {
  return listeners.flatMap(({ port, clientTimeout, memberTimeout }) => {
    const differs = (kind: 'client' | 'member', is: number | undefined): string[] => {
      const text = annotations[serviceAnnotations[`${kind}Timeout`]] ?? '';
      if (!/^\d+$/.test(text) || is === undefined || is === Number(text)) return [];
      return [`port ${port}: ${kind} timeout ${is / 1000} s, the Service asks for ${Number(text) / 1000} s`];
    };
    return [...differs('client', clientTimeout), ...differs('member', memberTimeout)];
  });
}
