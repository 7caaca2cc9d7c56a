import type { Answer } from './exchange.ts';
import { isRefusal } from './explain.ts';
import { type ListCall, listAll } from './pages.ts';
import type { Session } from './session.ts';

/** A floating IP (Networking API v2.0, "Floating IPs"). */
export interface FloatingIp {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly floating_network_id: string;
  /** The port that it leads to; null: to none. */
  readonly port_id: string | null;
  readonly fixed_ip_address: string | null;
  readonly router_id: string | null;
  readonly status: 'ACTIVE' | 'DOWN' | 'ERROR';
  readonly description: string;
  readonly project_id: string;
  readonly tags: readonly string[];
  /** Counts its changes. */
  readonly revision_number: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Of its port; null where there is none. */
  readonly port_details: {
    readonly name: string;
    readonly status: string;
    readonly device_owner: string;
    readonly device_id: string;
    readonly network_id: string;
  } | null;
  readonly port_forwardings?: readonly object[];
}

export interface Port {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly device_owner: string;
  readonly device_id: string;
  readonly network_id: string;
  readonly project_id: string;
  readonly fixed_ips: readonly { readonly subnet_id: string; readonly ip_address: string }[];
  readonly tags: readonly string[];
  readonly description: string;
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly project_id: string;
  readonly subnets: readonly string[];
  readonly shared: boolean;
  /** Floating IPs come from it. */
  readonly 'router:external': boolean;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly gateway_ip: string | null;
}

export interface Router {
  readonly id: string;
  readonly name: string;
  /** The network outside to which it leads; null: it leads nowhere. */
  readonly external_gateway_info: { readonly network_id: string } | null;
}

/** Limit (-1: none) and what of it is used. */
export interface Usage {
  readonly limit: number;
  readonly used: number;
  readonly reserved: number;
}

export type NetworkQuota = Readonly<Record<'floatingip' | 'port' | 'network' | 'subnet' | 'router', Usage>>;

export interface NewFloatingIp {
  readonly floating_network_id: string;
  /** Tells it from others, also where the answer to the creation is lost: not one that others use too. */
  readonly description: string;
  readonly port_id?: string;
  /** A certain address: most clouds allow that to administrators alone. */
  readonly floating_ip_address?: string;
}

/** The project's network. */
export interface Neutron {
  floatingIps(filter?: {
    readonly floating_ip_address?: string;
    readonly port_id?: string;
  }): Promise<FloatingIp[]>;
  floatingIp(id: string): Promise<FloatingIp | undefined>;
  /**
   * Has it lead to that port, or to none, if it is still as it was when it was looked at. Neutron itself moves one
   * that leads elsewhere without a word.
   *
   * @throws OpenstackError `changed` where it is not.
   */
  associate(seen: FloatingIp, port: string | null): Promise<FloatingIp>;
  createFloatingIp(wanted: NewFloatingIp): Promise<FloatingIp>;
  /** @returns false when there was none. */
  deleteFloatingIp(id: string): Promise<boolean>;
  ports(filter?: PortFilter): Promise<Port[]>;
  port(id: string): Promise<Port | undefined>;
  deletePort(id: string): Promise<boolean>;
  networks(filter?: { readonly name?: string; readonly external?: boolean }): Promise<Network[]>;
  network(id: string): Promise<Network | undefined>;
  subnets(filter?: { readonly network_id?: string }): Promise<Subnet[]>;
  subnet(id: string): Promise<Subnet | undefined>;
  routers(): Promise<Router[]>;
  quota(): Promise<NetworkQuota>;
}

export interface PortFilter {
  readonly name?: string;
  readonly device_owner?: string;
  readonly device_id?: string;
  readonly network_id?: string;
  readonly project_id?: string | undefined;
}

const service = 'network';

export function neutron(session: Session, pageSize: number): Neutron {
  const list = <T extends { readonly id: string }>(key: string, query: object | undefined): Promise<T[]> => {
    const call: ListCall = {
      service,
      path: `/${key}`,
      key,
      query: { ...query },
      subject: `the ${key}`,
    };
    return listAll<T>(session, call, pageSize);
  };
  /** Administrators would be shown those of every project. */
  const floatingIps = async (filter?: object): Promise<FloatingIp[]> =>
    list('floatingips', { ...filter, project_id: await session.projectId() });
  const one = (method: 'GET' | 'DELETE', kind: Kind, id: string): Promise<Answer> =>
    session.call({ service, method, path: pathOf(kind, id), subject: `${words[kind]} ${id}`, allow: [404] });
  const get = async <T>(kind: Kind, id: string): Promise<T | undefined> => {
    const { status, body } = await one('GET', kind, id);
    return status === 404 ? undefined : (body as Record<Kind, T>)[kind];
  };
  const remove = async (kind: Kind, id: string): Promise<boolean> =>
    (await one('DELETE', kind, id)).status !== 404;
  return {
    floatingIps,
    floatingIp: (id) => get('floatingip', id),
    associate: (seen, port) => associate(session, seen, port, (id) => get('floatingip', id)),
    createFloatingIp: (wanted) => create(session, wanted, floatingIps),
    deleteFloatingIp: (id) => remove('floatingip', id),
    ports: (filter) => list('ports', filter),
    port: (id) => get('port', id),
    deletePort: (id) => remove('port', id),
    networks: ({ name, external } = {}) => list('networks', { name, 'router:external': external }),
    network: (id) => get('network', id),
    subnets: (filter) => list('subnets', filter),
    subnet: (id) => get('subnet', id),
    routers: () => list('routers', undefined),
    quota: async () => {
      const path = `/quotas/${await session.projectId()}/details`;
      const { body } = await session.call({
        service,
        method: 'GET',
        path,
        subject: 'the quota of the project',
      });
      return (body as { quota: NetworkQuota }).quota;
    },
  };
}

const words = { floatingip: 'floating IP', port: 'port', network: 'network', subnet: 'subnet' } as const;
type Kind = keyof typeof words;

function pathOf(kind: Kind, id: string): string {
  return `/${kind}s/${encodeURIComponent(id)}`;
}

async function associate(
  session: Session,
  seen: FloatingIp,
  port: string | null,
  get: (id: string) => Promise<FloatingIp | undefined>,
): Promise<FloatingIp> {
  try {
    const { body } = await session.call({
      service,
      method: 'PUT',
      path: pathOf('floatingip', seen.id),
      headers: { 'if-match': `revision_number=${seen.revision_number}` },
      body: { floatingip: { port_id: port } },
      subject: `floating IP ${seen.floating_ip_address}`,
    });
    return (body as { floatingip: FloatingIp }).floatingip;
  } catch (error) {
    if (!isRefusal(error, 'changed')) throw error;
    // The first answer may have been lost: then it was we who changed it.
    const now = await get(seen.id);
    if (now?.port_id === port) return now;
    throw error;
  }
}

async function create(
  session: Session,
  wanted: NewFloatingIp,
  list: (filter: object) => Promise<FloatingIp[]>,
): Promise<FloatingIp> {
  const { description, floating_network_id } = wanted;
  const before = await list({ description, floating_network_id });
  try {
    const { body } = await session.call({
      service,
      method: 'POST',
      path: '/floatingips',
      body: { floatingip: wanted },
      subject: 'a floating IP',
    });
    return (body as { floatingip: FloatingIp }).floatingip;
  } catch (error) {
    if (!isRefusal(error, 'unknown')) throw error;
    const known = new Set(before.map(({ id }) => id));
    const made = (await list({ description, floating_network_id })).find(({ id }) => !known.has(id));
    if (made) return made;
    throw error;
  }
}
