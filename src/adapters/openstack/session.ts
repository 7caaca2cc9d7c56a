import { UserError } from '../../errors.ts';
import type { Manner } from '../persist.ts';
import { endpointOf } from './catalog.ts';
import type { Cloud } from './clouds/load.ts';
import type { Answer, Exchange, Request } from './exchange.ts';
import type { ServiceType } from './explain.ts';
import { type Token, identityUrl, requestToken } from './keystone.ts';

/** A call to one of the services. */
export interface Call extends Omit<Request, 'url' | 'headers' | 'refused'> {
  readonly service: ServiceType;
  /** Behind the version, with its query: `/floatingips?limit=5`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What all sessions of a connection share. */
interface Shared {
  /** Asks for tokens: no session's guard ends what others wait for too. */
  readonly exchange: Exchange;
  identity: Promise<string> | undefined;
  token: Promise<Token> | undefined;
}

/** Calls services as somebody, with a token that is renewed when it nears its end or is refused. */
export class Session {
  readonly #cloud: Cloud;
  readonly #exchange: Exchange;
  readonly #shared: Shared;

  constructor(
    cloud: Cloud,
    exchange: Exchange,
    shared: Shared = { exchange, identity: undefined, token: undefined },
  ) {
    this.#cloud = cloud;
    this.#exchange = exchange;
    this.#shared = shared;
  }

  with(manner: Manner): Session {
    return new Session(this.#cloud, this.#exchange.with(manner), this.#shared);
  }

  async call(call: Call): Promise<Answer> {
    let used: Promise<Token> | undefined;
    const url = await this.endpoint(call.service);
    return this.#exchange.send({
      ...call,
      url: `${url}${call.path}`,
      headers: async () => {
        const { id } = await this.token();
        used = this.#shared.token;
        return { 'x-auth-token': id, ...call.headers };
      },
      refused: () => this.#forget(used),
    });
  }

  /** Where the service is, with its version. */
  async endpoint(service: ServiceType): Promise<string> {
    return endpointOf(service, (await this.token()).catalog, this.#cloud);
  }

  /** One that is good for a while. Of several who ask at once one makes the request. */
  async token(): Promise<Token> {
    const known = this.#shared.token;
    const asked = (this.#shared.token ??= this.#request());
    const token = await asked.catch((error: unknown) => {
      this.#forget(asked);
      throw error;
    });
    if (asked !== known || Date.now() < token.renewAt) return token;
    this.#forget(asked);
    return this.token();
  }

  /** Id of the project that we are in. @throws UserError where it is none. */
  async projectId(): Promise<string> {
    const { project } = await this.token();
    if (project !== undefined) return project.id;
    const { name, where } = this.#cloud;
    throw new UserError({
      what: `The credentials for cloud ${name} are for no project.`,
      where,
      fix: 'Write the project in which the cluster is into its entry: `project_name`, or `project_id`.',
      exitCode: 2,
    });
  }

  async #request(): Promise<Token> {
    const { exchange } = this.#shared;
    const identity = (this.#shared.identity ??= identityUrl(exchange, this.#cloud));
    const url = await identity.catch((error: unknown) => {
      this.#shared.identity = undefined;
      throw error;
    });
    const token = await requestToken(exchange, url, this.#cloud.credentials);
    exchange.context.secrets.add(token.id);
    exchange.context.roles = token.roles;
    return token;
  }

  /** Unless another has been asked for meanwhile. */
  #forget(used: Promise<Token> | undefined): void {
    if (this.#shared.token === used) this.#shared.token = undefined;
  }
}
