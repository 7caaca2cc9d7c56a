import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { deleteFloatingIp } from '../../../../src/adapters/cluster/balancers/leftovers.ts';

const made = {
  id: 'f1',
  floating_ip_address: '192.0.2.77',
  description: 'Floating IP for Kubernetes external service hub/web from cluster training',
  project_id: 'p1',
  port_id: null as string | null,
  port_forwardings: [] as object[],
};

/** Deletes it in a cloud that has it as `change` says, as somebody in project p1. @returns what was deleted. */
async function deleted(change: Partial<typeof made>): Promise<string[]> {
  const gone: string[] = [];
  const network = {
    floatingIp: async () => ({ ...made, ...change }),
    deleteFloatingIp: async (id: string) => gone.push(id),
  };
  const cloud = async () => ({ network, session: { projectId: async () => 'p1' } });
  const context = { cloud } as unknown as ClusterContext;
  await deleteFloatingIp(
    { id: 'f1', address: made.floating_ip_address },
    { context, report: () => undefined },
  ).catch((error: unknown) => gone.push(String(error)));
  return gone;
}

test('a floating IP of the controller’s making that leads nowhere is given back', async () => {
  expect(await deleted({})).toEqual(['f1']);
});

test.each<[string, Partial<typeof made>]>([
  ['of another project', { project_id: 'p2' }],
  ['that leads somewhere by now', { port_id: 'port-1' }],
  ['that forwards ports', { port_forwardings: [{}] }],
  ['that a person has made', { description: 'printer' }],
])('one %s is not', async (_, change) => {
  expect(await deleted(change)).toEqual([expect.stringContaining('was not deleted')]);
});
