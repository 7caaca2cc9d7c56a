import { namePrefix } from '../../../config/cloud-controller.ts';
import { UserError } from '../../../errors.ts';
import type { BalancerAction } from '../../../plan/kubernetes/balancers/actions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { isRefusal } from '../../openstack/explain.ts';
import type { OpenstackApi } from '../../openstack/connect.ts';
import type { LoadBalancer } from '../../openstack/octavia.ts';
import { type Telling, seconds } from '../telling.ts';
import { balancerOfPort } from './balancer-ports.ts';
import { cloudOf } from './in-cloud.ts';
import { type Service, balancerIdOf } from './known.ts';
import { deletePort } from './leftovers.ts';
import { waitFor } from '../wait-for.ts';

type Action = Extract<BalancerAction, { kind: 'deleteBalancer' }>;

/** How often it is asked for: an end that fails leaves it in ERROR, from where one can try again. */
const mostTries = 3;

/**
 * Deletes it with all that belongs to it, unless the controller has, and returns when it is really gone.
 *
 * @throws UserError where it is not as it was judged, or does not go.
 */
export async function deleteBalancer(action: Action, { context, report }: Telling): Promise<void> {
  const { id } = action;
  const [api, cloud] = await Promise.all([context.api(), cloudOf(context)]);
  let tries = 0;
  let vip: string | undefined;
  const left = await waitFor(
    async () => {
      const now = await cloud.loadBalancers.get(id);
      if (now === undefined) return undefined;
      const { provisioning_status: status } = now;
      vip = now.vip_port_id;
      if ((status === 'ACTIVE' || status === 'ERROR') && tries < mostTries) {
        await refuseOthers(action, now, api);
        tries += await asked(cloud, id);
      }
      return `load balancer ${id} is ${(await cloud.loadBalancers.get(id))?.provisioning_status ?? 'gone'}`;
    },
    { seconds: seconds('balancer', context), report },
  );
  if (left !== undefined) throw stillThere(id, left, cloud);
  if (vip === undefined) return;
  // One that somebody has made beforehand stays theirs.
  const port = await cloud.network.port(vip);
  if (port !== undefined && balancerOfPort(port) === id)
    await deletePort({ id: vip, balancerId: id }, { context, report });
}

/** @returns how many requests that were. */
async function asked(cloud: OpenstackApi, id: string): Promise<number> {
  try {
    await cloud.loadBalancers.delete(id);
    return 1;
  } catch (error) {
    // Something has begun with it meanwhile: the controller, say. It is looked at again.
    if (isRefusal(error, 'busy')) return 0;
    throw error;
  }
}

/** @throws UserError where somebody uses it, or it is not the one that was meant. */
async function refuseOthers(
  { id, name, service }: Action,
  now: LoadBalancer,
  api: KubernetesApi,
): Promise<void> {
  const services = await api.list<Service>({ apiVersion: 'v1', kind: 'Service' });
  const user = services.find((one) => one.metadata.uid !== service?.uid && mayUse(one, now));
  const others = now.tags.filter((tag) => tag.startsWith(namePrefix) && tag !== name);
  if (now.name === name && others.length === 0 && user === undefined) return;
  const { namespace = '', name: its } = user?.metadata ?? { name: '' };
  throw new UserError({
    what: `Load balancer ${id} is used by somebody else meanwhile, and was not deleted.`,
    where: user === undefined ? `name ${now.name}, tags ${others.join(', ')}` : `Service ${namespace}/${its}`,
    fix: 'Look again what there is to be done: the same command without `--fix`.',
  });
}

/** Its id stands on the Service, or the Service has none yet and would take it for its own. */
function mayUse(service: Service, { id, name }: LoadBalancer): boolean {
  const its = balancerIdOf(service);
  if (its !== undefined) return its === id;
  const { namespace = '', name: own } = service.metadata;
  return service.spec?.type === 'LoadBalancer' && name.endsWith(`_${namespace}_${own}`);
}

function stillThere(id: string, left: string, cloud: OpenstackApi): UserError {
  return new UserError({
    what: `Load balancer ${id} does not go: ${left}.`,
    where: `cloud ${cloud.cloud}`,
    fix: `Run the command again in a while: it continues. If it stays so, those who run the cloud have to end it; \`hubwright doctor\` writes the message to them.`,
  });
}
