import type { OpenstackApi } from '../../../src/adapters/openstack/connect.ts';

/** The network from which floating IPs come; made with the first test that asks for it. @returns its id. */
export async function externalNetwork(admin: OpenstackApi): Promise<string> {
  const [known] = await admin.network.networks({ name: 'public', external: true });
  if (known) return known.id;
  const { id } = await post(admin, 'network', {
    name: 'public',
    'router:external': true,
    'provider:network_type': 'flat',
    'provider:physical_network': 'outside',
  });
  await post(admin, 'subnet', { network_id: id, ip_version: 4, cidr: '203.0.113.0/24', enable_dhcp: false });
  return id;
}

/** A network of the project with a router to the outside. @returns its subnet. */
export async function makeNetwork(api: OpenstackApi, admin: OpenstackApi): Promise<string> {
  const external = await externalNetwork(admin);
  const network = await post(api, 'network', { name: 'nodes' });
  const subnet = await post(api, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' });
  const router = await post(api, 'router', { external_gateway_info: { network_id: external } });
  await api.session.call({
    service: 'network',
    method: 'PUT',
    path: `/routers/${router.id}/add_router_interface`,
    body: { subnet_id: subnet.id },
    subject: 'router',
  });
  return subnet.id;
}

export async function post(
  api: OpenstackApi,
  kind: 'network' | 'subnet' | 'router' | 'port',
  body: object,
): Promise<{ readonly id: string }> {
  const call = { service: 'network', method: 'POST', path: `/${kind}s`, subject: kind } as const;
  const answer = await api.session.call({ ...call, body: { [kind]: body } });
  return (answer.body as Record<string, { id: string }>)[kind] ?? { id: '' };
}
