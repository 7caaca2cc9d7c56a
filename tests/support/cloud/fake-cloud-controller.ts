import type { CoreV1EventList, KubeConfig, V1Node, V1Service } from '@kubernetes/client-node';
import { ApiException, AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { canonicalJson } from '../../../src/platform/fingerprint.ts';
import { until } from '../cluster.ts';
import { forEach } from '../cluster/watch.ts';
import { deleteBalancer, ensureBalancer, find, updateMembers } from './fake-balancers.ts';
import { mergePatch } from '../cluster/merge-patch.ts';
import { type Site, annotation } from './fake-listeners.ts';

const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
/** Namespace of its own pods. */
const home = 'kube-system';
/** Of these pods, which a restart of it deletes. */
const podLabel = 'openstack-cloud-controller-manager';

export interface ControllerOptions extends Site {
  readonly config: KubeConfig;
  /** Whose Services it sees: the cluster has those of other tests too. */
  readonly namespace: string;
}

export function startFakeCloudController(options: ControllerOptions): Promise<FakeCloudController> {
  return new FakeCloudController(options).start();
}

/**
 * A stand-in for the cloud controller manager of cloud-provider-openstack, between a real API server and a real Octavia and
 * Neutron: the service controller of `kubernetes/cloud-provider` (`controllers/service/controller.go`: finalizer, events,
 * what it looks at again, status only as fresh as its last look) over `fake-balancers.ts`. It tries again within a second or two,
 * not within minutes. Its DaemonSet is there for who looks for it; a new pod of it is a restart.
 */
export class FakeCloudController {
  readonly #options: ControllerOptions;
  readonly #core: CoreV1Api;
  readonly #stops: (() => void)[] = [];
  /** What it saw of each Service when it last looked at it: another change has it look again. */
  readonly #seen = new Map<string, string>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #pods = new Set<string>();
  #nodes = '';
  #paused = false;
  #stopped = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#core = options.config.makeApiClient(CoreV1Api);
  }

  /** To be called once. */
  async start(): Promise<this> {
    const { config, namespace } = this.#options;
    const apps = config.makeApiClient(AppsV1Api);
    const body = this.#daemonSet();
    await until('the DaemonSet of an earlier one is gone', () =>
      apps.createNamespacedDaemonSet({ namespace: home, body }).then(
        () => true,
        () => false,
      ),
    );
    this.#stops.push(
      forEach<V1Service>(config, `/api/v1/namespaces/${namespace}/services`, async (service) =>
        this.#noticed(service),
      ),
      forEach(config, `/api/v1/namespaces/${home}/pods`, async ({ metadata }) => {
        if (metadata?.labels?.['k8s-app'] !== podLabel || this.#pods.has(metadata.uid ?? '')) return;
        this.#pods.add(metadata.uid ?? '');
        await this.restart();
      }),
    );
    const timer = setInterval(() => void this.#lookAtNodes().catch(() => undefined), 500);
    this.#stops.push(() => clearInterval(timer));
    return this;
  }

  /** It is down until `run`: nothing happens to Services. */
  pause(): void {
    this.#paused = true;
  }

  async run(): Promise<void> {
    this.#paused = false;
    await this.restart();
  }

  /** It looks at everything anew, as it does when it starts. */
  async restart(): Promise<void> {
    this.#seen.clear();
    const { namespace } = this.#options;
    const { items } = await this.#core.listNamespacedService({ namespace });
    for (const service of items) this.#noticed(service);
  }

  /** Ends it, and lets go of Services, so that their namespace can go. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    await Promise.allSettled(this.#busy.values());
    await this.letGo();
    const apps = this.#options.config.makeApiClient(AppsV1Api);
    await apps.deleteNamespacedDaemonSet({ name: podLabel, namespace: home });
  }

  /** Services lose its finalizer, as where somebody takes it off. */
  async letGo(): Promise<void> {
    const { namespace } = this.#options;
    const { items } = await this.#core.listNamespacedService({ namespace });
    await Promise.allSettled(items.map((service) => this.#setFinalizer(service, false)));
  }

  #noticed(service: V1Service): void {
    if (this.#paused || this.#stopped) return;
    const { name = '', annotations, deletionTimestamp } = service.metadata ?? {};
    // A watch gives it as the API does, a list as the client does: with other orders of keys, and dates for times.
    const isGoing = deletionTimestamp !== undefined;
    const now = canonicalJson([service.metadata?.uid, annotations, isGoing, service.spec]);
    if (this.#seen.get(name) === now) return;
    this.#seen.set(name, now);
    this.#soon(name, () => this.#sync(name));
  }

  /** One thing at a time for each Service. */
  #soon(name: string, work: () => Promise<void>): void {
    const before = this.#busy.get(name) ?? Promise.resolve();
    this.#busy.set(
      name,
      before.then(work).catch(() => undefined),
    );
  }

  async #sync(name: string, times = 0): Promise<void> {
    if (this.#paused || this.#stopped) return;
    try {
      const service = await this.#read(name);
      if (service !== undefined) await this.#reconcileOrTell(service);
    } catch {
      const pause = Math.min(300 * 2 ** times, 2000);
      setTimeout(() => this.#soon(name, () => this.#sync(name, times + 1)), pause).unref();
    }
  }

  /** undefined: it is gone. */
  async #read(name: string): Promise<V1Service | undefined> {
    try {
      return await this.#core.readNamespacedService({ name, namespace: this.#options.namespace });
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    }
  }

  /** @throws Error, told as an event too. */
  async #reconcileOrTell(service: V1Service): Promise<void> {
    try {
      await this.#reconcile(service);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      await this.#tell(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${why}`);
      throw error;
    }
  }

  async #reconcile(service: V1Service): Promise<void> {
    const { spec, metadata, status } = service;
    const isKept = metadata?.finalizers?.includes(finalizer) === true;
    const wanted = spec?.type === 'LoadBalancer' && !spec.loadBalancerClass;
    if (wanted && metadata?.deletionTimestamp === undefined) return this.#ensure(service, isKept);
    if (!isKept && status?.loadBalancer?.ingress === undefined) return;
    const there = await prefixed('failed to check if load balancer exists before cleanup', () =>
      find(this.#options, service),
    );
    if (there !== undefined) {
      await this.#tell(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
      await prefixed('failed to delete load balancer', () => deleteBalancer(this.#options, service));
      await this.#tell(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    }
    await this.#setStatus(service, undefined);
    await this.#setFinalizer(service, false);
  }

  async #ensure(service: V1Service, isKept: boolean): Promise<void> {
    await this.#tell(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    if (!isKept) await this.#setFinalizer(service, true);
    const notes: Record<string, string> = {};
    const address = await prefixed('failed to ensure load balancer', async () => {
      try {
        const nodes = await this.#listNodes();
        return await ensureBalancer(this.#options, service, nodes, (more) => Object.assign(notes, more));
      } finally {
        await this.#annotate(service, notes);
      }
    });
    await this.#setStatus(service, annotation(service, 'hostname') ?? address);
    await this.#tell(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  async #listNodes(): Promise<V1Node[]> {
    const { items } = await this.#core.listNode();
    return items.filter(
      ({ metadata, spec }) =>
        metadata?.labels?.['node.kubernetes.io/exclude-from-external-load-balancers'] === undefined &&
        !spec?.taints?.some((taint) => taint.key === 'ToBeDeletedByClusterAutoscaler'),
    );
  }

  async #lookAtNodes(): Promise<void> {
    if (this.#paused || this.#stopped) return;
    const nodes = await this.#listNodes();
    const now = JSON.stringify(nodes.map(({ metadata, status }) => [metadata?.name, status?.addresses]));
    const before = this.#nodes;
    this.#nodes = now;
    if (before === '' || before === now) return;
    const { namespace } = this.#options;
    const { items } = await this.#core.listNamespacedService({ namespace });
    for (const service of items.filter(({ spec }) => spec?.type === 'LoadBalancer')) {
      this.#soon(service.metadata?.name ?? '', async () => {
        try {
          await updateMembers(this.#options, service, nodes);
        } catch (error) {
          const why = `Error updating load balancer with new hosts: ${String(error)}`;
          await this.#tell(service, 'Warning', 'UpdateLoadBalancerFailed', why);
          // Again at the next look.
          this.#nodes = before;
        }
      });
    }
  }

  async #annotate(service: V1Service, notes: Record<string, string>): Promise<void> {
    if (Object.keys(notes).length > 0) await this.#patch(service, { metadata: { annotations: notes } });
  }

  async #setFinalizer(service: V1Service, kept: boolean): Promise<void> {
    const others = (service.metadata?.finalizers ?? []).filter((one) => one !== finalizer);
    await this.#patch(service, { metadata: { finalizers: kept ? [...others, finalizer] : others } });
  }

  async #setStatus({ metadata }: V1Service, address: string | undefined): Promise<void> {
    const { name = '', namespace = '' } = metadata ?? {};
    const isName = address !== undefined && !/^[\d.]+$/.test(address);
    const entry = isName ? { hostname: address } : { ip: address, ipMode: 'VIP' };
    await this.#core.patchNamespacedServiceStatus(
      { name, namespace, body: { status: { loadBalancer: { ingress: address ? [entry] : null } } } },
      mergePatch,
    );
  }

  async #patch({ metadata }: V1Service, body: object): Promise<void> {
    const { name = '', namespace = '' } = metadata ?? {};
    await this.#core.patchNamespacedService({ name, namespace, body }, mergePatch);
  }

  async #tell(service: V1Service, type: string, reason: string, message: string): Promise<void> {
    const { name = '', namespace = '', uid = '' } = service.metadata ?? {};
    const now = new Date();
    const of = { fieldSelector: `involvedObject.uid=${uid},reason=${reason}` };
    const { items }: CoreV1EventList = await this.#core.listNamespacedEvent({ namespace, ...of });
    const same = items.find((event) => event.message === message);
    if (same?.metadata.name !== undefined) {
      const body = { lastTimestamp: now, count: (same.count ?? 1) + 1 };
      await this.#core.patchNamespacedEvent({ name: same.metadata.name, namespace, body }, mergePatch);
      return;
    }
    await this.#core.createNamespacedEvent({
      namespace,
      body: {
        metadata: { generateName: `${name}.` },
        involvedObject: { apiVersion: 'v1', kind: 'Service', name, namespace, uid },
        source: { component: 'service-controller' },
        type,
        reason,
        message,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      },
    });
  }

  /** As its manifest has it (`manifests/controller-manager`). */
  #daemonSet(): object {
    const labels = { 'k8s-app': podLabel };
    const env = [{ name: 'CLUSTER_NAME', value: this.#options.clusterName }];
    const args = ['/bin/openstack-cloud-controller-manager', '--cluster-name=$(CLUSTER_NAME)'];
    const image = 'example.org/openstack-cloud-controller-manager:1';
    return {
      metadata: { name: podLabel, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: podLabel, image, args, env }] } },
      },
    };
  }
}

async function prefixed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
