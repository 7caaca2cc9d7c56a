import { describe, expect, test } from 'vitest';
import { observeAcme } from '../../../src/adapters/cluster/certificates/acme.ts';
import type { ClusterContext } from '../../../src/adapters/cluster/context.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';
import type { OpenstackApi } from '../../../src/adapters/openstack/connect.ts';
import { UserError } from '../../../src/errors.ts';
import { training } from '../plan/kubernetes/observed.ts';

const environment = training(`    contactEmail: ops@course-lab.org
    address: { domain: hub.course-lab.org, resolvers: ['127.0.0.1:1'] }
    https: { letsEncrypt: {} }`);
const annotations = { 'loadbalancer.openstack.org/load-balancer-id': 'lb-1' };

/** A cluster with a Service that has no address yet, and nothing else. */
function observed(cloud: (id: string) => Promise<string | undefined>, of: object = { annotations }) {
  const api: Partial<KubernetesApi> = {
    get: async <T>({ kind }: { kind: string }) =>
      kind === 'Service' ? ({ metadata: of, spec: { ports: [{ port: 80 }] } } as T) : undefined,
    list: async () => [],
    listMetadata: async () => [],
    clockAhead: () => 0,
  };
  const get = async (id: string) => {
    const status = await cloud(id);
    return status && { provisioning_status: status, vip_port_id: 'port-1' };
  };
  const floatingIps = async ({ port_id }: { port_id: string }) =>
    port_id === 'port-1' ? [{ floating_ip_address: '192.0.2.50' }] : [];
  const context: Partial<ClusterContext> = {
    environment,
    namespace: 'jupyterhub',
    api: async () => api as KubernetesApi,
    cloud: async () => ({ loadBalancers: { get }, network: { floatingIps } }) as unknown as OpenstackApi,
  };
  return observeAcme(context as ClusterContext, {
    domain: 'hub.course-lab.org',
    authority: 'acme.course-lab.org',
  });
}

describe('what a certificate hangs on', () => {
  test('is the load balancer that the Service names, as Octavia has it', async () => {
    const { balancer, service } = await observed(async (id) =>
      id === 'lb-1' ? 'PENDING_CREATE' : undefined,
    );
    expect(balancer).toEqual({
      id: 'lb-1',
      provisioning: 'PENDING_CREATE',
      floatingIps: ['192.0.2.50'],
    });
    expect(service).toEqual({ ingress: [], https: false });
  });

  test('is a load balancer that is gone', async () => {
    expect((await observed(async () => undefined)).balancer).toEqual({
      id: 'lb-1',
      provisioning: 'gone',
      floatingIps: [],
    });
  });

  test('is looked at without the cloud too, and says so', async () => {
    const refused = new UserError({ what: 'Keystone refuses the password.', fix: 'Another one.' });
    const { balancer } = await observed(() => Promise.reject(refused));
    expect(balancer).toEqual({ notSeen: 'Keystone refuses the password.' });
    expect((await observed(async () => 'ACTIVE', {})).balancer).toEqual({
      notSeen: 'the Service does not say which it is',
    });
  });

  test('is a resolver that cannot be reached, and what it could not say', async () => {
    const { dns } = await observed(async () => 'ACTIVE');
    expect(dns).toEqual([
      expect.objectContaining({
        resolver: '127.0.0.1:1',
        a: [],
        failures: expect.arrayContaining([expect.stringMatching(/^A: it /)]),
      }),
    ]);
  });
});
