import { nowOf } from './age.ts';
import { UserError } from '../../errors.ts';
import type { Lock, LockGuard } from '../../ports.ts';
import type { KubernetesApi } from './api.ts';
import { leaseRef, microTime } from './lease-object.ts';
import type { Lease, LeaseTiming } from './lease-object.ts';

export interface EnvironmentLock extends Lock {
  /** Ends calls once the lock is lost: `api.with({ guard })`. The signal is for programs that are run meanwhile. */
  readonly guard: LockGuard;
}

interface Renewal {
  readonly api: KubernetesApi;
  readonly timing: LeaseTiming;
  readonly identity: string;
  readonly what: string;
}

/** Renews the lease in the background until it is released, or lost. */
export function keepRenewed(lease: Lease, renewal: Renewal): EnvironmentLock {
  const held = new Held(lease, renewal);
  return { guard: held, release: () => held.release() };
}

class Held implements LockGuard {
  readonly #renewal: Renewal;
  /** For renewals: one that is under way when the lock is lost must not come through, or the next holder waits for us. */
  readonly #guarded: KubernetesApi;
  readonly #ended = new AbortController();
  #lease: Lease;
  /** When the renewal that last came through was sent, on two clocks: one stands still while a laptop sleeps, the other may be set. */
  #heard = clocks();
  #timer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout;
  #underWay: Promise<void> = Promise.resolve();
  /** Released, or its namespace is being deleted: nobody can take it, and there is nothing to renew. */
  #over = false;

  constructor(lease: Lease, renewal: Renewal) {
    this.#lease = lease;
    this.#renewal = renewal;
    this.#guarded = renewal.api.with({ guard: this });
    this.#timer = this.#schedule();
    this.#deadline = this.#watchDeadline();
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** @throws UserError when we cannot be sure any more that nobody else has it. */
  check(): void {
    if (!this.#over && silence(this.#heard) > this.#renewal.timing.deadline * 1000) this.#lost(undefined);
    this.#ended.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    this.#end();
    await this.#underWay;
    const { api, identity } = this.#renewal;
    const ref = leaseRef(this.#lease.metadata.namespace ?? '');
    try {
      for (let lease: Lease | undefined = this.#lease; lease?.spec?.holderIdentity === identity;) {
        const { uid, resourceVersion } = lease.metadata;
        if (await api.delete(ref, { preconditions: { uid, resourceVersion } })) return;
        lease = await api.get<Lease>(ref);
      }
    } catch (error) {
      // The work is done, and the lease ends by itself.
      if (!(error instanceof UserError)) throw error;
    }
  }

  #schedule(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#underWay = this.#tick();
    }, this.#renewal.timing.renewEvery * 1000);
    // Holding a lock is no reason for a process to live.
    return timer.unref();
  }

  #hear(sent: ReturnType<typeof clocks>): void {
    this.#heard = sent;
    clearTimeout(this.#deadline);
    if (!this.#over) this.#deadline = this.#watchDeadline();
  }

  /** A renewal that hangs ends too late by itself. */
  #watchDeadline(): NodeJS.Timeout {
    return setTimeout(() => this.#lost(undefined), this.#renewal.timing.deadline * 1000).unref();
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
  }

  async #tick(): Promise<void> {
    const sent = clocks();
    try {
      if (await this.#renew()) this.#hear(sent);
    } catch (error) {
      // Tried again until the deadline.
      if (silence(this.#heard) > this.#renewal.timing.deadline * 1000) this.#lost(error);
    }
    if (!this.#over) this.#timer = this.#schedule();
  }

  /** @returns whether it is ours. */
  async #renew(): Promise<boolean> {
    const { identity } = this.#renewal;
    const api = this.#guarded;
    const { metadata, spec } = this.#lease;
    const renewTime = microTime(nowOf(api));
    const renewed = await api.replace<Lease>({ ...this.#lease, spec: { ...spec, renewTime } });
    if (renewed) {
      this.#lease = renewed;
      return true;
    }
    const now = await api.get<Lease>(leaseRef(metadata.namespace ?? ''));
    if (now?.spec?.holderIdentity === identity) {
      this.#lease = now;
      // An answer was lost on the way. That to this renewal: it came through. To an earlier one: the next one makes it good.
      return now.spec.renewTime === renewTime;
    }
    if (!now && (await this.#namespaceEnds())) this.#end();
    else this.#lost(undefined);
    return false;
  }

  /** We delete it ourselves, at the end of a `destroy`: nothing can be made in it, no lock either. */
  async #namespaceEnds(): Promise<boolean> {
    const name = this.#lease.metadata.namespace ?? '';
    const namespace = await this.#renewal.api.get({ apiVersion: 'v1', kind: 'Namespace', name });
    return namespace?.metadata.deletionTimestamp !== undefined || namespace === undefined;
  }

  #lost(cause: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#ended.abort(
      new UserError({
        what: `The lock of ${this.#renewal.what} was lost: this run stops, because somebody else may be at work.`,
        where: `Lease ${this.#lease.metadata.namespace ?? ''}/${this.#lease.metadata.name}`,
        fix: 'See whether the cluster answers and whether somebody else deploys, then run the command again: it continues.',
        cause,
      }),
    );
  }
}

function clocks(): { readonly wall: number; readonly steady: number } {
  return { wall: Date.now(), steady: performance.now() };
}

function silence(since: { readonly wall: number; readonly steady: number }): number {
  return Math.max(Date.now() - since.wall, performance.now() - since.steady);
}
