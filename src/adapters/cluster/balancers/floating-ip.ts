import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { ClusterAction } from '../../../plan/kubernetes/actions.ts';
import type { ServiceRef } from '../../../plan/kubernetes/balancers/actions.ts';
import type { ClusterContext } from '../context.ts';
import { type Telling, seconds } from '../telling.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, serviceRef } from './known.ts';
import { nudge } from './sync.ts';
import { waitFor } from '../wait-for.ts';

type AddressAction = Extract<ClusterAction, { kind: 'moveFloatingIp' | 'keepFloatingIp' | 'lookAgain' }>;

/** Does what concerns the address of a Service. Safe to repeat after being killed in the middle of it. */
export async function performAddress(action: AddressAction, telling: Telling): Promise<void> {
  const { context } = telling;
  switch (action.kind) {
    case 'moveFloatingIp':
      return moveFloatingIp(action, context);
    case 'keepFloatingIp':
      return annotate(action.service, { [serviceAnnotations.keepFloatingIp]: 'true' }, context);
    case 'lookAgain':
      return lookAgain(action, telling);
    default:
      action satisfies never;
  }
}

async function moveFloatingIp(
  { id, address, revision, to }: Extract<AddressAction, { kind: 'moveFloatingIp' }>,
  context: ClusterContext,
): Promise<void> {
  const { network } = await cloudOf(context);
  const now = await network.floatingIp(id);
  const port = to ?? null;
  // Done before, or by the cloud controller meanwhile.
  if (now?.port_id === port) return;
  if (now === undefined || now.revision_number !== revision) {
    throw new UserError({
      what: `The floating IP ${address} is not as it was when it was looked at${now === undefined ? ': it is gone' : ''}.`,
      fix: `\`hubwright addresses ${context.environment.name}\` shows how it is now; run the command again if that is right.`,
    });
  }
  // Neutron compares the revision too, should somebody be faster.
  await network.associate(now, port);
}

async function annotate(
  service: ServiceRef,
  annotations: Readonly<Record<string, string>>,
  { api: open }: ClusterContext,
): Promise<void> {
  const api = await open();
  await api.patch(serviceRef(service), { metadata: { annotations } });
}

async function lookAgain(
  { service, shows }: Extract<AddressAction, { kind: 'lookAgain' }>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const unlike = async (): Promise<string | undefined> => {
    const [entry] = (await api.get<Service>(serviceRef(service)))?.status?.loadBalancer?.ingress ?? [];
    const now = entry?.hostname ?? entry?.ip;
    return now === shows ? undefined : `Service ${service.name} still says ${now ?? 'no address'}`;
  };
  if ((await unlike()) === undefined) return;
  await nudge(api, service);
  const left = await waitFor(unlike, { seconds: seconds('controller', context), report });
  if (left !== undefined) throw notShown(service, { shows, left }, context);
}

function notShown(
  { namespace }: ServiceRef,
  { shows, left }: { readonly shows: string; readonly left: string },
  { environment }: ClusterContext,
): UserError {
  return new UserError({
    what: `The floating IP ${shows} leads to the load balancer, and the cloud controller has not looked again: ${left}.`,
    where: `namespace ${namespace}`,
    fix: `People get in all the same. \`hubwright doctor ${environment.name}\` says what holds the controller up; then run the command again.`,
  });
}
