import { dirname, resolve } from 'node:path';
import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { Step } from '../../plan/plan.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { ObservedBalancer } from '../../plan/kubernetes/balancers/observed.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import type { ChartName, KubernetesObject, Release, System } from '../../platform/kubernetes/system.ts';
import type { Credentials, Lock, LockGuard } from '../../ports.ts';
import { openCharts } from '../charts/charts.ts';
import { whileUnderWay } from '../while-under-way.ts';
import { findHelm, lookForHelm } from '../helm/find.ts';
import { helmClient } from '../helm/helm.ts';
import { person } from '../hub/person.ts';
import { prometheusApi } from '../prometheus.ts';
import { connectKubernetes } from '../kubernetes/client.ts';
import { lockEnvironment } from '../kubernetes/lease.ts';
import type { OpenstackApi } from '../openstack/connect.ts';
import { accountBook } from './accounts.ts';
import { balancersInCloud } from './balancers/in-cloud.ts';
import { balancersInCluster } from './balancers/in-cluster.ts';
import { certificateHost } from './certificates/host.ts';
import { type ClusterContext, labelsOf, secretsOf } from './context.ts';
import { examineCluster } from './health.ts';
import { HubDoor } from './hub.ts';
import { type LogPart, readLog } from './logs.ts';
import { liveObjects, observeCluster, observeHistory, observeNodes } from './observe.ts';
import { observeLonghorn } from './longhorn/observe.ts';
import { clusterChart } from './nodes/cluster-chart.ts';
import { nodeSources } from './nodes/observe.ts';
import { observeRooms } from './nodes/observe-rooms.ts';
import { performCluster } from './perform.ts';
import { renderOwn } from './own.ts';
import { renderForFiles, renderRelease } from './render.ts';
import { askResolvers } from '../dns.ts';
import { savedDatabase } from './restore.ts';
import { RunJournal } from './run-journal.ts';
import { runtimeFiles } from './runtime-files.ts';
import { seen } from './seen.ts';
import { ServiceDoors } from './service-door.ts';

interface Options {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths in it count from its folder; hub.lock.yaml is there. */
  readonly configFile: string;
  /** Of the lock that is held; undefined for what only looks. */
  readonly guard: LockGuard | undefined;
  readonly report: (text: string) => void;
  /** To clusters, those that are open already. */
  readonly connections: Map<string, unknown>;
  /** Longest wait for anything, where people have set one. */
  readonly timeoutSeconds: number | undefined;
  /** What was typed, for those who find it under way: `hubwright deploy training`. undefined: it leaves nothing to go on with. */
  readonly command: string | undefined;
}

/** A cluster as a place where an environment runs. Implements `ClusterHost` of `operate/targets/cluster-host.ts`. */
export function clusterHost(environment: Environment, options: Options) {
  const clouds: OpenstackApi[] = [];
  const context = clusterContext(environment, options, clouds);
  const door = new HubDoor(context);
  const services = new ServiceDoors(context);
  const journal = new RunJournal({ ...context, command: options.command });
  let saved: string | undefined;
  const onSaved = (folder: string): void => void (saved = folder);
  return {
    lock: async (purpose: string): Promise<Lock> =>
      lockEnvironment({
        api: await context.api(),
        namespace: context.namespace,
        labels: context.labels,
        what: `Environment ${environment.name}`,
        purpose,
        onWait: options.report,
      }),
    runtimeFiles,
    observe: (systems: readonly System[], onReleases?: Parameters<typeof observeCluster>[3]) =>
      observeCluster(context, door, systems, onReleases),
    examine: (systems: readonly System[]) => examineCluster(context, systems),
    askDns: askResolvers,
    ...balancerReaders(context),
    longhorn: (namespace: string, keepers: readonly ObjectRef[]) =>
      observeLonghorn(context, namespace, keepers),
    certificates: certificateHost(context),
    ...nodeReaders(context, options.report),
    helm: () => context.helmThere(),
    history: (release: Pick<Release, 'name' | 'namespace'>) => observeHistory(context, release),
    live: async (objects: readonly KubernetesObject[]) =>
      liveObjects(await context.api(), objects, context.namespace),
    appVersion: async (name: ChartName) => {
      const [charts, helm] = await Promise.all([context.charts(), context.helm(options.report)]);
      const chart = charts[name];
      return chart && helm.appVersion(await chart.path());
    },
    render: (release: Release) => renderRelease(context, release, options.report),
    renderForFiles: (release: Release, reveal: boolean) =>
      renderForFiles(context, release, options.report, reveal),
    renderOwn: (wanted: Parameters<typeof renderOwn>[1]) => renderOwn(context, wanted),
    secrets: () => secretsOf(context),
    perform: (
      { id, title, action }: Step<Exclude<ClusterAction, CertificateAction>>,
      work: Pick<Parameters<typeof performCluster>[1], 'report' | 'unsettled'>,
    ) => journal.step(id, title, () => performCluster(action, { context, door, onSaved, ...work })),
    noted: <Result>(id: string, title: string, work: () => Promise<Result>) => journal.step(id, title, work),
    finished: () => journal.finished(),
    wasCutOff: () => journal.isLeft(),
    saved: () => saved,
    savedDatabase,
    hubAddress: () => door.proxyAddress(),
    hubApi: () => door.api(),
    prometheus: prometheusApi,
    person: (url: string, credentials: Credentials) => person(url, credentials),
    serviceAddress: (service: Parameters<ServiceDoors['address']>[0]) => services.address(service),
    balancerAddress: (service: Parameters<ServiceDoors['balancerAddress']>[0]) =>
      services.balancerAddress(service),
    accounts: accountBook(context),
    readLog: (part: LogPart, how: Parameters<typeof readLog>[2]) => readLog(context, part, how),
    async close() {
      await Promise.all([door.close(), services.close()]);
      for (const cloud of clouds) cloud.close();
      // One that could not be opened has been told about.
      (await context.api().catch(() => undefined))?.close();
    },
  };
}

/** One reading for all who ask for the same at once: a doctor does from several sides. */
function balancerReaders(context: ClusterContext) {
  return {
    balancersInCluster: whileUnderWay(() => balancersInCluster(context)),
    balancersInCloud: whileUnderWay(
      <About>(isMeant: (balancer: ObservedBalancer, about: About) => boolean, about: About) =>
        balancersInCloud(context, (balancer) => isMeant(balancer, about)),
    ),
  };
}

function nodeReaders(context: ClusterContext, report: Options['report']) {
  return {
    nodes: async () => observeNodes(await context.api()),
    rooms: () => observeRooms(context),
    nodeSources: nodeSources(context),
    clusterChart: (chart: Parameters<typeof clusterChart>[1]) =>
      seen(() => clusterChart(context, chart, report)),
  };
}

/** @param clouds gets what is opened and has to be closed. */
function clusterContext(environment: Environment, options: Options, clouds: OpenstackApi[]): ClusterContext {
  const { env, configFile, guard } = options;
  const configFolder = dirname(configFile);
  const { kubernetes } = environment;
  if (kubernetes === undefined) {
    throw new UserError({ what: `${environment.name} names no cluster.`, fix: 'Add `kubernetes.context`.' });
  }
  const kubeconfig = kubernetes.kubeconfig && resolve(configFolder, kubernetes.kubeconfig);
  const cluster = { context: kubernetes.context, kubeconfig };
  const api = once(async () => {
    const open = await connected(options, ['cluster', cluster], () => connectKubernetes({ ...cluster, env }));
    return guard === undefined ? open : open.with({ guard });
  });
  const { managementContext } = kubernetes;
  const charts = once(() => openCharts({ env, configFile, report: options.report }).locked(environment));
  const look = once(lookForHelm);
  const find = once(async (report: (text: string) => void) => (await look(env)) ?? findHelm({ env, report }));
  return {
    environment,
    namespace: kubernetes.namespace,
    api,
    management:
      managementContext === undefined
        ? undefined
        : async () => {
            const open = await connectKubernetes({ ...cluster, context: managementContext, env });
            return guard === undefined ? open : open.with({ guard });
          },
    managementHelm: async (report) => {
      const there = { ...cluster, context: managementContext ?? cluster.context };
      return helmClient(await find(report), { cluster: there, env, report, signal: guard?.signal });
    },
    cloud: cloudOpener(environment, options, clouds),
    helmThere: () => look(env),
    helm: async (report) => helmClient(await find(report), { cluster, env, report, signal: guard?.signal }),
    charts,
    labels: labelsOf(environment),
    timeoutSeconds: options.timeoutSeconds,
    env,
    configFolder,
  };
}

function cloudOpener(
  { openstack }: Environment,
  options: Options,
  clouds: OpenstackApi[],
): ClusterContext['cloud'] {
  if (openstack === undefined) return undefined;
  const { cloud, region } = openstack;
  return once(async () => {
    // Loading it costs commands that need none.
    const { connectOpenstack } = await import('../openstack/connect.ts');
    const { env, guard } = options;
    const open = await connected(options, ['cloud', cloud, region], () =>
      connectOpenstack({ cloud, region, env }),
    );
    clouds.push(open);
    return guard === undefined ? open : open.with({ guard });
  });
}

/** Opens it once: a command that takes the lock opens its environment before and after. `to` tells one from another. */
function connected<Connection>(
  { connections }: Options,
  to: readonly unknown[],
  connect: () => Promise<Connection>,
): Promise<Connection> {
  const key = JSON.stringify(to);
  // What stands under a key was put there by the same `connect`.
  const open = (connections.get(key) as Promise<Connection> | undefined) ?? connect();
  connections.set(key, open);
  return open;
}

/** Does it at the first call, and gives the same answer to later ones. */
function once<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  let result: Promise<Result> | undefined;
  return (...given) => (result ??= work(...given));
}
