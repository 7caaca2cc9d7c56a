import { get } from '../http.ts';
import { type Manner, usualPatience } from '../persist.ts';
import { loadCloud, surroundings } from './clouds/load.ts';
import type { Surroundings } from './clouds/find-files.ts';
import { Exchange } from './exchange.ts';
import { connectionsFor } from './http.ts';
import type { Token } from './keystone.ts';
import { type Neutron, neutron } from './neutron.ts';
import { type Nova, nova } from './nova.ts';
import { type Octavia, octavia } from './octavia.ts';
import { usualPageSize } from './pages.ts';
import { Secrets } from './secrets.ts';
import { Session } from './session.ts';

/** Which cloud, as hub.yaml names it, and how patiently it is asked. */
export interface OpenstackChoice extends Manner {
  /** Entry of clouds.yaml. */
  readonly cloud: string;
  readonly region?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** For tests: another folder to work in, fewer objects a page. */
  readonly around?: Partial<Surroundings>;
  readonly pageSize?: number;
}

/**
 * The OpenStack cloud, as somebody in one of its projects.
 *
 * Each call is repeated with growing pauses while a service is overloaded or does not answer, and ends with an
 * OpenstackError that says what is wrong and what to do when it goes on for too long, or cannot be mended by waiting.
 * Types of what comes back are the documented ones: nothing checks them.
 */
export interface OpenstackApi {
  /** Its name in clouds.yaml. */
  readonly cloud: string;
  /** Who we are: the project, and the roles in it. */
  whoAmI(): Promise<Pick<Token, 'project' | 'roles'>>;
  readonly loadBalancers: Octavia;
  readonly network: Neutron;
  readonly compute: Nova;
  /** For what has no method of its own. */
  readonly session: Session;
  /** The same over the same connections, with the same token. */
  with(manner: Manner): OpenstackApi;
  close(): void;
}

/**
 * The cloud that clouds.yaml or the OS_* variables describe. Nothing is asked of it yet.
 *
 * @throws UserError when there is no such cloud, or its entry lacks something.
 */
export async function connectOpenstack(choice: OpenstackChoice): Promise<OpenstackApi> {
  const { env, guard, patience, pageSize = usualPageSize } = choice;
  const around = { ...surroundings(env), ...choice.around };
  const cloud = await loadCloud({ ...choice, around, getJson });
  const connections = connectionsFor(cloud.tls, env);
  const context = { cloud, secrets: new Secrets(cloud.credentials.secrets), roles: [] };
  const attemptSeconds = cloud.timeoutSeconds ?? usualPatience.attemptSeconds;
  const exchange = new Exchange(context, connections.fetch, {
    guard,
    patience: { ...usualPatience, attemptSeconds, ...patience },
  });
  const api = (session: Session): OpenstackApi => ({
    cloud: cloud.name,
    whoAmI: async () => {
      const { project, roles } = await session.token();
      return { project, roles };
    },
    loadBalancers: octavia(session, pageSize),
    network: neutron(session, pageSize),
    compute: nova(session, pageSize),
    session,
    with: (manner) => api(session.with(manner)),
    close: () => connections.close(),
  });
  return api(new Session(cloud, exchange));
}

/** The profile of a vendor that tells it at an address. */
async function getJson(url: string): Promise<unknown> {
  return JSON.parse(Buffer.from(await get(url)).toString('utf8')) as unknown;
}
