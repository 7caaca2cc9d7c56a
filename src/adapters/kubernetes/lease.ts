import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowOf } from './age.ts';
import { UserError } from '../../errors.ts';
import type { KubernetesApi } from './api.ts';
import { NamespaceMissing } from './explain.ts';
import { hasDied, thisProcess } from './holder.ts';
import type { Holder } from './holder.ts';
import { leaseName, leaseRef, microTime, usualTiming } from './lease-object.ts';
import type { Lease, LeaseTiming } from './lease-object.ts';
import { keepRenewed } from './lease-renewal.ts';
import type { EnvironmentLock } from './lease-renewal.ts';

interface LockRequest {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Labels of the namespace, where the lock has to make it. */
  readonly labels: Readonly<Record<string, string>>;
  /** `Environment training` */
  readonly what: string;
  /** The command: `hubwright deploy training`. */
  readonly purpose: string;
  /** Called once when there is somebody of whom it is not clear whether they are still there. */
  readonly onWait?: (text: string) => void;
  readonly timing?: Partial<LeaseTiming>;
}

const holderKey = 'hubwright/holder';

/**
 * Takes the environment's lock: a Lease in its namespace, made with the namespace where that is missing, so that even
 * two first deploys cannot both act.
 *
 * A holder who is seen renewing is refused to others at once. One who is not gets the benefit of `duration`, unless
 * it was a process of this very machine that is gone. Each change names the version it was decided on, so that of two
 * who want to take over one wins.
 *
 * @throws UserError that names who holds it, since when and what for.
 */
export async function lockEnvironment(request: LockRequest): Promise<EnvironmentLock> {
  const timing = { ...usualTiming, ...request.timing };
  // A renewal that hangs must not use up the time in which others could be made.
  const patience = { attemptSeconds: timing.renewEvery, totalSeconds: timing.deadline / 2 };
  const api = request.api.with({ patience });
  const identity = randomUUID();
  const acquire = new Acquire({ ...request, api }, timing, identity);
  return keepRenewed(await acquire.run(), { api, timing, identity, what: request.what });
}

class Acquire {
  readonly #request: LockRequest;
  readonly #timing: LeaseTiming;
  readonly #identity: string;
  /** The other's lease as it was first seen, and when. */
  #seen: { readonly lease: Lease; readonly at: number } | undefined;

  constructor(request: LockRequest, timing: LeaseTiming, identity: string) {
    this.#request = request;
    this.#timing = timing;
    this.#identity = identity;
  }

  async run(): Promise<Lease> {
    const { api, namespace } = this.#request;
    // Mostly nobody has it: then this is the only question.
    let mine = await this.#make();
    while (!mine) {
      const lease = await api.get<Lease>(leaseRef(namespace));
      mine = lease ? await this.#consider(lease) : await this.#make();
    }
    return mine;
  }

  /** undefined: somebody was faster. */
  async #make(): Promise<Lease | undefined> {
    const { api, namespace, labels } = this.#request;
    try {
      return await api.create<Lease>(await this.#lease());
    } catch (error) {
      if (!(error instanceof NamespaceMissing)) throw error;
      await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
      return api.create<Lease>(await this.#lease());
    }
  }

  /** undefined: look again. */
  async #consider(lease: Lease): Promise<Lease | undefined> {
    const { api, what, onWait } = this.#request;
    const theirs = lease.spec?.holderIdentity;
    // The answer to our own request was lost on the way.
    if (theirs === this.#identity) return lease;
    const holder = holderOf(lease);
    if (!theirs || this.#isStale(lease) || (holder && (await hasDied(holder)))) {
      const { resourceVersion, uid } = lease.metadata;
      return api.replace<Lease>(await this.#lease({ resourceVersion, uid }));
    }
    const before = this.#seen;
    if (before?.lease.spec?.holderIdentity !== theirs) this.#seen = { lease, at: performance.now() };
    else if (before.lease.spec?.renewTime !== lease.spec?.renewTime) throw refusal(what, holder, lease);
    if (!before)
      onWait?.(`Is ${holder?.by ?? 'the holder of the lock'} still there? Waiting for a sign of life.`);
    await sleep(this.#timing.pollEvery * 1000);
    return undefined;
  }

  /** By the server's clock, or by our own since we look at it: a wrong clock alone makes nobody stale too soon. */
  #isStale(lease: Lease): boolean {
    const { spec } = lease;
    const duration = Math.max(spec?.leaseDurationSeconds ?? 0, 1) * 1000;
    const renewed = Date.parse(spec?.renewTime ?? '');
    const now = nowOf(this.#request.api);
    // The server tells its time in whole seconds.
    if (Number.isNaN(renewed) || now - renewed > duration + 2000) return true;
    const seen = this.#seen;
    const unchanged = seen?.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
    return seen !== undefined && unchanged && performance.now() - seen.at > duration;
  }

  async #lease(existing?: { readonly resourceVersion: string; readonly uid: string }) {
    const { api, namespace, purpose } = this.#request;
    const now = microTime(nowOf(api));
    return {
      ...leaseRef(namespace),
      metadata: {
        name: leaseName,
        namespace,
        ...existing,
        labels: { 'app.kubernetes.io/managed-by': 'hubwright' },
        annotations: { [holderKey]: JSON.stringify(await thisProcess(purpose, now)) },
      },
      spec: {
        holderIdentity: this.#identity,
        leaseDurationSeconds: this.#timing.duration,
        acquireTime: now,
        renewTime: now,
      },
    };
  }
}

function holderOf({ metadata }: Lease): Holder | undefined {
  try {
    return JSON.parse(metadata.annotations?.[holderKey] ?? '') as Holder;
  } catch {
    // Made by something else, or by hand.
    return undefined;
  }
}

function refusal(what: string, holder: Holder | undefined, { spec, metadata }: Lease): UserError {
  return new UserError({
    what: `${what} is being changed by somebody else.`,
    where: holder
      ? `\`${holder.purpose}\`, process ${holder.pid} of ${holder.by}, since ${holder.since}`
      : `Lease ${metadata.namespace ?? ''}/${metadata.name}, held by ${spec?.holderIdentity ?? 'somebody'} since ${spec?.acquireTime ?? 'some time'}`,
    fix: holder
      ? `Wait until it is done. If it hangs, end it there with \`kill ${holder.pid}\`; the next run continues its work.`
      : 'Wait until it is done, then run the command again.',
  });
}
