import type { OpenstackApi } from '../../../src/adapters/openstack/connect.ts';
import { connectAs } from './connect.ts';
import { urlOf } from './config.ts';
import { adminPassword } from './prepare.ts';
import type { OpenstackAddress } from './start.ts';

/** The administrator, of everything. */
export function connectAdmin(address: OpenstackAddress): Promise<OpenstackApi> {
  const url = urlOf(address.ports, 'keystone');
  const user = { username: 'admin', password: adminPassword, project_name: 'admin' };
  // There is no catalogue until it is made.
  return connectAs({ auth: { auth_url: url, ...inDefaultDomain, ...user }, identity_endpoint_override: url });
}

export const inDefaultDomain = { user_domain_id: 'default', project_domain_id: 'default' };

/** Makes what a cloud has before it has users: regions, the catalogue, the services' own users, roles, a network with addresses. */
export async function bootstrap(address: OpenstackAddress): Promise<void> {
  const admin = await connectAdmin(address);
  try {
    const roles = await makeRoles(admin);
    const service = await make(admin, 'project', { name: 'service', domain_id: 'default' });
    await Promise.all(
      ['neutron', 'octavia'].map(async (name) => {
        const user = await make(admin, 'user', { name, password: address.password, domain_id: 'default' });
        await grant(admin, { user, project: service, roles: [roles['admin'] ?? '', roles['service'] ?? ''] });
      }),
    );
    await makeCatalog(admin, address);
  } finally {
    admin.close();
  }
}

export async function make(
  admin: OpenstackApi,
  kind: 'project' | 'user' | 'role' | 'region' | 'service' | 'endpoint',
  body: object,
): Promise<string> {
  const path = `/${kind}s`;
  const call = { service: 'identity', method: 'POST', path, subject: kind, body: { [kind]: body } } as const;
  const answer = await admin.session.call(call);
  return (answer.body as Record<string, { id: string }>)[kind]?.id ?? '';
}

export async function grant(
  admin: OpenstackApi,
  given: { readonly user: string; readonly project: string; readonly roles: readonly string[] },
): Promise<void> {
  for (const role of given.roles) {
    const path = `/projects/${given.project}/users/${given.user}/roles/${role}`;
    await admin.session.call({ service: 'identity', method: 'PUT', path, subject: 'role' });
  }
}

/** @returns ids by names. */
export async function rolesOf(admin: OpenstackApi): Promise<Readonly<Record<string, string>>> {
  const call = { service: 'identity', method: 'GET', path: '/roles', subject: 'roles' } as const;
  const { roles } = (await admin.session.call(call)).body as { roles: { id: string; name: string }[] };
  return Object.fromEntries(roles.map(({ id, name }) => [name, id]));
}

async function makeRoles(admin: OpenstackApi): Promise<Readonly<Record<string, string>>> {
  const there = await rolesOf(admin);
  const wanted = ['service', 'load-balancer_member', 'load-balancer_observer', 'load-balancer_admin'];
  for (const name of wanted) if (!(name in there)) await make(admin, 'role', { name });
  return rolesOf(admin);
}

/** Two regions with the same services: in the second one they have another name of this machine. */
async function makeCatalog(admin: OpenstackApi, { ports }: OpenstackAddress): Promise<void> {
  for (const id of ['RegionTwo', 'RegionOne']) await make(admin, 'region', { id }).catch(() => undefined);
  const kinds = { keystone: 'identity', neutron: 'network', octavia: 'load-balancer' } as const;
  for (const [name, type] of Object.entries(kinds)) {
    const service = await make(admin, 'service', { name, type });
    const url = urlOf(ports, name as keyof typeof kinds);
    const endpoints = [
      { region_id: 'RegionTwo', interface: 'public', url: url.replace('127.0.0.1', 'localhost') },
      { region_id: 'RegionOne', interface: 'internal', url: `${url}/` },
      { region_id: 'RegionOne', interface: 'public', url },
    ];
    for (const endpoint of endpoints) await make(admin, 'endpoint', { service_id: service, ...endpoint });
  }
}
