import type { Environment } from '../../config/schema/environment.ts';
import type { System, SystemId } from './system.ts';

/** Carried by every server's pod: the profile it was started with. KubeSpawner has no label for it. */
export const profileLabel = 'hubwright/profile';

/** What every object of our own carries. Those of a system that the cluster shares belong to no environment. */
export function ownLabels(
  { deployment, name }: Environment,
  system: SystemId,
  scope: System['scope'],
): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'hubwright',
    ...(scope === 'environment' ? { 'hubwright/deployment': deployment, 'hubwright/environment': name } : {}),
    'hubwright/system': system,
  };
}
