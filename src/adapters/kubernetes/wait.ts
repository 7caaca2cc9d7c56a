import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { KubernetesApi, LiveObject } from './api.ts';
import { hindranceOf } from './hindrance.ts';
import { readinessOf } from './readiness.ts';
import type { Reason } from './reasons.ts';

export interface Waiting {
  readonly timeoutSeconds: number;
  /** Called with a sentence each time that there is something new to say. */
  readonly report: (text: string) => void;
  /** Replaces the time that a fault has to last before it is believed; for tests. */
  readonly lastsAfter?: number;
}

/** Between looks: at first often, because most things are ready soon. */
const shortestPauseMs = 200;
const longestPauseMs = 2000;
/** Something that has to be there may still be on its way. */
const absentSeconds = 30;

/**
 * Waits until all of them are ready, and says why while they are not.
 *
 * @throws UserError as soon as one cannot become ready any more, or a fault of it lasts, or time is up.
 */
export async function waitReady(
  api: KubernetesApi,
  refs: readonly ObjectRef[],
  waiting: Waiting,
): Promise<void> {
  const waits = refs.map((ref) => new Wait(api, ref, waiting));
  const until = performance.now() + waiting.timeoutSeconds * 1000;
  let said = '';
  for (let pause = shortestPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    await Promise.all(waits.map((wait) => wait.look()));
    const open = waits.filter(({ ready }) => !ready);
    const [first] = open;
    if (!first) return;
    const text = `${first.sentence}${open.length > 1 ? ` (and ${open.length - 1} more)` : ''}`;
    if (text !== said) waiting.report(text);
    said = text;
    if (performance.now() > until) throw first.tooLate(open);
    await sleep(pause);
  }
}

class Wait {
  readonly #api: KubernetesApi;
  readonly #ref: ObjectRef;
  readonly #waiting: Waiting;
  ready = false;
  #state = 'not looked at yet';
  #reason: Reason | undefined;
  /** When this reason was first seen. */
  #since = performance.now();

  constructor(api: KubernetesApi, ref: ObjectRef, waiting: Waiting) {
    this.#api = api;
    this.#ref = ref;
    this.#waiting = waiting;
  }

  get sentence(): string {
    return sentenceOf({ kind: this.#ref.kind, metadata: this.#ref }, this.#state, this.#reason);
  }

  /** @throws UserError when there is no use in waiting. */
  async look(): Promise<void> {
    if (this.ready) return;
    const object = await this.#api.get(this.#ref);
    if (!object) {
      this.#note('not there yet', { text: 'something has to make it', lastsAfter: absentSeconds });
      return;
    }
    const readiness = readinessOf(object, await this.#bindsLate(object));
    if (readiness.ready) {
      this.ready = true;
      return;
    }
    if (readiness.failed !== undefined) {
      this.#state = readiness.state;
      const reason = await hindranceOf(this.#api, object);
      throw this.#hopeless([readiness.failed, reason?.text].filter(Boolean).join('; '));
    }
    this.#note(readiness.state, readiness.unseen ? undefined : await hindranceOf(this.#api, object));
  }

  tooLate(open: readonly Wait[]): UserError {
    return new UserError({
      what: `${nameOf(this.#ref)} is not ready after ${this.#waiting.timeoutSeconds} seconds.`,
      where: `context ${this.#api.context}`,
      fix: `See why: \`${this.#describe()}\`. Then run the command again: it goes on waiting.`,
      details: open.map(({ sentence }) => sentence).join('\n'),
    });
  }

  #note(state: string, reason: Reason | undefined): void {
    this.#state = state;
    if (kindOf(reason) !== kindOf(this.#reason)) this.#since = performance.now();
    this.#reason = reason;
    if (reason?.lastsAfter === undefined) return;
    const lastsAfter = this.#waiting.lastsAfter ?? reason.lastsAfter;
    if (performance.now() - this.#since >= lastsAfter * 1000) throw this.#hopeless(reason.text);
  }

  #hopeless(why: string): UserError {
    return new UserError({
      what: `${nameOf(this.#ref)} does not become ready: ${why}`,
      where: `context ${this.#api.context}`,
      fix: `Mend that (more: \`${this.#describe()}\`), then run the command again: it continues.`,
    });
  }

  #describe(): string {
    const { kind, name, namespace } = this.#ref;
    const within = namespace === undefined ? '' : ` -n ${namespace}`;
    return `kubectl --context ${this.#api.context} describe ${kind.toLowerCase()} ${name}${within}`;
  }

  /** A claim of such a class gets its volume when a pod uses it, on that pod's node. */
  async #bindsLate({ kind, spec }: LiveObject & { readonly spec?: unknown }): Promise<boolean> {
    const name = (spec as { storageClassName?: string } | undefined)?.storageClassName;
    if (kind !== 'PersistentVolumeClaim' || !name) return false;
    const ref = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name };
    const found = await this.#api.get<{ readonly volumeBindingMode?: string }>(ref);
    return found?.volumeBindingMode === 'WaitForFirstConsumer';
  }
}

/** The kind of fault, without numbers that change while it lasts. */
function kindOf(reason: Reason | undefined): string | undefined {
  return reason?.text.split(':')[0]?.replaceAll(/[0-9]+/g, '');
}

/** `Deployment jupyterhub/hub: 0 of 1 pods ready; image pull backs off: …` */
export function sentenceOf(
  { kind, metadata: { name, namespace } }: Pick<KubernetesObject, 'kind' | 'metadata'>,
  state: string,
  reason: Reason | undefined,
): string {
  const which = nameOf({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  return `${which}: ${[state, reason?.text].filter(Boolean).join('; ')}`;
}

function nameOf({ kind, namespace, name }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
