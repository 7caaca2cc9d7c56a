import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { ClusterContext } from './context.ts';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly volumeMounts?: readonly Mount[];
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly persistentVolumeClaim?: object }[];
}

/** A Deployment, as far as it says how pods of it look. */
export type HubDeployment = KubernetesObject & {
  readonly spec: { readonly replicas?: number; readonly template: { readonly spec: PodSpec } };
};

export const restoreName = 'hubwright-restore';

/** z2jh's name for the volume of the database; people may have added others. */
const volumeName = 'pvc';

/** Seconds after which it ends by itself, where the run that made it was killed: two pods cannot have the volume. */
const longestSeconds = 15 * 60;

/** What the hub may use, and where it may run: its pod gets this volume there. */
const shared = {
  pod: [
    'securityContext',
    'nodeSelector',
    'tolerations',
    'affinity',
    'imagePullSecrets',
    'priorityClassName',
  ],
  container: ['image', 'imagePullPolicy', 'securityContext', 'resources'],
};

/**
 * A pod that has the volume of the hub's database in its working directory and does nothing, in the hub's own image, which
 * is on the node and has Python. undefined: the hub keeps its database somewhere else.
 */
export function restorePod(
  hub: HubDeployment,
  { namespace, labels }: Pick<ClusterContext, 'namespace' | 'labels'>,
): KubernetesObject | undefined {
  const { spec } = hub.spec.template;
  const container = spec.containers.find(({ name }) => name === 'hub');
  const volume = spec.volumes?.find((one) => one.name === volumeName && one.persistentVolumeClaim);
  const mount = container?.volumeMounts?.find(({ name }) => name === volume?.name);
  if (container === undefined || volume === undefined || mount === undefined) return undefined;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: restoreName, namespace, labels },
    spec: {
      ...pick(spec, shared.pod),
      restartPolicy: 'Never',
      activeDeadlineSeconds: longestSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      volumes: [volume],
      containers: [
        {
          ...pick(container, shared.container),
          name: 'restore',
          command: ['python3', '-c', `import time; time.sleep(${longestSeconds})`],
          workingDir: mount.mountPath,
          volumeMounts: [mount],
        },
      ],
    },
  };
  return pod as object as KubernetesObject;
}

function pick(from: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
