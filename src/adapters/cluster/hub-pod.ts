import type { ClusterContext } from './context.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Name of the pod of that part of z2jh that can be asked now. */
export async function readyPod(context: ClusterContext, component: string): Promise<string | undefined> {
  const { namespace, environment } = context;
  const release = environment.kubernetes?.release ?? '';
  const pods = await (
    await context.api()
  ).list<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: `component=${component},release=${release}`,
  });
  return pods.find(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  )?.metadata.name;
}
