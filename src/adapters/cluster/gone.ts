import { UserError } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import { systemClock } from '../clock.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { Waiting } from '../kubernetes/wait.ts';
import { proveGoneInCloud } from './balancers/gone.ts';
import type { ClusterContext } from './context.ts';
import { refOf } from './namespaced.ts';
import { loadBalancers } from './observe-storage.ts';

const pauseMs = 500;

/** Waits until none of them is there any more. @throws UserError that names what is when time is up. */
export async function waitGone(
  objects: readonly ObjectRef[],
  context: ClusterContext,
  waiting: Waiting,
): Promise<void> {
  const api = await context.api();
  await untilNothing(context, waiting, stillThere(api, objects));
}

/**
 * Proves that nothing is left: none of those objects and releases, no pod in the environment's namespace, and no load
 * balancer in it or where those releases were. What is on its way out is waited for.
 *
 * @throws UserError that names what is left.
 */
export async function proveGone(
  { objects, releases, cloud }: Extract<ClusterAction, { kind: 'proveGone' }>,
  context: ClusterContext,
  waiting: Waiting,
): Promise<void> {
  const api = await context.api();
  const { namespace } = context;
  const namespaces = [...new Set([namespace, ...releases.map((release) => release.namespace)])];
  const these = stillThere(api, objects);
  await untilNothing(context, waiting, async () => {
    const left = await Promise.all([
      these(),
      ...releases.map((release) => revisions(api, release)),
      pods(api, namespace),
      ...namespaces.map(async (one) => (await loadBalancers(api, one)).map(refOf)),
    ]);
    return left.flat();
  });
  if (cloud !== undefined) await proveGoneInCloud(cloud, context, waiting);
}

type Look = () => Promise<readonly ObjectRef[]>;

async function untilNothing(
  context: ClusterContext,
  { timeoutSeconds, report }: Waiting,
  look: Look,
): Promise<void> {
  const until = performance.now() + timeoutSeconds * 1000;
  let said = '';
  for (;;) {
    const left = [...new Set((await look()).map(({ kind, name }) => `${kind} ${name}`))];
    const [first] = left;
    if (first === undefined) return;
    if (performance.now() > until) throw somethingLeft(left, context, (await context.api()).context);
    const text = `${first} is still there${left.length > 1 ? ` (and ${left.length - 1} more)` : ''}`;
    if (text !== said) report(text);
    said = text;
    await systemClock.sleep(pauseMs);
  }
}

/** What is gone once is not asked for again. */
function stillThere(api: KubernetesApi, objects: readonly ObjectRef[]): Look {
  let left = objects;
  return async () => {
    const found = await Promise.all(
      left.map(async (ref) => ((await api.get(ref)) === undefined ? [] : [ref])),
    );
    left = found.flat();
    return left;
  };
}

/** Helm keeps each revision of a release in a Secret. */
function revisions(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<ObjectRef[]> {
  return refs(api, 'Secret', namespace, `owner=helm,name=${name}`);
}

function pods(api: KubernetesApi, namespace: string): Promise<ObjectRef[]> {
  return refs(api, 'Pod', namespace);
}

async function refs(
  api: KubernetesApi,
  kind: string,
  namespace: string,
  labelSelector?: string,
): Promise<ObjectRef[]> {
  const objects = await api.listMetadata({
    apiVersion: 'v1',
    kind,
    namespace,
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
  return objects.map(({ metadata: { name } }) => ({ apiVersion: 'v1', kind, name, namespace }));
}

function somethingLeft(
  left: readonly string[],
  { namespace, environment }: ClusterContext,
  context: string,
): UserError {
  return new UserError({
    what: `Something is left: ${left.join(', ')}.`,
    where: `namespace ${namespace}, context ${context}`,
    fix: `\`hubwright destroy ${environment.name}\` again goes on; what stays then is held by somebody else (\`kubectl -n ${namespace} get pods,services,persistentvolumeclaims\`).`,
  });
}
