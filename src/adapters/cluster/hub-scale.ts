import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesApi, LiveObject } from '../kubernetes/api.ts';
import type { ClusterContext } from './context.ts';
import { hubLabels } from './hub-pod.ts';
import type { HubDeployment } from './restore-pod.ts';

const pauseMs = 500;

interface Owned {
  readonly metadata: {
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
}

/** What has a number of pods, as far as that is read. */
export type Scaled = LiveObject & { readonly spec?: { readonly replicas?: number } };

/** The hub as z2jh deploys it; undefined: there is none. */
export async function hubDeployment(context: ClusterContext): Promise<HubDeployment | undefined> {
  const api = await context.api();
  const labelSelector = hubLabels(context, 'hub');
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: context.namespace };
  return (await api.list<HubDeployment>({ ...kind, labelSelector }))[0];
}

/**
 * Sets the number of its pods, without a claim to the field: a Helm that applies on the server's side would find a
 * conflict with us where it sets its own number.
 */
export async function scale(api: KubernetesApi, ref: ObjectRef, replicas: number): Promise<void> {
  const { metadata } = (await api.patch<Owned>(ref, { spec: { replicas } })) ?? {};
  const others = metadata?.managedFields?.filter(({ manager }) => manager !== 'hubwright');
  if (others) await api.patch(ref, { metadata: { managedFields: others } });
}

interface Ending {
  /** What it is called in an error. */
  readonly title: string;
  readonly timeoutSeconds: number;
  readonly report: (text: string) => void;
}

/** Until no pod of that part of z2jh is left. */
export async function podsEnded(
  context: ClusterContext,
  component: string,
  { title, timeoutSeconds, report }: Ending,
): Promise<void> {
  const { namespace, environment } = context;
  const api = await context.api();
  const query = { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: hubLabels(context, component) };
  for (const until = Date.now() + timeoutSeconds * 1000; Date.now() < until; await sleep(pauseMs)) {
    const pods = await api.listMetadata(query);
    const [pod] = pods;
    if (pod === undefined) return;
    report(`Pod ${pod.metadata.name} is still ending`);
  }
  throw new UserError({
    what: `${title} has not ended within ${timeoutSeconds} seconds.`,
    where: `namespace ${namespace}, context ${api.context}`,
    fix: `See why (\`hubwright status ${environment.name}\`), then run the command again.`,
  });
}
