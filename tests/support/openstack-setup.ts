import type { TestProject } from 'vitest/node';
import { prepareOpenstack } from './openstack/prepare.ts';
import { type OpenstackAddress, type RunningOpenstack, startOpenstack } from './openstack/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `missing`: why the tests are skipped. `failed`: why they fail, which is no reason for those of other projects to. */
    openstack: OpenstackAddress | { readonly missing: string } | { readonly failed: string };
  }
}

/** Keystone, Neutron and Octavia for all files of the project `openstack`; set up here, where no test's time runs out. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let openstack: RunningOpenstack | undefined;
  try {
    const prepared = await prepareOpenstack();
    if ('missing' in prepared) {
      project.provide('openstack', prepared);
    } else {
      openstack = await startOpenstack(prepared);
      project.provide('openstack', openstack.address);
    }
  } catch (error) {
    project.provide('openstack', { failed: String(error) });
  }
  return async () => openstack?.stop();
}
