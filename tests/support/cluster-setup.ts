import type { TestProject } from 'vitest/node';
import { type Cluster, type ClusterAddress, startCluster } from './cluster.ts';
import { parts } from './parts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `missing`: why the tests are skipped. `failed`: why they fail, which is no reason for those of other projects to. */
    cluster: ClusterAddress | { readonly missing: string } | { readonly failed: string };
  }
}

/** One cluster for all files of a project; the programs are built here, where no test's time runs out. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Cluster | undefined;
  try {
    const found = await parts('kubernetes', 'etcd', 'kwok');
    if ('missing' in found) {
      project.provide('cluster', found);
    } else {
      // What is missing of these, each test that needs one says itself.
      await parts('helm3');
      await parts('helm4');
      // In the project `cloud` a cloud controller gives addresses.
      cluster = await startCluster(found, { balancers: project.name !== 'cloud' });
      const { kubeconfig, server, tokens } = cluster;
      project.provide('cluster', { kubeconfig, server, tokens });
    }
  } catch (error) {
    project.provide('cluster', { failed: String(error) });
  }
  return async () => cluster?.stop();
}
