import type { Environment } from '../../../config/schema/environment.ts';
import { monitoringOf, stackRelease } from '../../../platform/kubernetes/monitoring/names.ts';
import type { BalancedService } from './observed.ts';

/** What of the environment, or of what its cluster shares, a Service is the way into. */
export type Part = 'hub' | 'longhorn' | 'monitoring';

/** By its Helm release; undefined: it is somebody else's, and theirs to mend. */
export function partOf(
  { release }: Pick<BalancedService, 'release'>,
  environment: Environment,
): Part | undefined {
  const { kubernetes, longhorn } = environment;
  const is = (name: string, namespace: string | undefined): boolean =>
    release?.name === name && release.namespace === namespace;
  if (kubernetes !== undefined && is(kubernetes.release, kubernetes.namespace)) return 'hub';
  if (typeof longhorn === 'object' && is('longhorn', longhorn.namespace)) return 'longhorn';
  return is(stackRelease, monitoringOf(environment)?.namespace) ? 'monitoring' : undefined;
}

/** The floating IP that the file wants for it. */
export function addressInFile(part: Part, environment: Environment): string | undefined {
  const { address, longhorn } = environment;
  const addresses: Readonly<Record<Part, string | undefined>> = {
    hub: address.floatingIp,
    longhorn: typeof longhorn === 'object' ? longhorn.ui.floatingIp : undefined,
    monitoring: monitoringOf(environment)?.grafana.floatingIp,
  };
  return addresses[part];
}

/** Every floating IP that the file names. */
export function addressesInFile(environment: Environment): string[] {
  return (['hub', 'longhorn', 'monitoring'] as const).flatMap(
    (part) => addressInFile(part, environment) ?? [],
  );
}
