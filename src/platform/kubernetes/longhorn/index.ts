import type { Environment } from '../../../config/schema/environment.ts';
import { ownLabels } from '../labels.ts';
import { mergeValues } from '../merge-values.ts';
import type { System } from '../system.ts';
import type { Values } from '../../../config/values.ts';
import { prerequisites } from './prerequisites.ts';

type Longhorn = Exclude<Environment['longhorn'], 'off' | false>;

/** Replicated storage for the homes, shared by the cluster's environments. */
export function longhorn(environment: Environment): System | undefined {
  const settings = environment.longhorn;
  if (typeof settings !== 'object') return undefined;
  const { namespace } = settings;
  const labels = ownLabels(environment, 'longhorn', 'cluster');
  // Its pods are privileged, as those that prepare the nodes are: a cluster may refuse them unless this says so.
  const admission = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  return {
    id: 'longhorn',
    title: 'Longhorn',
    scope: 'cluster',
    needs: [],
    release: {
      name: 'longhorn',
      namespace,
      chart: 'longhorn',
      values: mergeValues(values(settings), environment.helmValues.longhorn),
    },
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { ...labels, ...admission } },
      },
      prerequisites(namespace, labels),
    ],
  };
}

function values({ replicas, dataLocality, migratable, snapshotMaxCount, ui }: Longhorn): Values {
  const { floatingIp, service } = ui;
  return {
    defaultSettings: {
      allowVolumeCreationWithDegradedAvailability: true,
      autoDeletePodWhenVolumeDetachedUnexpectedly: true,
      nodeDrainPolicy: 'block-for-eviction',
      replicaAutoBalance: 'best-effort',
      snapshotDataIntegrity: 'enabled',
      snapshotDataIntegrityCronjob: '0 12 * * 1',
      snapshotMaxCount,
      // GPU nodes run its parts too, or no home can be attached there.
      taintToleration: 'nvidia.com/gpu:NoSchedule',
    },
    persistence: { defaultClassReplicaCount: replicas, defaultDataLocality: dataLocality, migratable },
    service: {
      ui: {
        type: service,
        ...(service === 'LoadBalancer' && floatingIp !== undefined ? { loadBalancerIP: floatingIp } : {}),
      },
    },
  };
}
