import { UserError } from '../../../errors.ts';
import type { ClusterAction, ServiceRef } from '../../../plan/kubernetes/actions.ts';
import { systemClock } from '../../clock.ts';
import type { ClusterContext } from '../context.ts';
import { type Telling, seconds } from '../telling.ts';
import { cloudOf } from './in-cloud.ts';

type AddressAction = Extract<ClusterAction, { kind: 'moveFloatingIp' | 'keepFloatingIp' | 'lookAgain' }>;

const keep = 'loadbalancer.openstack.org/keep-floatingip';
/** Any change of an annotation has the cloud controller look again. */
const asked = 'hubwright/look-again';
const pauseMs = 500;

/** Does what concerns the address of a Service. Safe to repeat after being killed in the middle of it. */
export async function performAddress(action: AddressAction, telling: Telling): Promise<void> {
  const { context } = telling;
  switch (action.kind) {
    case 'moveFloatingIp':
      return moveFloatingIp(action, context);
    case 'keepFloatingIp':
      return annotate(action.service, { [keep]: 'true' }, context);
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
  { namespace, name }: ServiceRef,
  annotations: Readonly<Record<string, string>>,
  { api: open }: ClusterContext,
): Promise<void> {
  const api = await open();
  await api.patch({ apiVersion: 'v1', kind: 'Service', namespace, name }, { metadata: { annotations } });
}

interface Shown {
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

async function lookAgain(
  { service, shows }: Extract<AddressAction, { kind: 'lookAgain' }>,
  { context, report }: Telling,
): Promise<void> {
  const api = await context.api();
  const ref = { apiVersion: 'v1', kind: 'Service', ...service };
  const shown = async (): Promise<string | undefined> => {
    const [entry] = (await api.get<Shown>(ref))?.status?.loadBalancer?.ingress ?? [];
    return entry?.hostname ?? entry?.ip;
  };
  if ((await shown()) === shows) return;
  await annotate(service, { [asked]: systemClock.now().toISOString() }, context);
  report('waiting for the cloud controller to look');
  const until = performance.now() + seconds('controller', context) * 1000;
  for (;;) {
    const now = await shown();
    if (now === shows) return;
    if (performance.now() > until) throw notShown(service, shows, now, context);
    await systemClock.sleep(pauseMs);
  }
}

function notShown(
  { namespace, name }: ServiceRef,
  wanted: string,
  now: string | undefined,
  { environment }: ClusterContext,
): UserError {
  return new UserError({
    what: `The floating IP ${wanted} leads to the load balancer, and Service ${name} still says ${now ?? 'that it has no address'}: the cloud controller has not looked again.`,
    where: `namespace ${namespace}`,
    fix: `People get in all the same. \`hubwright doctor ${environment.name}\` says what holds the controller up; then run the command again.`,
  });
}
