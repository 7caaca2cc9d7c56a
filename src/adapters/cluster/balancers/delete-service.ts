import { cleanUpFinalizer, serviceAnnotations } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction, ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Telling, seconds } from '../telling.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, serviceRef } from './known.ts';
import { remember } from './remembered.ts';
import { serviceOfRelease } from './service-of-release.ts';
import { waitFor } from '../wait-for.ts';

type Action<Kind> = Extract<BalancerAction, { kind: Kind }>;

/** The note first: what the annotation saves has to be found again. */
export async function rememberFloatingIp(
  { service, floatingIp }: Action<'rememberFloatingIp'>,
  { context }: Telling,
): Promise<void> {
  await remember(context, service, floatingIp);
  const api = await context.api();
  await api.patch(serviceRef(service), {
    metadata: { annotations: { [serviceAnnotations.keepFloatingIp]: 'true' } },
  });
}

/** @throws UserError before anything is deleted, where the release could not give it again. */
export async function deleteService(
  { service, release }: Action<'deleteService'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  await serviceOfRelease(api, service, release);
  const there = await still(api, service);
  if (there === undefined) return;
  if (there.metadata.deletionTimestamp === undefined)
    await api.delete(serviceRef(service), { preconditions: { uid: service.uid } });
  const left = await untilGone(api, service, { context, report });
  if (left !== undefined) report(`the cloud controller has not cleaned up after ${service.name}`);
}

/** Once the load balancer is really gone nothing is held by the finalizer any more. */
export async function freeService(
  { service, balancerId, controllerRuns }: Action<'freeService'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const left = controllerRuns
    ? await untilGone(api, service, { context, report })
    : await still(api, service);
  if (left === undefined) return;
  for (;;) {
    const there = await still(api, service);
    if (there?.metadata.deletionTimestamp === undefined) return;
    await proveBalancerGone(balancerId ?? there.metadata.annotations?.[serviceAnnotations.balancerId], {
      context,
      report,
    });
    const { finalizers = [] } = there.metadata;
    const rest = finalizers.filter((one) => one !== cleanUpFinalizer);
    const freed = { ...there, metadata: { ...there.metadata, finalizers: rest } };
    // undefined: somebody changed it, or it is gone; one look more tells which.
    if ((await api.replace(freed)) === undefined) continue;
    if (rest.length === 0) return;
    throw new UserError({
      what: `The Service ${service.name} is held by somebody else too: ${rest.join(', ')}.`,
      where: `namespace ${service.namespace}`,
      fix: 'Whatever sets that has to let it go. Then run the command again.',
    });
  }
}

async function proveBalancerGone(id: string | undefined, { context, report }: Telling): Promise<void> {
  if (id === undefined) return;
  const cloud = await cloudOf(context);
  const found = await cloud.loadBalancers.get(id);
  if (found === undefined) return;
  report(`load balancer ${id} is ${found.provisioning_status}`);
  throw new UserError({
    what: `Load balancer ${id} is still there, so that its Service may not go.`,
    where: `project ${found.project_id}`,
    fix: `See what it is at: \`openstack --os-cloud ${cloud.cloud} loadbalancer show ${id}\`. Then run the command again.`,
  });
}

async function untilGone(
  api: KubernetesApi,
  service: ServiceRef & { readonly uid: string },
  { context, report }: Telling,
): Promise<string | undefined> {
  return waitFor(
    async () =>
      (await still(api, service)) === undefined
        ? undefined
        : `the cloud controller has not let go of the old Service ${service.name} yet`,
    { seconds: seconds('controller', context), report },
  );
}

/** undefined: it is gone; one of its name that was made since is another. */
async function still(
  api: KubernetesApi,
  service: ServiceRef & { readonly uid: string },
): Promise<Service | undefined> {
  const found = await api.get<Service>(serviceRef(service));
  return found?.metadata.uid === service.uid ? found : undefined;
}
