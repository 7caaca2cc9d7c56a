import { UserError } from '../../../errors.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ClusterContext } from '../context.ts';

/** Does the work with a connection to the management cluster, and closes it. */
export async function onManagement<Result>(
  { management, environment }: ClusterContext,
  work: (api: KubernetesApi) => Promise<Result>,
): Promise<Result> {
  if (management === undefined) {
    throw new UserError({
      what: `The file names no management cluster for ${environment.name}.`,
      fix: 'Write its context as `kubernetes.managementContext`.',
    });
  }
  const api = await management();
  try {
    return await work(api);
  } finally {
    api.close();
  }
}
