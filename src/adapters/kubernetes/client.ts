import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { ApiResource, DeleteOptions, KubernetesApi, ListQuery, LiveObject, LogOptions } from './api.ts';
import { type Manner, type Patience, usualPatience } from '../persist.ts';
import { Caller } from './calls.ts';
import { FieldConflict } from './explain.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import type { KubeconfigChoice } from './kubeconfig.ts';
import { readLogs } from './logs.ts';
import {
  fromDiscovery,
  knownResource,
  objectPath,
  queryOf,
  splitApiVersion,
  versionPath,
} from './resources.ts';
import { Transport } from './transport.ts';
import type { SocketOptions } from './transport.ts';

const fieldManager = 'hubwright';
const pageSize = 500;
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * The API of the cluster that the environment's context names. Nothing is asked of it yet.
 *
 * @throws UserError when the kubeconfig is missing, wrong, or has no such context.
 */
export async function connectKubernetes(
  choice: KubeconfigChoice & { readonly patience?: Partial<Patience> },
): Promise<KubernetesApi> {
  const access = await loadKubeconfig(choice);
  const transport = new Transport(access, choice.env);
  return new Client(new Caller(transport, { ...usualPatience, ...choice.patience }), new Map());
}

class Client implements KubernetesApi {
  readonly #caller: Caller;
  /** Kinds of a version, once asked. */
  readonly #kinds: Map<string, Promise<readonly ApiResource[]>>;

  constructor(caller: Caller, kinds: Map<string, Promise<readonly ApiResource[]>>) {
    this.#caller = caller;
    this.#kinds = kinds;
  }

  get context(): string {
    return this.#caller.transport.access.context;
  }

  get server(): string {
    return this.#caller.transport.access.cluster.server;
  }

  clockAhead(): number {
    return this.#caller.clockAhead;
  }

  async version(): Promise<string> {
    const { body } = await this.#caller.call({ method: 'GET', path: '/version', verb: 'get' });
    return (body as { gitVersion: string }).gitVersion;
  }

  async get<T>(ref: ObjectRef): Promise<T | undefined> {
    const resource = await this.resource(ref.apiVersion, ref.kind);
    if (!resource) return undefined;
    const { status, body } = await this.#caller.call({
      method: 'GET',
      path: objectPath(resource, ref),
      ...asked('get', resource, ref),
      allow: [404],
    });
    return status === 404 ? undefined : (body as T);
  }

  async list<T>(query: ListQuery): Promise<T[]> {
    return this.#listPages<T>(query, {});
  }

  async listMetadata(query: ListQuery): Promise<LiveObject[]> {
    return this.#listPages<LiveObject>(query, { accept: metadataOnly });
  }

  async #listPages<T>(query: ListQuery, headers: Record<string, string>): Promise<T[]> {
    const { apiVersion, kind, namespace, labelSelector, fieldSelector } = query;
    const resource = await this.resource(apiVersion, kind);
    if (!resource) return [];
    const items: T[] = [];
    let next: string | undefined;
    do {
      const parts = { labelSelector, fieldSelector, limit: pageSize, continue: next };
      const { status, body } = await this.#caller.call({
        method: 'GET',
        path: `${objectPath(resource, { namespace })}${queryOf(parts)}`,
        headers,
        ...asked('list', resource, { namespace }),
        allow: next === undefined ? [404] : [404, 410],
      });
      if (status === 404) return [];
      // The pages were read too slowly and their state is gone: from the beginning.
      if (status === 410) return this.#listPages(query, headers);
      const page = body as { items: object[] | null; metadata: { continue?: string } };
      // Items of a list do not say what they are.
      for (const item of page.items ?? []) items.push({ ...item, apiVersion, kind } as T);
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
    return items;
  }

  async apply<T>(
    object: KubernetesObject,
    { force = false, dryRun = false, as = fieldManager }: Parameters<KubernetesApi['apply']>[1] = {},
  ): Promise<T> {
    const resource = await this.#mustKnow(object);
    const ref = refOf(object);
    const query = queryOf({ fieldManager: as, force, dryRun: dryRun ? 'All' : undefined });
    try {
      const { body } = await this.#caller.call({
        method: 'PATCH',
        path: `${objectPath(resource, ref)}${query}`,
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: object,
        ...asked('patch', resource, ref),
      });
      this.#forgetKinds(object);
      return body as T;
    } catch (error) {
      // What we patched or created ourselves counts as set by another way, not by another hand.
      const ours =
        error instanceof FieldConflict && error.conflicts.every(({ manager }) => manager === fieldManager);
      if (!ours || force) throw error;
      return this.apply<T>(object, { force: true, dryRun, as });
    }
  }

  async create<T>(object: KubernetesObject): Promise<T | undefined> {
    const resource = await this.#mustKnow(object);
    const ref = refOf(object);
    const { status, body } = await this.#caller.call({
      method: 'POST',
      path: `${objectPath(resource, { namespace: ref.namespace })}${queryOf({ fieldManager })}`,
      body: object,
      ...asked('create', resource, ref),
      allow: [409],
    });
    this.#forgetKinds(object);
    return status === 409 ? undefined : (body as T);
  }

  async replace<T>(object: KubernetesObject): Promise<T | undefined> {
    const resource = await this.#mustKnow(object);
    const ref = refOf(object);
    const { status, body } = await this.#caller.call({
      method: 'PUT',
      path: `${objectPath(resource, ref)}${queryOf({ fieldManager })}`,
      body: object,
      ...asked('update', resource, ref),
      allow: [404, 409],
    });
    return status >= 400 ? undefined : (body as T);
  }

  async patch<T>(ref: ObjectRef, patch: object): Promise<T | undefined> {
    const resource = await this.resource(ref.apiVersion, ref.kind);
    if (!resource) return undefined;
    const { status, body } = await this.#caller.call({
      method: 'PATCH',
      path: `${objectPath(resource, ref)}${queryOf({ fieldManager })}`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: patch,
      ...asked('patch', resource, ref),
      allow: [404],
    });
    return status === 404 ? undefined : (body as T);
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const resource = await this.resource(ref.apiVersion, ref.kind);
    if (!resource) return false;
    const { propagation = 'Background', preconditions, waitSeconds } = options;
    const { status } = await this.#caller.call({
      method: 'DELETE',
      path: objectPath(resource, ref),
      body: { propagationPolicy: propagation, ...(preconditions ? { preconditions } : {}) },
      ...asked('delete', resource, ref),
      allow: preconditions ? [404, 409] : [404],
    });
    if (status >= 400) return false;
    if (waitSeconds !== undefined) await this.#waitGone(ref, waitSeconds);
    return true;
  }

  async #waitGone(ref: ObjectRef, seconds: number): Promise<void> {
    const first = await this.get(ref);
    for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(300)) {
      const now = await this.get<LiveObject>(ref);
      if (!now || now.metadata.uid !== (first as LiveObject | undefined)?.metadata.uid) return;
    }
    const now = await this.get<LiveObject & { metadata: { finalizers?: string[] } }>(ref);
    const held = now?.metadata.finalizers ?? [];
    throw new UserError({
      what: `${ref.kind} ${ref.name} is still there ${seconds} seconds after it was deleted.`,
      where: [ref.namespace, ref.name].filter(Boolean).join('/'),
      fix: held.length
        ? `It waits for ${held.join(', ')}; whatever sets those has to let it go. Then run the command again.`
        : 'Something that it owns is still ending. Run the command again in a while.',
    });
  }

  async resource(apiVersion: string, kind: string): Promise<ApiResource | undefined> {
    const known = knownResource(apiVersion, kind);
    if (known) return known;
    let kinds = this.#kinds.get(apiVersion);
    if (!kinds) {
      kinds = this.#discover(apiVersion);
      this.#kinds.set(apiVersion, kinds);
    }
    const found = (await kinds.catch(() => [])).find((resource) => resource.kind === kind);
    // It may come with a CRD in a moment: only what is there is remembered.
    if (!found) this.#kinds.delete(apiVersion);
    await kinds;
    return found;
  }

  async #discover(apiVersion: string): Promise<readonly ApiResource[]> {
    const path = versionPath(splitApiVersion(apiVersion));
    const { status, body } = await this.#caller.call({ method: 'GET', path, verb: 'get', allow: [404] });
    return status === 404 ? [] : fromDiscovery(apiVersion, body);
  }

  #forgetKinds(written: KubernetesObject): void {
    if (written.kind === 'CustomResourceDefinition') this.#kinds.clear();
  }

  async #mustKnow({ apiVersion, kind, metadata }: KubernetesObject): Promise<ApiResource> {
    const resource = await this.resource(apiVersion, kind);
    if (resource) return resource;
    throw new UserError({
      what: `The cluster knows no ${kind} of ${apiVersion}.`,
      where: `${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`,
      fix: `Install what brings it; \`kubectl --context ${this.context} api-resources | grep ${kind}\` says when it is there.`,
    });
  }

  logs(
    pod: { readonly namespace: string; readonly name: string },
    options: LogOptions,
    signal?: AbortSignal,
  ): Promise<void> {
    return readLogs(this.#caller, pod, options, signal);
  }

  socketOptions(): Promise<SocketOptions> {
    return this.#caller.transport.socketOptions();
  }

  with(manner: Manner): KubernetesApi {
    return new Client(this.#caller.with(manner), this.#kinds);
  }

  close(): void {
    this.#caller.transport.close();
  }
}

function asked(
  verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete',
  resource: ApiResource,
  { namespace, name }: { namespace?: string | undefined; name?: string },
) {
  return { verb, resource, namespace: resource.namespaced ? namespace : undefined, name } as const;
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
