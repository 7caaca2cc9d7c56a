import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { ClusterObserved } from '../../plan/kubernetes/observed.ts';
import { saysFloatingIp, withAddresses } from '../../plan/kubernetes/addresses/in-deploy.ts';
import { withProofByCloud } from '../../plan/kubernetes/addresses/in-destroy.ts';
import { addressesInText } from '../../plan/kubernetes/balancers/parts.ts';
import { needsHelm, planDeploy } from '../../plan/kubernetes/plan-deploy.ts';
import { planDestroy } from '../../plan/kubernetes/plan-destroy.ts';
import { hubRelease, planRollback } from '../../plan/kubernetes/plan-rollback.ts';
import { withOwnMark } from '../../plan/kubernetes/certificates/own-deploy.ts';
import { firstPhase } from '../../plan/kubernetes/certificates/way.ts';
import { basisOf } from '../../plan/kubernetes/basis.ts';
import { clusterScoped } from '../../plan/kubernetes/names-taken.ts';
import { changedReleases, planReturn, withWaysBack } from '../../plan/kubernetes/ways-back.ts';
import { planAccounts } from '../../plan/kubernetes/people.ts';
import { type Rendered, releaseKey, releasesToRender } from '../../plan/kubernetes/releases.ts';
import { noSeat } from '../../plan/kubernetes/seats.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { publicUrl } from '../../platform/kubernetes/public-url.ts';
import type { Release, System } from '../../platform/kubernetes/system.ts';
import { askActivity } from '../hub-activity.ts';
import type { Untried } from '../seats.ts';
import type { HubConnection, Intent, Target } from '../target.ts';
import { certificateSource, certificatesOf, performStep, planCertificates } from './cluster-certificates.ts';
import type { ClusterHost } from './cluster-host.ts';
import { systemsOf } from './cluster-systems.ts';
import { addressStatus, lookAtAddresses, planAddresses, reportAddresses } from './cluster-addresses.ts';
import { renderFiles } from './cluster-files.ts';
import { openDashboards } from './cluster-dashboards.ts';
import { planLonghorn, reportLonghorn } from './cluster-longhorn.ts';
import { planNodes } from './cluster-nodes.ts';
import { openPrometheus } from './cluster-prometheus.ts';
import { recordingSource } from './cluster-recording.ts';
import { clusterStatus } from './cluster-status.ts';
import { observeBalancers, observeCloudAlone } from './cluster-balancers.ts';
import { observeSentServices } from './sent-services.ts';

/**
 * The environment on a Kubernetes cluster.
 *
 * @param file what is written in it, for what its other environments have.
 */
export function kubernetesTarget(environment: Environment, host: ClusterHost, file = ''): Target {
  const look = async (): Promise<Looked> => {
    const systems = await systemsOf(environment, host);
    return { systems, observed: await host.observe(systems) };
  };
  return {
    environment,
    lock: (purpose) => host.lock(purpose),
    plan: (intent) =>
      intent.kind === 'deploy' ? deploying(environment, host, intent) : plan(environment, host, intent, look),
    // A plan that was made above holds nothing but cluster actions.
    perform: (step, report) => performStep(step as Step<ClusterAction>, report, { environment, host }),
    noted: (id, title, work) => host.noted(id, title, work),
    finished: () => host.finished(),
    wasCutOff: () => host.wasCutOff(),
    withoutSeat: () => withoutSeat(environment, host),
    status: async () => {
      const systems = await systemsOf(environment, host);
      const [observed, health, activity, addresses] = await Promise.all([
        host.observe(systems),
        host.examine(systems),
        askActivity(() => host.hubApi()),
        addressStatus(environment, host),
      ]);
      const status = clusterStatus(environment, { systems, observed, health });
      return {
        ...status,
        notes: [...status.notes, ...addresses.notes],
        troubles: [...status.troubles, ...addresses.troubles],
        activity,
      };
    },
    url: () => addressOf(environment, host),
    sources: doctorSources(environment, host, file),
    hub: () => connect(environment, host),
    prometheus: () => openPrometheus(environment, host),
    accounts: host.accounts,
    certificates: () => certificatesOf(environment, host),
    dashboards: () => openDashboards(environment, host),
    render: async ({ reveal }) => {
      const systems = await systemsOf(environment, host);
      return renderFiles({ environment, systems, reveal }, host);
    },
    addresses: () => reportAddresses(environment, host),
    longhorn: () => reportLonghorn(environment, host),
    nodes: { rooms: () => host.rooms(), observe: () => host.nodeSources.all() },
    readLog: (part, options) => host.readLog(part, options),
  };
}

/** What a doctor looks at beside the status. */
function doctorSources(
  environment: Environment,
  host: ClusterHost,
  file: string,
): NonNullable<Target['sources']> {
  const inCloud =
    <Source>(read: () => Promise<Source>) =>
    async (): Promise<Seen<Source>> =>
      environment.openstack === undefined
        ? { notSeen: notInCloud(environment), failed: false }
        : { seen: await read() };
  return {
    addresses: async () => ({ seen: await reportAddresses(environment, host) }),
    certificates: () => certificateSource(environment, host),
    balancers: inCloud(async () => ({ ...(await observeBalancers(host)), inFile: addressesInText(file) })),
    inCloud: inCloud(() => observeCloudAlone(environment, host)),
    nodes: () => host.nodeSources.nodes(),
    autoscaler: () => host.nodeSources.autoscaler(),
    machines: () => host.nodeSources.machines(),
    compute: () => host.nodeSources.compute(),
    recording: () => recordingSource(environment, host),
    sentServices: inCloud(async () => observeSentServices(host, await systemsOf(environment, host))),
  };
}

function notInCloud({ name }: Environment): string {
  return `The file does not say in which cloud ${name} is: with \`openstack: { cloud: NAME }\`, an entry of clouds.yaml, load balancers are looked at.`;
}

async function withoutSeat({ profiles }: Environment, host: ClusterHost): Promise<Untried[]> {
  const wanting = Object.entries(profiles).filter(([, { gpus }]) => gpus !== undefined);
  const nodes = wanting.length === 0 ? [] : await host.nodes();
  return wanting.flatMap(([slug, profile]) => {
    const why = noSeat(profile, nodes);
    return why === undefined ? [] : [{ profile: slug, why }];
  });
}

interface Looked {
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

async function plan(
  environment: Environment,
  host: ClusterHost,
  intent: Exclude<Intent, { readonly kind: 'deploy' }>,
  look: () => Promise<Looked>,
): Promise<Plan<ClusterAction>> {
  if (intent.kind === 'addresses') return planAddresses(environment, host, intent);
  if (intent.kind === 'certificate') return planCertificates(environment, host, intent);
  if (intent.kind === 'nodes') return planNodes(environment, host, intent.change);
  if (intent.kind === 'longhorn') return planLonghorn(environment, host, intent);
  const { systems, observed } = await look();
  switch (intent.kind) {
    case 'accounts':
      return planAccounts(environment, observed);
    case 'destroy': {
      const made = planDestroy({ environment, systems, observed, intent });
      if (environment.openstack === undefined) return made;
      return withProofByCloud(made, environment, await lookAtAddresses(environment, host));
    }
    case 'down':
      throw notStopped(environment);
    case 'rollback': {
      const { restoreFrom } = intent;
      const [history, saved] = await Promise.all([
        host.history(hubRelease({ systems })),
        restoreFrom === undefined ? undefined : host.savedDatabase(restoreFrom),
      ]);
      // What the file asks for does not count.
      const { facts } = basisOf({ environment, systems, observed });
      const back = planRollback({ environment, systems, observed, history, intent, saved });
      return { ...back, basis: { facts, wanted: {} } };
    }
    case 'return': {
      const hub = hubRelease({ systems });
      const histories = { [releaseKey(hub)]: await host.history(hub) };
      return planReturn({ plan: intent.failed, environment, observed, histories, saved: host.saved() });
    }
    default:
      return intent satisfies never;
  }
}

async function deploying(
  environment: Environment,
  host: ClusterHost,
  { rollbackOnFailure = false, repair = false }: Extract<Intent, { readonly kind: 'deploy' }>,
): Promise<Plan<ClusterAction>> {
  const [{ rendered, ...looked }, addresses] = await Promise.all([
    lookAndRender(environment, host),
    saysFloatingIp(environment) ? lookAtAddresses(environment, host) : undefined,
  ]);
  const { systems } = looked;
  const first = firstPhase({ environment, ...looked });
  const usesHelm =
    first !== systems || needsHelm({ environment, rendered, systems: first, observed: looked.observed });
  const [beside, helm] = await Promise.all([
    host.live(clusterScoped(rendered)),
    usesHelm ? host.helm() : undefined,
  ]);
  const observed = { ...looked.observed, helm };
  const withBeside = { ...observed, live: [...observed.live, ...beside] };
  const planned = planDeploy({
    environment,
    systems: first,
    wanted: systems,
    observed: withBeside,
    rendered,
    repair,
  });
  const made = {
    ...(addresses === undefined ? planned : withAddresses(planned, environment, addresses)),
    basis: basisOf({ environment, systems, observed }),
  };
  return rollbackOnFailure ? addWaysBack(made, { systems, observed }, host) : made;
}

/** What takes longest is begun as soon as it is known that it has to be done. */
async function lookAndRender(
  environment: Environment,
  host: ClusterHost,
): Promise<Looked & { readonly rendered: Rendered }> {
  const systems = await systemsOf(environment, host);
  let rendering: Promise<Rendered> | undefined;
  const observed = await host.observe(systems, (seen) => {
    const marked = withOwnMark({ environment, systems, observed: seen });
    const first = firstPhase({ environment, systems: marked, observed: seen });
    rendering = render(releasesToRender(first, seen), host);
    // It is told below.
    rendering.catch(() => undefined);
  });
  const marked = withOwnMark({ environment, systems, observed });
  return { systems: marked, observed, rendered: (await rendering) ?? {} };
}

async function addWaysBack(
  made: Plan<ClusterAction>,
  { systems, observed }: Looked,
  host: ClusterHost,
): Promise<Plan<ClusterAction>> {
  const changed = changedReleases(made);
  const [jupyterHub, ...histories] = await Promise.all([
    changed.some(({ chart }) => chart === 'jupyterhub') ? host.appVersion('jupyterhub') : undefined,
    ...changed.map(async (release) => [releaseKey(release), await host.history(release)] as const),
  ]);
  return withWaysBack(made, { systems, observed, jupyterHub, histories: Object.fromEntries(histories) });
}

/** What their charts give. */
async function render(releases: readonly Release[], host: ClusterHost): Promise<Rendered> {
  const rendered = releases.map(
    async (release) => [releaseKey(release), await host.render(release)] as const,
  );
  return Object.fromEntries(await Promise.all(rendered));
}

function notStopped({ name }: Environment): UserError {
  return new UserError({
    what: `\`down\` is for environments of this machine; ${name} runs on a cluster.`,
    fix: `\`hubwright destroy ${name}\` takes it off the cluster, after showing what would be lost.`,
    exitCode: 2,
  });
}

/** Through the cluster's API and not the public address, which this machine may have no way to. */
async function connect(environment: Environment, host: ClusterHost): Promise<HubConnection> {
  const [door, api, url] = await Promise.all([
    host.hubAddress(),
    host.hubApi(),
    addressOf(environment, host),
  ]);
  return {
    // Of the forwarded port only where nobody has another one yet: cards are printed with it.
    url: url ?? door,
    api,
    person: (credentials) => host.person(door, credentials),
  };
}

/** By the file; without a domain or floating IP there, as the load balancer was given it. */
async function addressOf(environment: Environment, host: ClusterHost): Promise<string | undefined> {
  const known = publicUrl(environment);
  if (known !== undefined) return known;
  const service = { namespace: environment.kubernetes?.namespace ?? '', name: 'proxy-public' };
  const balancer = await host.balancerAddress(service);
  return balancer === undefined ? undefined : `http://${balancer}/`;
}
