import { randomBytes } from 'node:crypto';
import { type TestContext, test as base, inject } from 'vitest';
import type { OpenstackApi, OpenstackChoice } from '../../src/adapters/openstack/connect.ts';
import type { LoadBalancer } from '../../src/adapters/openstack/octavia.ts';
import { connectAdmin, grant, inDefaultDomain, make, rolesOf } from './openstack/bootstrap.ts';
import { urlOf } from './openstack/config.ts';
import { type CloudEntry, connectAs } from './openstack/connect.ts';
import { sql } from './openstack/mariadb.ts';
import { type OpenstackAddress } from './openstack/start.ts';
import { externalNetwork, makeNetwork } from './openstack/networks.ts';

/** The cloud that all tests of the run share. */
export class TestCloud {
  readonly address: OpenstackAddress;
  readonly admin: OpenstackApi;
  readonly #projects: TestProject[] = [];

  constructor(address: OpenstackAddress, admin: OpenstackApi) {
    this.address = address;
    this.admin = admin;
  }

  get authUrl(): string {
    return urlOf(this.address.ports, 'keystone');
  }

  /** A project of its own, with a user who may use it. */
  async makeProject(): Promise<TestProject> {
    const name = `test-${randomBytes(4).toString('hex')}`;
    const password = `secret-${randomBytes(8).toString('hex')}`;
    const roles = await rolesOf(this.admin);
    const id = await make(this.admin, 'project', { name, domain_id: 'default' });
    const user = await make(this.admin, 'user', { name, password, domain_id: 'default' });
    const given = [roles['member'] ?? '', roles['load-balancer_member'] ?? ''];
    await grant(this.admin, { user, project: id, roles: given });
    const auth = {
      auth_url: this.authUrl,
      ...inDefaultDomain,
      username: name,
      password,
      project_name: name,
    };
    const entry = { auth, region_name: 'RegionOne' };
    const project = new TestProject({ cloud: this, id, user, entry, api: await connectAs(entry) });
    this.#projects.push(project);
    return project;
  }

  /** Has Octavia begin nothing more: what is asked of it stays PENDING until it may run again. */
  async octaviaWorker(does: 'pause' | 'run'): Promise<void> {
    const url = `${urlOf(this.address.ports, 'octavia')}/test/worker`;
    const { status } = await fetch(url, { method: 'PUT', body: does });
    if (status !== 204) throw new Error(`${url}: ${status}`);
  }

  /** Writes into Octavia's own database, behind its back: what breaks there, and what only operators can do. */
  async setStatus(loadBalancer: string, status: LoadBalancer['provisioning_status']): Promise<void> {
    const { mariadb, folder } = this.address;
    const statement = `UPDATE load_balancer SET provisioning_status = '${status}' WHERE id = '${loadBalancer}'`;
    await sql(mariadb, folder, 'octavia', statement);
  }

  close(): void {
    for (const project of this.#projects) project.close();
    this.admin.close();
  }
}

interface ProjectParts {
  readonly cloud: TestCloud;
  readonly id: string;
  readonly user: string;
  /** As clouds.yaml has it. */
  readonly entry: CloudEntry & {
    readonly auth: { readonly auth_url: string; readonly username: string; readonly password: string };
  };
  readonly api: OpenstackApi;
}

export class TestProject {
  readonly cloud: TestCloud;
  readonly id: string;
  readonly user: string;
  readonly entry: ProjectParts['entry'];
  readonly api: OpenstackApi;
  readonly #opened: OpenstackApi[];

  constructor({ cloud, id, user, entry, api }: ProjectParts) {
    this.cloud = cloud;
    this.id = id;
    this.user = user;
    this.entry = entry;
    this.api = api;
    this.#opened = [api];
  }

  /** Another connection, as the same user unless `entry` says otherwise; closed with the test. */
  async connect(
    entry: Partial<CloudEntry> = {},
    choice: Partial<OpenstackChoice> = {},
  ): Promise<OpenstackApi> {
    const api = await connectAs({ ...this.entry, ...entry }, choice);
    this.#opened.push(api);
    return api;
  }

  /** The cloud's network with floating IPs. */
  get external(): Promise<string> {
    return externalNetwork(this.cloud.admin);
  }

  /** A network from which floating IPs can be reached. @returns the subnet. */
  makeNetwork(): Promise<string> {
    return makeNetwork(this.api, this.cloud.admin);
  }

  close(): void {
    for (const api of this.#opened) api.close();
  }
}

export interface OpenstackFixtures {
  /** Without its parts the test is skipped, which names them. */
  readonly openstack: TestCloud;
  /** A project of this test alone. */
  readonly project: TestProject;
}

type Use<Fixture> = (fixture: Fixture) => Promise<void>;

/** For `extend`, by the names of `OpenstackFixtures`. */
export const openstackFixtures = {
  openstack: async ({ skip }: Pick<TestContext, 'skip'>, use: Use<TestCloud>): Promise<void> => {
    const given = inject('openstack');
    if ('failed' in given) throw new Error(`there is no OpenStack: ${given.failed}`);
    if ('missing' in given) {
      skip(given.missing);
      return;
    }
    const cloud = new TestCloud(given, await connectAdmin(given));
    await use(cloud);
    cloud.close();
  },
  project: async (
    { openstack }: Pick<OpenstackFixtures, 'openstack'>,
    use: Use<TestProject>,
  ): Promise<void> => use(await openstack.makeProject()),
};

/** `test` of files in tests/openstack. */
export const test = base.extend<OpenstackFixtures>(openstackFixtures);
