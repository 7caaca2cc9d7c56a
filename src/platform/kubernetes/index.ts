import type { Environment } from '../../config/schema/environment.ts';
import { jupyterhub } from './jupyterhub/index.ts';
import { longhorn } from './longhorn/index.ts';
import { materials } from './materials.ts';
import { metrics } from './monitoring/metrics.ts';
import { monitoring } from './monitoring/stack.ts';
import { placeholders } from './placeholders.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { System } from './system.ts';

export { type RuntimeFiles, noRuntimeFiles } from './runtime-files.ts';

/**
 * Everything that the environment needs in its cluster, in an order in which it can be set up. A new system is one new
 * file and one line here.
 *
 * GPUs have no system of their own (docs/decisions/0009): what makes them known to Kubernetes comes with the nodes, and
 * their tolerations and limits are the profiles'.
 */
export function compileKubernetes(environment: Environment, files: RuntimeFiles): readonly System[] {
  const { kubernetes } = environment;
  // `check` asks for it: reaching this is a bug of ours.
  if (kubernetes === undefined) throw new TypeError(`${environment.name} has no cluster`);
  const beneath = [longhorn(environment), materials(environment)].filter((system) => system !== undefined);
  const hub = {
    ...jupyterhub(environment, kubernetes, files),
    // Homes need their StorageClass, servers their volume.
    needs: beneath.map(({ id }) => id),
  };
  const after = hub.release && [
    placeholders(environment, hub.release),
    metrics(environment, hub.release, files),
  ];
  return [...beneath, monitoring(environment, files), hub, ...(after ?? [])].filter(
    (system) => system !== undefined,
  );
}
