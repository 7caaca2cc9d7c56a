import { UserError } from '../../errors.ts';
import type { HubApi, HubUser } from '../../ports.ts';
import { hubApi } from '../hub/api.ts';
import { type ForwardedPort, forwardPort } from '../kubernetes/forward.ts';
import type { ClusterContext } from './context.ts';
import { readyPod } from './hub-pod.ts';
import { syncMounted } from './sync-mounted.ts';
import { readTokens } from './kept.ts';

/** Ports of this machine that lead to the hub and its proxy: opened once, when they are needed. */
export class HubDoor {
  readonly #context: ClusterContext;
  readonly #open = new Map<string, Promise<ForwardedPort>>();

  constructor(context: ClusterContext) {
    this.#context = context;
  }

  /** Address of the proxy, as people would open it. @throws UserError when it is not ready. */
  async proxyAddress(): Promise<string> {
    return `http://127.0.0.1:${(await this.#forward('proxy', 8000)).port}/`;
  }

  /** The hub's API, asked as the service `hubwright`. @throws UserError when the hub is not ready. */
  async api(): Promise<HubApi> {
    const [{ port }, tokens] = await Promise.all([
      this.#forward('hub', 8081),
      readTokens(await this.#context.api(), this.#context.namespace),
    ]);
    const api = hubApi(`http://127.0.0.1:${port}/hub/api`, tokens['toolToken'] ?? '');
    return { ...api, syncAccounts: () => syncMounted(this.#context, api) };
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(async (forward) => (await forward.catch(() => undefined))?.close()));
  }

  #forward(component: string, port: number): Promise<ForwardedPort> {
    const known = this.#open.get(component);
    if (known) return known;
    const opening = this.#connect(component, port);
    this.#open.set(component, opening);
    // A pod that is not ready now may be at the next question.
    opening.catch(() => this.#open.delete(component));
    return opening;
  }

  async #connect(component: string, port: number): Promise<ForwardedPort> {
    const { namespace, environment } = this.#context;
    const api = await this.#context.api();
    const find = async (): Promise<{ namespace: string; name: string }> => {
      const name = await readyPod(this.#context, component);
      if (name !== undefined) return { namespace, name };
      throw new UserError({
        what: `The ${component} is not running.`,
        where: `namespace ${namespace}, context ${api.context}`,
        fix: `\`hubwright status ${environment.name}\` says why.`,
      });
    };
    // Said before anybody connects in vain; the first who does is not asked for it again.
    let found: Awaited<ReturnType<typeof find>> | undefined = await find();
    const pod = async () => {
      const known = found;
      found = undefined;
      return known ?? find();
    };
    return forwardPort(api, { pod, port });
  }
}

/** Whom the hub knows; undefined when it does not run, or not as one of ours yet. */
export async function hubUsers(door: HubDoor): Promise<readonly HubUser[] | undefined> {
  try {
    return await (await door.api()).users();
  } catch {
    // It is not ready; or somebody else deployed it, and it does not know our token.
    return undefined;
  }
}
