import type { Autohttps } from '../../../plan/kubernetes/certificates/observed.ts';
import { nowOf, secondsSince } from '../../kubernetes/age.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Pod, isReady } from '../../kubernetes/shapes.ts';
import type { ClusterContext } from '../context.ts';
import { hubLabels } from '../hub-pod.ts';
import { type Scaled, podsEnded, scale } from '../hub-scale.ts';
import { refOf } from '../namespaced.ts';
import type { Telling } from '../telling.ts';

const component = 'autohttps';
const logLines = 300;

/** z2jh's traefik with what it has said since it started; undefined: HTTPS is off, or the certificate is not its business. */
export async function observeAutohttps(context: ClusterContext): Promise<Autohttps | undefined> {
  const deployment = await deploymentOf(context);
  if (deployment === undefined) return undefined;
  const api = await context.api();
  const pods = await api.list<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: context.namespace,
    labelSelector: hubLabels(context, component),
  });
  // The newest: of a roll-out the old one may still end.
  const pod = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0];
  const now = nowOf(api);
  return {
    replicas: deployment.spec?.replicas ?? 1,
    pod: pod && {
      name: pod.metadata.name,
      createdSecondsAgo: secondsSince(pod.metadata.creationTimestamp, now) ?? 0,
      ageSeconds: traefikAge(pod, now),
      ready: isReady(pod),
    },
    log: pod === undefined ? [] : await logOf(api, pod),
  };
}

function traefikAge({ status }: Pod, now: number): number | undefined {
  const traefik = status?.containerStatuses?.find(({ name }) => name === 'traefik');
  return secondsSince(traefik?.state?.running?.startedAt, now);
}

async function logOf(api: KubernetesApi, { metadata }: Pod): Promise<string[]> {
  let text = '';
  const pod = { namespace: metadata.namespace ?? '', name: metadata.name };
  const write = (piece: string): void => void (text += piece);
  try {
    await api.logs(pod, { container: 'traefik', tailLines: logLines, write });
  } catch {
    // It has not started: it has said nothing yet.
    return [];
  }
  return text.split('\n').filter((line) => line !== '');
}

/** Until no pod of it is left: one that still runs would write the certificate that it has back into the Secret. */
export async function stopAutohttps(telling: Telling, timeoutSeconds: number): Promise<void> {
  const { context, report } = telling;
  const deployment = await deploymentOf(context);
  if (deployment === undefined) return;
  await scale(await context.api(), refOf(deployment), 0);
  await podsEnded(context, component, { title: 'autohttps', timeoutSeconds, report });
}

/** It asks for the certificates that it lacks as soon as it has started. Does nothing where HTTPS is off. */
export async function startAutohttps({ context }: Telling): Promise<void> {
  const deployment = await deploymentOf(context);
  if (deployment !== undefined) await scale(await context.api(), refOf(deployment), 1);
}

async function deploymentOf(context: ClusterContext): Promise<Scaled | undefined> {
  const api = await context.api();
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const labelSelector = hubLabels(context, component);
  const [found] = await api.list<Scaled>({ ...kind, namespace: context.namespace, labelSelector });
  // In a list it does not say what it is.
  return found && { ...found, ...kind };
}
