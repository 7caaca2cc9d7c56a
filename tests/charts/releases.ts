import { runtimeFiles } from '../../src/adapters/cluster/runtime-files.ts';
import type { Environment } from '../../src/config/schema/environment.ts';
import { systemsOf } from '../../src/operate/targets/cluster-systems.ts';
import type { Release, System, SystemId } from '../../src/platform/kubernetes/system.ts';

/** What a deploy sends, with our own code and dashboards in it. */
export function realSystems(environment: Environment): Promise<readonly System[]> {
  return systemsOf(environment, { runtimeFiles });
}

/** The release of a system that the environment has. */
export async function releaseOf(environment: Environment, system: SystemId): Promise<Release> {
  const release = (await realSystems(environment)).find(({ id }) => id === system)?.release;
  if (release === undefined) throw new Error(`no release of ${system}`);
  return release;
}
