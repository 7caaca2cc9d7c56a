import type { Environment } from '../../../config/schema/environment.ts';
import { stackNames, stackOf } from '../../../platform/kubernetes/monitoring/names.ts';

export const wayNames = ['hub', 'longhorn', 'grafana'] as const;
export type WayName = (typeof wayNames)[number];

/** A Service by which people may come in, as the file has it. */
export interface Way {
  readonly name: WayName;
  readonly namespace: string;
  readonly service: string;
  /** Whether the file has people come in by it. */
  readonly wanted: boolean;
  /** Floating IP of the file. */
  readonly floatingIp: string | undefined;
  /** Where in the file it stands: `address.floatingIp`. */
  readonly key: string;
  readonly domain: string | undefined;
  readonly resolvers: readonly string[];
}

/** The hub's way in, and those of Longhorn's pages and of Grafana where the file has these. */
export function waysOf(environment: Environment): Way[] {
  const { address, kubernetes, longhorn } = environment;
  const inside = { domain: undefined, resolvers: [] };
  const stack = stackOf(environment);
  const hub: Way = {
    name: 'hub',
    namespace: kubernetes?.namespace ?? '',
    service: 'proxy-public',
    wanted: true,
    floatingIp: address.floatingIp,
    key: 'address.floatingIp',
    domain: address.domain,
    resolvers: address.resolvers,
  };
  return [
    hub,
    ...(typeof longhorn === 'object'
      ? [
          {
            ...inside,
            name: 'longhorn' as const,
            namespace: longhorn.namespace,
            service: 'longhorn-frontend',
            wanted: longhorn.ui.service === 'LoadBalancer',
            floatingIp: longhorn.ui.service === 'LoadBalancer' ? longhorn.ui.floatingIp : undefined,
            key: 'longhorn.ui.floatingIp',
          },
        ]
      : []),
    ...(stack === undefined
      ? []
      : [
          {
            ...inside,
            name: 'grafana' as const,
            namespace: stack.namespace,
            service: stackNames.grafana,
            wanted: stack.grafana.expose === 'loadBalancer',
            floatingIp: stack.grafana.expose === 'loadBalancer' ? stack.grafana.floatingIp : undefined,
            key: 'monitoring.grafana.floatingIp',
          },
        ]),
  ];
}

/** The command that puts its floating IP right. */
export function attachCommand(environment: string, { name }: Pick<Way, 'name'>): string {
  return `hubwright addresses ${environment} attach${name === 'hub' ? '' : ` --service ${name}`}`;
}

/** As commands mean it. */
export function isWay(text: string): text is WayName {
  return wayNames.some((name) => name === text);
}

/** With the annotation `hostname`, or behind the PROXY protocol, a Service says a name. */
export function isAddress(text: string): boolean {
  return /^[\d.]+$/.test(text);
}
