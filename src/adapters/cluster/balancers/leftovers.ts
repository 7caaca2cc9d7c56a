import { isMadeByController } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction } from '../../../plan/kubernetes/balancers/actions.ts';
import type { Telling } from '../telling.ts';
import { balancerOfPort } from './balancer-ports.ts';
import { cloudOf } from './in-cloud.ts';

type Action<Kind> = Omit<Extract<BalancerAction, { kind: Kind }>, 'kind'>;

/** One that was made for a load balancer that is no more. */
export async function deletePort(
  { id, balancerId }: Action<'deletePort'>,
  { context, report }: Telling,
): Promise<void> {
  const { network, loadBalancers } = await cloudOf(context);
  const port = await network.port(id);
  if (port === undefined) return;
  const isLeft = balancerOfPort(port) === balancerId && (await loadBalancers.get(balancerId)) === undefined;
  if (!isLeft) throw inUse(`Port ${id}`, `port ${port.name}, ${port.device_owner} ${port.device_id}`.trim());
  await network.deletePort(id);
  report(`port ${id} is gone`);
}

/** One of the project's that the controller has made, and that leads nowhere. */
export async function deleteFloatingIp(
  { id, address }: Action<'deleteFloatingIp'>,
  { context, report }: Telling,
): Promise<void> {
  const { network, session } = await cloudOf(context);
  const found = await network.floatingIp(id);
  if (found === undefined) return;
  const project = found.project_id;
  if (project !== (await session.projectId())) throw inUse(`Floating IP ${address}`, `project ${project}`);
  if (!isMadeByController(found) || found.port_id !== null || (found.port_forwardings ?? []).length > 0)
    throw inUse(`Floating IP ${address}`, found.description);
  await network.deleteFloatingIp(id);
  report(`floating IP ${address} is given back`);
}

function inUse(what: string, why: string): UserError {
  return new UserError({
    what: `${what} is in use meanwhile, and was not deleted.`,
    where: why,
    fix: 'Look again what there is to be done: the same command without `--fix`.',
  });
}
