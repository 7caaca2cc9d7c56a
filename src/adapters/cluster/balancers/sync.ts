import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction, ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { waitReady } from '../../kubernetes/wait.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import type { Listener } from '../../openstack/octavia.ts';
import { type Telling, seconds } from '../telling.ts';
import { clusterNodes } from './controller.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, balancerIdOf, serviceRef } from './known.ts';
import { waitFor } from '../wait-for.ts';

type Action<Kind> = Extract<BalancerAction, { kind: Kind }>;

/** A change of any annotation has the controller look at once; what ours says is for people. */
const lookedAt = 'hubwright/looked-at';

/** @throws UserError where the Service and its load balancer do not come to agree. */
export async function syncService(
  { service, controller }: Action<'syncService'>,
  { context, report }: Telling,
): Promise<void> {
  const [api, cloud] = await Promise.all([context.api(), cloudOf(context)]);
  const agreed = async (): Promise<string | undefined> => {
    await nudge(api, service);
    return waitFor(() => unsettled(service, api, cloud), {
      seconds: seconds('controller', context),
      report,
    });
  };
  let open = await agreed();
  if (open !== undefined && controller !== undefined) {
    report(`${open}: the cloud controller is started anew`);
    await restartController({ kind: 'restartController', controller }, { context, report });
    open = await agreed();
  }
  if (open === undefined) return;
  throw new UserError({
    what: `The Service ${service.name} and its load balancer do not come to agree: ${open}.`,
    where: `namespace ${service.namespace}`,
    fix: `\`kubectl -n ${service.namespace} describe service ${service.name}\` shows the cloud controller's last words. Then run the command again.`,
  });
}

/** Its pods one after the other; done twice it does no harm. */
export async function restartController(
  { controller }: Action<'restartController'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await api.patch(controller satisfies ObjectRef, { spec: { template: { metadata: { annotations } } } });
  await waitReady(api, [controller], { timeoutSeconds: seconds('ready', context), report });
}

export async function nudge(api: KubernetesApi, service: ServiceRef): Promise<void> {
  await api.patch(serviceRef(service), {
    metadata: { annotations: { [lookedAt]: new Date().toISOString() } },
  });
}

/** What is still to come, a sentence; undefined: all is as the Service says. */
async function unsettled(
  service: ServiceRef,
  api: KubernetesApi,
  cloud: OpenstackApi,
): Promise<string | undefined> {
  const now = await api.get<Service>(serviceRef(service));
  const id = now && balancerIdOf(now);
  if (now === undefined) return `there is no Service ${service.name}`;
  if (id === undefined) return `the Service ${service.name} has no load balancer yet`;
  const tree = await cloud.loadBalancers.statusTree(id);
  if (tree === undefined) return `load balancer ${id} is not there`;
  if (tree.provisioning_status !== 'ACTIVE') return `load balancer ${id} is ${tree.provisioning_status}`;
  const listeners = await cloud.loadBalancers.listeners(id);
  const { nodes } = await clusterNodes(api);
  const addresses = new Set(nodes.map(({ address }) => address));
  for (const { port, nodePort } of now.spec?.ports ?? []) {
    const listener = listeners.find(({ protocol_port }) => protocol_port === port);
    if (listener === undefined) return `load balancer ${id} does not listen on port ${port} yet`;
    const members = tree.listeners
      .filter((one) => one.id === listener.id)
      .flatMap(({ pools }) => pools.flatMap((pool) => pool.members));
    const wrong = members.find(
      (member) =>
        !addresses.has(member.address) || (nodePort !== undefined && member.protocol_port !== nodePort),
    );
    if (wrong !== undefined) return `port ${port} still leads to ${wrong.address}:${wrong.protocol_port}`;
    if (!hasTimeouts(now, listener)) return `port ${port} has other timeouts than the Service`;
  }
  return (now.status?.loadBalancer?.ingress ?? []).length === 0
    ? `the Service ${service.name} has no address yet`
    : undefined;
}

function hasTimeouts(
  { metadata: { annotations = {} } }: Service,
  { timeout_client_data, timeout_member_data }: Listener,
): boolean {
  return (
    agrees(annotations[serviceAnnotations.clientTimeout], timeout_client_data) &&
    agrees(annotations[serviceAnnotations.memberTimeout], timeout_member_data)
  );
}

function agrees(asked: string | undefined, is: number | null): boolean {
  return asked === undefined || is === null || Number(asked) === is;
}
