import { UserError } from '../../../errors.ts';
import type { BalancerAction, ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { Unsettled } from '../../../plan/kubernetes/balancers/unsettled.ts';
import type { ObjectRef } from '../../../plan/kubernetes/observed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { waitReady } from '../../kubernetes/wait.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import { type Telling, seconds } from '../telling.ts';
import { clusterNodes } from './controller.ts';
import { balancerInFull, cloudOf } from './in-cloud.ts';
import { serviceRef } from './known.ts';
import { balancedService } from './services.ts';
import { waitFor } from '../wait-for.ts';

type Action<Kind> = Extract<BalancerAction, { kind: Kind }>;

/** A change of any annotation has the controller look at once; what ours says is for people. */
const lookedAt = 'hubwright/looked-at';

/** What a repair is done with. */
export interface Repairing extends Telling {
  readonly unsettled: Unsettled;
}

/** @throws UserError where the Service and its load balancer do not come to agree. */
export async function syncService(
  { service, controller }: Action<'syncService'>,
  { context, report, unsettled }: Repairing,
): Promise<void> {
  const [api, cloud] = await Promise.all([context.api(), cloudOf(context)]);
  const agreed = async (): Promise<string | undefined> => {
    await nudge(api, service);
    return waitFor(() => openOf(service, { api, cloud, unsettled }), {
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
async function openOf(
  ref: ServiceRef,
  { api, cloud, unsettled }: { api: KubernetesApi; cloud: OpenstackApi; unsettled: Unsettled },
): Promise<string | undefined> {
  const [service, { nodes }] = await Promise.all([balancedService(api, ref), clusterNodes(api)]);
  if (service === undefined) return `there is no Service ${ref.name}`;
  const { balancerId: id } = service;
  const balancer = id === undefined ? undefined : await balancerInFull(cloud, id);
  return unsettled({ service, balancer, nodes });
}
