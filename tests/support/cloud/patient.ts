import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type V1Service } from '@kubernetes/client-node';
import { clusterHost } from '../../../src/adapters/cluster/host.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';
import type { LoadBalancer, Member } from '../../../src/adapters/openstack/octavia.ts';
import { UserError } from '../../../src/errors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { examine, repairPlan } from '../../../src/operate/doctor.ts';
import { runSteps } from '../../../src/operate/run-steps.ts';
import { kubernetesTarget } from '../../../src/operate/targets/kubernetes.ts';
import { checks } from '../../../src/plan/doctor/checks/index.ts';
import type { Finding } from '../../../src/plan/doctor/finding.ts';
import type { LockGuard } from '../../../src/ports.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Site } from '../cloud-test.ts';
import { type ClusterClient, until } from '../cluster.ts';
import { helm } from '../helm.ts';
import { mergePatch } from '../cluster/merge-patch.ts';
import { serviceAnnotations } from '../../../src/config/cloud-controller.ts';

/** A Service of the release: its address, or one that the controller makes. */
export interface Wanted {
  readonly loadBalancerIP?: string;
  readonly ports?: readonly number[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Found extends Finding {
  readonly id: string;
}

interface Options {
  readonly site: Site;
  readonly cluster: ClusterClient;
  /** Path of Helm. */
  readonly helm: string;
}

interface Visit {
  /** Checks to run; all of load balancers. */
  readonly only?: readonly string[];
  readonly guard?: LockGuard;
}

/** As the hub's Service asks for, too. */
const timeouts = {
  'loadbalancer.openstack.org/timeout-client-data': '3600000',
  'loadbalancer.openstack.org/timeout-member-data': '3600000',
};

const template = `{{- range $name, $wanted := .Values.services }}
---
apiVersion: v1
kind: Service
metadata: { name: {{ $name }}, annotations: {{ toJson (merge (default dict $wanted.annotations) $.Values.annotations) }} }
spec:
  type: LoadBalancer
  selector: { app: {{ $name }} }
  {{- with $wanted.loadBalancerIP }}
  loadBalancerIP: {{ . }}
  {{- end }}
  ports:
  {{- range default (list 80) $wanted.ports }}
  - { name: "p{{ . }}", port: {{ . }} }
  {{- end }}
{{- end }}
`;

/** A release with Services on load balancers, its environment, and a doctor to look after it. */
export class Patient {
  readonly site: Site;
  readonly #options: Options;
  readonly #folder: string;
  readonly #clouds: Readonly<Record<string, string>>;

  private constructor(options: Options, folder: string, clouds: Readonly<Record<string, string>>) {
    this.site = options.site;
    this.#options = options;
    this.#folder = folder;
    this.#clouds = clouds;
  }

  static async in(options: Options): Promise<Patient> {
    const folder = await mkdtemp(join(tmpdir(), 'hubwright-doctor-'));
    await mkdir(join(folder, 'chart', 'templates'), { recursive: true });
    const about = 'apiVersion: v2\nname: jupyterhub\nversion: 1.0.0\n';
    await writeFile(join(folder, 'chart', 'Chart.yaml'), about);
    await writeFile(join(folder, 'chart', 'templates', 'services.yaml'), template);
    return new Patient(options, folder, await options.site.clouds(folder));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  /** Has it go another way to the cloud from now on: what its entry of clouds.yaml has instead. */
  async goThrough(entry: object): Promise<void> {
    await this.site.clouds(this.#folder, entry);
  }

  /** `helm upgrade --install`, some at a time, and waits until each has its address: Octavia makes them one by one. */
  async install(services: Readonly<Record<string, Wanted>>): Promise<void> {
    const all = Object.entries(services);
    for (let some = 3; ; some += 3) {
      const now = Object.fromEntries(all.slice(0, some));
      await this.upgrade(now);
      await this.site.until('they have addresses', () => this.#allBalanced(now));
      if (some >= all.length) return;
    }
  }

  async upgrade(services: Readonly<Record<string, Wanted>>): Promise<void> {
    const file = join(this.#folder, 'values.json');
    await writeFile(file, JSON.stringify({ services, annotations: timeouts }));
    const { namespace } = this.site;
    const words = ['upgrade', '--install', 'hub', join(this.#folder, 'chart'), '-n', namespace, '-f', file];
    await helm(this.#options.helm, this.#options.cluster.kubeconfig, words);
  }

  async #allBalanced(services: object): Promise<boolean> {
    const { core, namespace } = this.site;
    const { items } = await core.listNamespacedService({ namespace });
    const ready = items.filter(({ status }) => (status?.loadBalancer?.ingress ?? []).length > 0);
    return Object.keys(services).every((name) => ready.some(({ metadata }) => metadata?.name === name));
  }

  /** What is wrong, as it would be called forty minutes from now: nobody waits so long in a test. */
  async findings(visit: Visit = {}): Promise<Found[]> {
    return (await this.#visit(visit, false)).found;
  }

  /** Does what `doctor --fix` does, once. @returns what was found before. */
  async fix(visit: Visit = {}): Promise<Found[]> {
    return (await this.#visit(visit, true)).found;
  }

  /** As somebody does who runs it again while there is something to be done: Octavia is slow where all is done at once. */
  async mend(): Promise<void> {
    for (let times = 1; ; times++) {
      const found = await this.fix().catch((error: unknown) => {
        if (!(error instanceof UserError) || times === 4) throw error;
        return undefined;
      });
      if (found?.every(({ repair }) => repair === undefined)) return;
    }
  }

  async #visit({ only, guard }: Visit, mends: boolean): Promise<{ found: Found[] }> {
    const { site } = this;
    const environment = this.#environment();
    const connections = new Map<string, Promise<KubernetesApi>>();
    const host = clusterHost(environment, {
      connections,
      env: {
        PATH: process.env['PATH'],
        KUBECONFIG: this.#options.cluster.kubeconfig,
        HUBWRIGHT_HELM: this.#options.helm,
        ...this.#clouds,
      },
      configFile: join(this.#folder, 'hub.yaml'),
      guard,
      report: () => undefined,
      timeoutSeconds: 45,
      command: undefined,
    });
    try {
      const target = kubernetesTarget(environment, host);
      const { balancers } = target.sources ?? {};
      const later = async () => {
        const looked = await balancers!();
        if (!('seen' in looked)) throw new Error(looked.notSeen);
        const { seen } = looked;
        const now = new Date(Date.parse(seen.now) + 40 * 60_000).toISOString();
        const { controller } = seen;
        // Other tests have their own.
        const own = controller && { ...controller, ref: { ...controller.ref, namespace: site.namespace } };
        const clusterName = { name: site.clusterName, from: 'controller' } as const;
        return { seen: { ...seen, now, controller: own, clusterName } };
      };
      const looking = { ...target, sources: { ...target.sources, balancers: later, inCloud: later } };
      const chosen = checks.filter(
        ({ id, needs }) =>
          (needs.includes('balancers') || needs.includes('inCloud')) &&
          (only === undefined || only.includes(id)),
      );
      const examined = await examine(looking, chosen);
      const found = examined.flatMap((one) => {
        if (!('findings' in one)) throw new UserError({ what: one.notRun, fix: 'Look again.' });
        return one.findings.map((finding) => ({ ...finding, id: one.check.id }));
      });
      if (mends)
        await runSteps({
          steps: repairPlan(target, examined).steps,
          perform: (step, report) => target.perform(step, report),
          emit: () => undefined,
          clock: systemClock,
        });
      return { found };
    } finally {
      await host.close();
      for (const open of connections.values()) (await open).close();
    }
  }

  #environment() {
    const { namespace, clusterName } = this.site;
    const text = `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: hub }
    openstack: { cloud: test, clusterName: ${clusterName} }
    auth: { accounts: { admins: [alex] } }
    longhorn: off
    homes: { storageClass: standard }
    profiles: { standard: { displayName: Python, default: true, image: example.org/a:1, memory: { limit: 1G } } }
`;
    const { environments, problems } = loadConfig({ file: 'hub.yaml', text });
    const environment = environments.get('training');
    if (environment === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
    return environment;
  }

  /** Has the controller run again, and waits until it has looked at every Service anew. */
  async controllerLooks(): Promise<void> {
    const { core, namespace, controller } = this.site;
    const begun = Math.floor(Date.now() / 1000) * 1000;
    await controller.run();
    const { items: services } = await core.listNamespacedService({ namespace });
    await until('the controller has looked at all', async () => {
      const { items } = await core.listNamespacedEvent({ namespace });
      const done = items.filter(
        ({ reason, lastTimestamp }) =>
          reason === 'EnsuredLoadBalancer' && (lastTimestamp?.getTime() ?? 0) >= begun,
      );
      return services.every(({ metadata }) =>
        done.some(({ involvedObject }) => involvedObject.uid === metadata?.uid),
      );
    });
  }

  nameOf(service: string): string {
    return `kube_service_${this.site.clusterName}_${this.site.namespace}_${service}`;
  }

  async balancer(service: string): Promise<LoadBalancer> {
    const id = idOf(await this.site.service(service));
    const found = id === undefined ? undefined : await this.site.api.loadBalancers.get(id);
    if (found === undefined) throw new Error(`Service ${service} has no load balancer`);
    return found;
  }

  async members(id: string): Promise<Member[]> {
    const { loadBalancers } = this.site.api;
    const pools = await loadBalancers.pools(id);
    return (await Promise.all(pools.map((pool) => loadBalancers.members(pool.id)))).flat();
  }

  /** Of the Service, behind everybody's back: `undefined` takes it away. */
  async setBalancerId(service: string, id: string | undefined): Promise<void> {
    const body = { metadata: { annotations: { [serviceAnnotations.balancerId]: id ?? null } } };
    const { namespace, core } = this.site;
    await core.patchNamespacedService({ name: service, namespace, body }, mergePatch);
  }

  /** Something of a load balancer, by its API; waits until it may be changed again. */
  async change(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
    await this.site.api.session.call({
      service: 'load-balancer',
      method,
      path: `/lbaas/${path}`,
      subject: path,
      whileBusy: true,
      ...(body === undefined ? {} : { body }),
    });
  }
}

export function idOf({ metadata }: V1Service): string | undefined {
  return metadata?.annotations?.[serviceAnnotations.balancerId];
}
