import { stringify } from 'yaml';
import type { KubernetesObject, System } from '../../platform/kubernetes/system.ts';
import { type Values, placeholder, withSecrets } from '../../config/values.ts';
import type { ClusterHost } from './cluster-host.ts';

/** What each system sends: objects of our own, the values of its release, and what the chart makes of them. */
export async function renderFiles(
  systems: readonly System[],
  host: Pick<ClusterHost, 'renderForPeople'>,
): Promise<ReadonlyMap<string, string>> {
  const files = await Promise.all(
    systems.map(async ({ id, release, objects }) => {
      const own = objects.map((object) => withSecrets(object, placeholder) as KubernetesObject);
      const parts: [string, string][] = own.length === 0 ? [] : [[`${id}/objects.yaml`, documents(own)]];
      if (release) {
        const values = withSecrets(release.values, placeholder) as Values;
        const manifests = await host.renderForPeople(release);
        parts.push([`${id}/values.yaml`, stringify(values)], [`${id}/manifests.yaml`, documents(manifests)]);
      }
      return parts;
    }),
  );
  return new Map(files.flat());
}

function documents(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `---\n${stringify(object)}`).join('');
}
