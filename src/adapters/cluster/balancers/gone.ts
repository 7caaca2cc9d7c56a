import { UserError } from '../../../errors.ts';
import type { GoneInCloud } from '../../../plan/kubernetes/actions.ts';
import type { Waiting } from '../../kubernetes/wait.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import type { ClusterContext } from '../context.ts';
import { cloudOf } from './in-cloud.ts';
import { waitFor } from '../wait-for.ts';

/**
 * Proves by the cloud that none of those load balancers, ports and floating IPs is there any more, waiting for what is on its way out,
 * and that the floating IPs that are to stay are.
 *
 * @throws UserError that names what is left, or has gone.
 */
export async function proveGoneInCloud(
  { kept, ...gone }: GoneInCloud,
  context: ClusterContext,
  { timeoutSeconds, report }: Waiting,
): Promise<void> {
  const cloud = await cloudOf(context);
  const left = await waitFor(async () => wordsOf(await leftOf(cloud, gone)), {
    seconds: timeoutSeconds,
    report,
  });
  if (left !== undefined) throw somethingLeft(left, cloud, context);
  for (const address of kept) await proveKept(address, cloud);
}

async function leftOf(
  { loadBalancers, network }: OpenstackApi,
  { balancers, ports, floatingIps }: Omit<GoneInCloud, 'kept'>,
): Promise<string[]> {
  const left = await Promise.all([
    ...balancers.map(async ({ id, name }) => {
      const now = await loadBalancers.get(id);
      return now === undefined ? [] : [`load balancer ${name} (${id}, ${now.provisioning_status})`];
    }),
    ...ports.map(async (id) => {
      const now = await network.port(id);
      return now === undefined ? [] : [`port ${now.name} (${id})`];
    }),
    ...floatingIps.map(async ({ id, address }) => {
      const now = await network.floatingIp(id);
      return now === undefined ? [] : [`floating IP ${address} (${id})`];
    }),
  ]);
  return left.flat();
}

function wordsOf(left: readonly string[]): string | undefined {
  return left.length === 0 ? undefined : `the cloud still has ${left.join(', ')}`;
}

async function proveKept(address: string, { network }: OpenstackApi): Promise<void> {
  const found = await network.floatingIps({ floating_ip_address: address });
  if (found.length > 0) return;
  throw new UserError({
    what: `The floating IP ${address} was to stay, and the project does not have it any more.`,
    fix: 'The environment is gone. Ask who runs the cloud whether the project can have that address back, or write another one into the file.',
  });
}

function somethingLeft(left: string, { cloud }: OpenstackApi, { environment }: ClusterContext): UserError {
  return new UserError({
    what: `Not all is gone: ${left}.`,
    where: `cloud ${cloud}`,
    fix: `\`hubwright doctor ${environment.name}\` says why, and \`--fix\` deletes what nobody needs; then \`hubwright destroy ${environment.name}\` again.`,
  });
}
