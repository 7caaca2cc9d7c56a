import { expect, test } from 'vitest';
import { kubernetesTarget } from '../../../src/operate/targets/kubernetes.ts';
import type { ClusterHost } from '../../../src/operate/targets/cluster-host.ts';
import { observed } from '../plan/kubernetes/balancers/kit.ts';
import { training } from '../plan/kubernetes/observed.ts';

test('what the doctor sees of load balancers has the addresses of all environments of the file', async () => {
  const all = async () => observed();
  const host = { balancersInCluster: all, balancersInCloud: all } as unknown as ClusterHost;
  const file = `environments:
  training: { address: { floatingIp: 192.0.2.50 } }
  broken: { adress: { floatingIp: "192.0.2.51" }, nfs: {server: 192.0.2.5, path: /10.1.2 }
`;
  const environment = training('    openstack: { cloud: training }\n');
  const { balancers } = kubernetesTarget(environment, host, file).sources ?? {};
  expect(await balancers?.()).toMatchObject({
    seen: { inFile: ['192.0.2.50', '192.0.2.51', '192.0.2.5'] },
  });
});
