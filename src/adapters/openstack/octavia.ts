import { isRefusal } from './explain.ts';
import { type ListCall, type Query, listAll } from './pages.ts';
import type { Session } from './session.ts';

export type ProvisioningStatus =
  | 'ACTIVE'
  | 'ERROR'
  | 'PENDING_CREATE'
  | 'PENDING_UPDATE'
  | 'PENDING_DELETE'
  | 'DELETED';

export type OperatingStatus = 'ONLINE' | 'DRAINING' | 'OFFLINE' | 'DEGRADED' | 'ERROR' | 'NO_MONITOR';

interface Statuses {
  readonly provisioning_status: ProvisioningStatus;
  readonly operating_status: OperatingStatus;
}

interface Reference {
  readonly id: string;
}

/** What each object of Octavia's has (Load Balancer API v2). */
interface OctaviaObject extends Reference, Statuses {
  readonly name: string;
  readonly project_id: string;
  readonly tags: readonly string[];
  /** UTC, though no zone is written. */
  readonly created_at: string;
  /** null until the first change. */
  readonly updated_at: string | null;
}

export interface LoadBalancer extends OctaviaObject {
  readonly description: string;
  readonly vip_address: string;
  readonly vip_port_id: string;
  readonly vip_subnet_id: string;
  readonly vip_network_id: string;
  readonly provider: string;
  readonly listeners: readonly Reference[];
  readonly pools: readonly Reference[];
}

export interface Listener extends OctaviaObject {
  readonly protocol: string;
  readonly protocol_port: number;
  readonly default_pool_id: string | null;
  readonly loadbalancers: readonly Reference[];
  /** Milliseconds. */
  readonly timeout_client_data: number | null;
  readonly timeout_member_data: number | null;
  readonly allowed_cidrs: readonly string[] | null;
}

export interface Pool extends OctaviaObject {
  readonly protocol: string;
  readonly lb_algorithm: string;
  readonly members: readonly Reference[];
  readonly listeners: readonly Reference[];
  readonly loadbalancers: readonly Reference[];
  readonly healthmonitor_id: string | null;
}

export interface Member extends OctaviaObject {
  readonly address: string;
  readonly protocol_port: number;
  readonly subnet_id: string | null;
  readonly monitor_port: number | null;
  readonly weight: number;
}

interface NamedStatuses extends Reference, Statuses {
  readonly name: string;
}

/** Everything of a load balancer with its statuses, in one answer. */
export interface StatusTree extends NamedStatuses {
  readonly listeners: readonly (NamedStatuses & { readonly pools: readonly PoolStatus[] })[];
  readonly pools: readonly PoolStatus[];
}

export interface PoolStatus extends NamedStatuses {
  readonly members: readonly (NamedStatuses & { readonly address: string; readonly protocol_port: number })[];
}

/** Limits of the project; -1 is none. What is used has to be counted. */
export type LoadBalancerQuota = Readonly<
  Record<'loadbalancer' | 'listener' | 'pool' | 'member' | 'healthmonitor', number>
>;

/** As Octavia tells it of one project: with names that it has called misspelled since 2018, or with the right ones. */
interface QuotaBody {
  readonly quota: LoadBalancerQuota & { readonly load_balancer?: number; readonly health_monitor?: number };
}

export interface LoadBalancerFilter {
  /** The whole of it: Octavia knows no beginnings of names. */
  readonly name?: string;
  /** Those that have all of them. */
  readonly tags?: readonly string[];
  readonly vip_port_id?: string;
}

/** The project's load balancers. */
export interface Octavia {
  list(filter?: LoadBalancerFilter): Promise<LoadBalancer[]>;
  /** undefined: there is none. */
  get(id: string): Promise<LoadBalancer | undefined>;
  statusTree(id: string): Promise<StatusTree | undefined>;
  listeners(loadBalancer: string): Promise<Listener[]>;
  pools(loadBalancer: string): Promise<Pool[]>;
  members(pool: string): Promise<Member[]>;
  /**
   * Has a load balancer deleted with all that belongs to it; it is gone once `get` finds none.
   *
   * @param options.whileBusy waits for as long as another change is under way, within the patience of the connection.
   * @returns false when there was none.
   * @throws OpenstackError `busy` where its state allows it not.
   */
  delete(id: string, options?: { readonly whileBusy?: boolean }): Promise<boolean>;
  quota(): Promise<LoadBalancerQuota>;
}

const service = 'load-balancer';

export function octavia(session: Session, pageSize: number): Octavia {
  const list = <T extends Reference>(call: Omit<ListCall, 'service'>): Promise<T[]> =>
    listAll<T>(session, { service, ...call }, pageSize);
  const children = <T extends Reference>(key: string, query: Query): Promise<T[]> =>
    list({ path: `/lbaas/${key}`, key, query, subject: `the ${key} of a load balancer` });
  const read = async (path: string, subject: string): Promise<unknown> => {
    const { status, body } = await session.call({ service, method: 'GET', path, subject, allow: [404] });
    return status === 404 ? undefined : body;
  };
  const get = async (id: string): Promise<LoadBalancer | undefined> => {
    const body = (await read(pathOf(id), `load balancer ${id}`)) as
      | { loadbalancer: LoadBalancer }
      | undefined;
    return body?.loadbalancer;
  };
  return {
    list: async ({ name, tags, vip_port_id } = {}) =>
      list({
        path: '/lbaas/loadbalancers',
        key: 'loadbalancers',
        // Administrators would be shown those of every project.
        query: { name, tags, vip_port_id, project_id: await session.projectId() },
        subject: 'the load balancers of the project',
      }),
    get,
    statusTree: async (id) => {
      const body = (await read(`${pathOf(id)}/status`, `load balancer ${id}`)) as
        | { readonly statuses: { readonly loadbalancer: StatusTree } }
        | undefined;
      return body?.statuses.loadbalancer;
    },
    listeners: (loadBalancer) => children('listeners', { load_balancer_id: loadBalancer }),
    pools: (loadBalancer) => children('pools', { loadbalancer_id: loadBalancer }),
    members: (pool) =>
      list({
        path: `/lbaas/pools/${encodeURIComponent(pool)}/members`,
        key: 'members',
        subject: `the members of pool ${pool}`,
      }),
    delete: (id, { whileBusy = false } = {}) => remove(session, id, whileBusy, get),
    quota: async () => {
      const path = `/lbaas/quotas/${await session.projectId()}`;
      const { quota } = (await read(path, 'the quota of the project')) as QuotaBody;
      const { load_balancer, health_monitor, ...rest } = quota;
      return {
        ...rest,
        loadbalancer: load_balancer ?? rest.loadbalancer,
        healthmonitor: health_monitor ?? rest.healthmonitor,
      };
    },
  };
}

async function remove(
  session: Session,
  id: string,
  whileBusy: boolean,
  get: Octavia['get'],
): Promise<boolean> {
  try {
    const { status } = await session.call({
      service,
      method: 'DELETE',
      path: `${pathOf(id)}?cascade=true`,
      subject: `load balancer ${id}`,
      allow: [404],
      whileBusy,
    });
    return status !== 404;
  } catch (error) {
    if (!isRefusal(error, 'busy')) throw error;
    // The first answer may have been lost: then it is being deleted, and says that it is busy.
    const now = await get(id);
    if (now === undefined || now.provisioning_status === 'PENDING_DELETE') return true;
    throw error;
  }
}

function pathOf(id: string): string {
  return `/lbaas/loadbalancers/${encodeURIComponent(id)}`;
}
