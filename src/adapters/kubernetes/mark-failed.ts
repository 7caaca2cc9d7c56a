import type { KubernetesApi, LiveObject } from './api.ts';
import { packRelease, unpackRelease } from './release-data.ts';

type ReleaseSecret = LiveObject & { readonly data?: { readonly release?: string } };

/**
 * Marks the newest revision of a release as failed, in the contents and in the label, as Helm does itself when an
 * install fails (helm.sh/helm/v3/pkg/action/install.go, `failRelease`). After it `helm upgrade` goes on.
 */
export async function markFailed(
  api: KubernetesApi,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<void> {
  const secrets = await api.list<ReleaseSecret>({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    labelSelector: `owner=helm,name=${name}`,
  });
  const [newest] = secrets.toSorted((a, b) => revisionOf(b) - revisionOf(a));
  const data = newest?.data?.release;
  if (newest === undefined || data === undefined) return;
  const release = await unpackRelease<{ info: Record<string, unknown> }>(data);
  release.info['status'] = 'failed';
  release.info['description'] = 'marked as failed by hubwright: the Helm that worked on it was ended';
  await api.patch(
    { apiVersion: 'v1', kind: 'Secret', name: newest.metadata.name, namespace },
    {
      metadata: { labels: { status: 'failed' } },
      data: { release: await packRelease(release) },
    },
  );
}

function revisionOf({ metadata }: LiveObject): number {
  return Number(metadata.labels?.['version'] ?? 0);
}
