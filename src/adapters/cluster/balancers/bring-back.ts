import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction } from '../../../plan/kubernetes/balancers/actions.ts';
import { type Telling, seconds } from '../telling.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, balancerIdOf, serviceRef } from './known.ts';
import { serviceOfRelease } from './service-of-release.ts';
import { waitFor } from '../wait-for.ts';

type Action<Kind> = Extract<BalancerAction, { kind: Kind }>;

/** @throws UserError where no revision of the release has it, or the old one does not go. */
export async function recreateService(
  { service, release }: Action<'recreateService'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const object = await serviceOfRelease(api, service, release);
  const look = async (): Promise<Service | undefined> => api.get<Service>(serviceRef(service));
  const left = await waitFor(
    async () =>
      (await look())?.metadata.deletionTimestamp === undefined
        ? undefined
        : `the old Service ${service.name} is not gone yet`,
    { seconds: seconds('controller', context), report },
  );
  if (left !== undefined)
    throw new UserError({
      what: `The old Service ${service.name} does not go, so that no new one can be made.`,
      where: `namespace ${service.namespace}`,
      fix: `\`kubectl -n ${service.namespace} describe service ${service.name}\` shows who holds it. Then run the command again: it continues.`,
    });
  if ((await look()) !== undefined) return;
  // In Helm's name, so that its next upgrade finds what it would have made itself.
  await api.apply(object, { as: 'helm' });
  report(`Service ${service.name} is there again`);
}

/** @throws UserError where the id that is taken away leads to a load balancer after all. */
export async function setBalancerId(
  { service, from, to }: Action<'setBalancerId'>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const now = await api.get<Service>(serviceRef(service));
  if (now === undefined || balancerIdOf(now) !== from) {
    if (now !== undefined && balancerIdOf(now) !== to)
      report(`the cloud controller has given ${service.name} load balancer ${balancerIdOf(now)} meanwhile`);
    return;
  }
  const cloud = await cloudOf(context);
  if (to === undefined && from !== undefined && (await cloud.loadBalancers.get(from)) !== undefined)
    throw new UserError({
      what: `Load balancer ${from} is there after all; nothing was changed.`,
      where: `Service ${service.namespace}/${service.name}`,
      fix: 'Look again what there is to be done: the same command without `--fix`.',
    });
  const annotations = {
    [serviceAnnotations.balancerId]: to ?? null,
    [serviceAnnotations.balancerAddress]: null,
  };
  await api.patch(serviceRef(service), { metadata: { annotations } });
}
