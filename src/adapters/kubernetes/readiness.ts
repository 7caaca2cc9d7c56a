import type { LiveObject } from './api.ts';
import type { Condition, Workload } from './shapes.ts';

type Readiness =
  | { readonly ready: true }
  | {
      readonly ready: false;
      /** How far it is: `1 of 2 pods ready`. */
      readonly state: string;
      /** It will never be: why. */
      readonly failed?: string;
      /** Its controller has not looked at it yet: its pods and events are those of before. */
      readonly unseen?: true;
    };

const ready: Readiness = { ready: true };

/** The parts of other kinds that are looked at. */
type Parts = LiveObject & {
  readonly spec?: { readonly type?: string; readonly storageClassName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly loadBalancer?: { readonly ingress?: readonly object[] };
    readonly conditions?: readonly Condition[];
  };
};

/**
 * Whether the object can be used, by its own status.
 *
 * @param bindsLate for a volume claim: whether its class waits for a pod that uses it, so that `Pending` is no fault.
 */
export function readinessOf(object: LiveObject, bindsLate = false): Readiness {
  const workload = object as unknown as Workload;
  const parts = object as Parts;
  switch (object.kind) {
    case 'Deployment':
      return seen(workload) ?? deployment(workload);
    case 'StatefulSet':
      return seen(workload) ?? statefulSet(workload);
    case 'DaemonSet':
      return seen(workload) ?? daemonSet(workload);
    case 'Job':
      return job(workload);
    case 'PersistentVolumeClaim':
      return claim(parts, bindsLate);
    case 'Service':
      return service(parts);
    case 'CustomResourceDefinition':
      return definition(parts);
    case 'Pod':
      return parts.status?.phase === 'Succeeded' || holds(parts.status?.conditions, 'Ready')
        ? ready
        : { ready: false, state: parts.status?.phase ?? 'not started' };
    default:
      // Of the others it is enough that they are there: a StorageClass, a ConfigMap.
      return operatedKinds.has(object.kind) ? operated(parts) : ready;
  }
}

/** Until the controller has looked at what was sent, the status is that of before. */
function seen({ metadata, status }: Workload): Readiness | undefined {
  return (status?.observedGeneration ?? 0) < (metadata.generation ?? 0)
    ? { ready: false, state: 'not begun yet', unseen: true }
    : undefined;
}

function deployment({ spec, status }: Workload): Readiness {
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status ?? {};
  if (updatedReplicas < wanted) return { ready: false, state: `${updatedReplicas} of ${wanted} pods made` };
  if (replicas > updatedReplicas)
    return { ready: false, state: `${replicas - updatedReplicas} old pods still running` };
  return counted(availableReplicas, wanted);
}

function statefulSet({ spec, status }: Workload): Readiness {
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, readyReplicas = 0 } = status ?? {};
  const strategy = spec?.updateStrategy;
  const updated = wanted - (strategy?.rollingUpdate?.partition ?? 0);
  if (
    strategy?.type !== 'OnDelete' &&
    status?.updateRevision !== status?.currentRevision &&
    updatedReplicas < updated
  )
    return { ready: false, state: `${updatedReplicas} of ${updated} pods made` };
  return counted(readyReplicas, wanted);
}

function daemonSet({ spec, status }: Workload): Readiness {
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled = 0,
    numberAvailable = 0,
  } = status ?? {};
  if (spec?.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < wanted)
    return { ready: false, state: `${updatedNumberScheduled} of ${wanted} pods made` };
  return counted(numberAvailable, wanted);
}

function counted(count: number, wanted: number): Readiness {
  return count >= wanted ? ready : { ready: false, state: `${count} of ${wanted} pods ready` };
}

function job({ status }: Workload): Readiness {
  if (holds(status?.conditions, 'Complete')) return ready;
  const failed = status?.conditions?.find(({ type, status: is }) => type === 'Failed' && is === 'True');
  if (!failed) return { ready: false, state: 'not done yet' };
  return { ready: false, state: 'failed', failed: failed.message ?? failed.reason ?? 'it failed' };
}

function claim({ status }: Parts, bindsLate: boolean): Readiness {
  if (status?.phase === 'Bound' || (status?.phase === 'Pending' && bindsLate)) return ready;
  if (status?.phase === 'Lost')
    return { ready: false, state: 'lost', failed: 'the volume that it had is gone' };
  return { ready: false, state: 'no volume yet' };
}

function service({ spec, status }: Parts): Readiness {
  if (spec?.type !== 'LoadBalancer' || status?.loadBalancer?.ingress?.length) return ready;
  return { ready: false, state: 'no address yet' };
}

/** Of the Prometheus operator: what it makes of them becomes ready, and it says so. */
const operatedKinds: ReadonlySet<string> = new Set(['Alertmanager', 'Prometheus']);

/** What an operator makes of an object, and says of it. */
function operated({ status }: Parts): Readiness {
  const available = status?.conditions?.find(({ type }) => type === 'Available');
  if (available?.status === 'True') return ready;
  return { ready: false, state: available?.message ?? 'its operator has not made it yet' };
}

function definition({ status }: Parts): Readiness {
  if (holds(status?.conditions, 'Established')) return ready;
  const refused = status?.conditions?.find(
    ({ type, status: is }) => type === 'NamesAccepted' && is === 'False',
  );
  if (refused) return { ready: false, state: 'refused', failed: refused.message ?? 'its names are taken' };
  return { ready: false, state: 'not established yet' };
}

function holds(conditions: readonly Condition[] | undefined, wanted: string): boolean {
  return conditions?.some(({ type, status }) => type === wanted && status === 'True') ?? false;
}
