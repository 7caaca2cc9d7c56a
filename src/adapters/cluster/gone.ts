import { UserError } from '../../errors.ts';
import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import { systemClock } from '../clock.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import { serverLabels } from '../kubernetes/pods.ts';
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
 * Proves that nothing is left: none of those objects and releases, no pod of theirs in the environment's namespace, and
 * no load balancer of theirs in it or where those releases were. What is on its way out is waited for; what somebody
 * else runs in the same namespaces is theirs.
 *
 * @throws UserError that names what is left.
 */
export async function proveGone(
  { objects, releases, cloud }: Extract<ClusterAction, { kind: 'proveGone' }>,
  context: ClusterContext,
  waiting: Waiting,
): Promise<void> {
  const api = await context.api();
  const { namespace, environment } = context;
  const namespaces = [...new Set([namespace, ...releases.map((release) => release.namespace)])];
  const these = stillThere(api, objects);
  const isOurs = belongsTo([environment.kubernetes?.release ?? '', ...releases.map(({ name }) => name)]);
  await untilNothing(context, waiting, async () => {
    const left = await Promise.all([
      these(),
      ...releases.map((release) => revisions(api, release)),
      pods(api, namespace, isOurs),
      ...namespaces.map(async (one) => (await loadBalancers(api, one)).filter(isOurs).map(refOf)),
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
async function revisions(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<ObjectRef[]> {
  const kind = { apiVersion: 'v1', kind: 'Secret' };
  const secrets = await api.listMetadata({ ...kind, namespace, labelSelector: `owner=helm,name=${name}` });
  return secrets.map(({ metadata }) => ({ ...kind, name: metadata.name, namespace }));
}

type IsOurs = (object: Pick<LiveObject, 'metadata'>) => boolean;

async function pods(api: KubernetesApi, namespace: string, isOurs: IsOurs): Promise<ObjectRef[]> {
  const kind = { apiVersion: 'v1', kind: 'Pod' };
  const all = await api.listMetadata({ ...kind, namespace });
  return all.filter(isOurs).map(({ metadata }) => ({ ...kind, name: metadata.name, namespace }));
}

/** By what Helm and the charts write on objects, KubeSpawner on people's servers, and Hubwright on its own. */
function belongsTo(releases: readonly string[]): IsOurs {
  const names = new Set(releases);
  return ({ metadata: { labels = {}, annotations = {} } }) =>
    labels['component'] === serverLabels.component ||
    labels['app.kubernetes.io/managed-by'] === 'hubwright' ||
    [labels['release'], labels['app.kubernetes.io/instance'], annotations['meta.helm.sh/release-name']].some(
      (name) => name !== undefined && names.has(name),
    );
}

function somethingLeft(
  left: readonly string[],
  { namespace, environment }: ClusterContext,
  context: string,
): UserError {
  return new UserError({
    what: `Something is left: ${left.join(', ')}.`,
    where: `namespace ${namespace}, context ${context}`,
    fix: `\`hubwright destroy ${environment.name}\` again goes on; what stays then is held by something else (\`kubectl -n ${namespace} get pods,services,persistentvolumeclaims\`).`,
  });
}
