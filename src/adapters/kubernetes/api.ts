import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { Manner } from '../persist.ts';
import type { SocketOptions } from './transport.ts';

/** An object as the API server gives it: what every one has beside its own parts. */
export type LiveObject = KubernetesObject & { readonly metadata: LiveMetadata };

export type LiveMetadata = KubernetesObject['metadata'] & {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly generation?: number;
};

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** Missing: in all of them. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface DeleteOptions {
  /** What becomes of that which it owns. `Background` unless said. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Seconds until it has to be gone; without it, is not waited for. */
  readonly waitSeconds?: number;
  /** Only if it is still this very one. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface LogOptions {
  readonly container?: string;
  readonly tailLines?: number;
  readonly follow?: boolean;
  /** The container before its last restart. */
  readonly previous?: boolean;
  readonly write: (text: string) => void;
}

/** How the API addresses objects of a kind. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `deployments` */
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * The Kubernetes API of one cluster, as the context of a kubeconfig names it.
 *
 * Each call is repeated with growing pauses while the server is overloaded or does not answer, and ends with a
 * UserError that says what is wrong and what to do when it goes on for too long, or cannot be mended by waiting.
 * Types of what comes back are the caller's claim: nothing checks them.
 */
export interface KubernetesApi {
  readonly context: string;
  /** Address of the API server. */
  readonly server: string;

  /** `v1.36.3` */
  version(): Promise<string>;
  /** Milliseconds that the server's clock is ahead of this machine's, as the last answer told; to the second. */
  clockAhead(): number;
  /** undefined: there is none, or no such kind. */
  get<T = LiveObject>(ref: ObjectRef): Promise<T | undefined>;
  /** Nothing where the cluster does not know the kind. */
  list<T = LiveObject>(query: ListQuery): Promise<T[]>;
  /** Only `metadata` of each: small also where the objects are large. */
  listMetadata(query: ListQuery): Promise<LiveObject[]>;

  /**
   * Server-side apply with the field manager `hubwright`, or in the name of another one.
   *
   * @throws FieldConflict when somebody else set some of these fields and `force` is not given.
   */
  apply<T = LiveObject>(
    object: KubernetesObject,
    options?: { readonly force?: boolean; readonly dryRun?: boolean; readonly as?: string },
  ): Promise<T>;
  /** undefined: there is one already; after a lost answer this may be the very one that was made. */
  create<T = LiveObject>(object: KubernetesObject): Promise<T | undefined>;
  /** undefined: it was changed meanwhile (its resourceVersion is another), or is gone. */
  replace<T = LiveObject>(object: KubernetesObject): Promise<T | undefined>;
  /** A JSON merge patch: `null` takes a key away. undefined: there is no such object. */
  patch<T = LiveObject>(ref: ObjectRef, patch: object): Promise<T | undefined>;
  /** @returns false when there was none (or none that meets the preconditions). */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;

  /** undefined: the cluster knows no such kind. */
  resource(apiVersion: string, kind: string): Promise<ApiResource | undefined>;
  /** Writes the log; with `follow`, until the container ends or `signal` says so. */
  logs(
    pod: { readonly namespace: string; readonly name: string },
    options: LogOptions,
    signal?: AbortSignal,
  ): Promise<void>;
  /** For websockets to the server (forwarded ports). */
  socketOptions(): Promise<SocketOptions>;

  /** The same API over the same connections: its calls end once the guard says so, or are tried for another time. */
  with(manner: Manner): KubernetesApi;
  close(): void;
}
