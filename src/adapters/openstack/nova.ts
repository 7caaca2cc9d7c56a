import { listAll } from './pages.ts';
import type { Session } from './session.ts';

/** A flavour (Compute API 2.61, "Flavors"). */
export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  /** MiB. */
  readonly ram: number;
  /** GiB. */
  readonly disk: number;
  readonly 'os-flavor-access:is_public'?: boolean;
  readonly 'OS-FLV-DISABLED:disabled'?: boolean;
  /** GPUs among them: `pci_passthrough:alias`, `resources:VGPU`. */
  readonly extra_specs: Readonly<Record<string, string>>;
}

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly created: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly flavor: {
    readonly original_name: string;
    readonly vcpus: number;
    readonly ram: number;
    readonly disk: number;
  };
  readonly addresses: Readonly<Record<string, readonly { readonly addr: string; readonly version: 4 | 6 }[]>>;
  /** Where its status is ERROR. */
  readonly fault?: { readonly code: number; readonly message: string };
}

/** Limits of the project (-1: none) and what of them is used; memory in MiB. */
export interface ComputeLimits {
  readonly maxTotalCores: number;
  readonly totalCoresUsed: number;
  readonly maxTotalRAMSize: number;
  readonly totalRAMUsed: number;
  readonly maxTotalInstances: number;
  readonly totalInstancesUsed: number;
  readonly maxServerGroups: number;
  readonly maxServerGroupMembers: number;
}

export interface ServerFilter {
  /** What its name begins with. */
  readonly prefix?: string;
  /** Those that have all of them. */
  readonly tags?: readonly string[];
}

/** The project's machines; only looked at. */
export interface Nova {
  flavors(): Promise<Flavor[]>;
  servers(filter?: ServerFilter): Promise<Server[]>;
  limits(): Promise<ComputeLimits>;
}

const service = 'compute';
/** Servers with their flavour and tags, and flavours with their extra specs, in one answer: since Queens (2018). */
const headers = { 'openstack-api-version': 'compute 2.61' };

export function nova(session: Session, pageSize: number): Nova {
  return {
    flavors: () =>
      listAll(
        session,
        { service, path: '/flavors/detail', key: 'flavors', headers, subject: 'the flavours' },
        pageSize,
      ),
    servers: async ({ prefix = '', tags = [] } = {}) => {
      const query = {
        // Nova takes it for a regular expression, of which each database has its own.
        name: /^[\w-]+$/.test(prefix) ? `^${prefix}` : undefined,
        tags: tags.length > 0 ? tags.join(',') : undefined,
      };
      const call = {
        service,
        path: '/servers/detail',
        key: 'servers',
        query,
        headers,
        subject: 'the servers',
      } as const;
      const servers = await listAll<Server>(session, call, pageSize);
      return servers.filter(({ name }) => name.startsWith(prefix));
    },
    limits: async () => {
      const call = {
        service,
        method: 'GET',
        path: '/limits',
        headers,
        subject: 'the limits of the project',
      } as const;
      const { body } = await session.call(call);
      return (body as { limits: { absolute: ComputeLimits } }).limits.absolute;
    },
  };
}
