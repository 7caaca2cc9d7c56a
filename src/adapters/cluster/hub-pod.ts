import type { ClusterContext } from './context.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Name of the pod of that part of z2jh that can be asked now. */
export async function readyPod(context: ClusterContext, component: string): Promise<string | undefined> {
  const { namespace } = context;
  const pods = await (
    await context.api()
  ).list<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: hubLabels(context, component),
  });
  return pods.find(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  )?.metadata.name;
}

/** Selects what belongs to that part of z2jh. */
export function hubLabels({ environment }: ClusterContext, component: string): string {
  return `component=${component},release=${environment.kubernetes?.release ?? ''}`;
}
