import type { Machine } from '../../../plan/kubernetes/nodes/machines.ts';
import { secondsSince } from '../../kubernetes/age.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Condition } from '../../kubernetes/shapes.ts';
import { seen } from '../seen.ts';
import { type InfraObject, type MachineObject, siblings } from './capi-shapes.ts';

/** The provider's own objects behind a machine, all of one name. */
interface Behind {
  readonly machine: InfraObject | undefined;
  /** Of releases 0.11 and newer: what the cloud said of it is on this one. */
  readonly server: InfraObject | undefined;
}

const openstackServer = { apiVersion: 'infrastructure.cluster.x-k8s.io/v1alpha1', kind: 'OpenStackServer' };

/** @returns what is behind one of those machines. */
export async function behindMachines(
  api: KubernetesApi,
  machines: readonly MachineObject[],
  scope: { readonly namespace: string; readonly labelSelector: string },
): Promise<(machine: MachineObject) => Behind> {
  const reference = machines.map(({ spec }) => spec.infrastructureRef).find((one) => one !== undefined);
  if (reference === undefined) return () => ({ machine: undefined, server: undefined });
  const [infra, servers] = await Promise.all([
    siblings(api, reference, scope),
    // Who may not see these may see machines.
    seen(() => api.list<InfraObject>({ ...openstackServer, ...scope })),
  ]);
  const [ofMachines, ofServers] = [byName(infra), byName('seen' in servers ? servers.seen : [])];
  return ({ spec }) => {
    const name = spec.infrastructureRef?.name ?? '';
    return { machine: ofMachines.get(name), server: ofServers.get(name) };
  };
}

function byName(all: readonly InfraObject[]): ReadonlyMap<string, InfraObject> {
  return new Map(all.map((one) => [one.metadata.name, one]));
}

export function machineOf({ metadata, status = {} }: MachineObject, behind: Behind, now: number): Machine {
  const { name, creationTimestamp, deletionTimestamp } = metadata;
  const deleting = deletionTimestamp !== undefined;
  const { annotations = {} } = behind.machine?.metadata ?? {};
  return {
    name,
    phase: !deleting && hasFailed(status, behind) ? 'Failed' : (status.phase ?? 'Unknown'),
    node: status.nodeRef?.name,
    deleting,
    goingSeconds: secondsSince(deletionTimestamp, now),
    template: annotations['cluster.x-k8s.io/cloned-from-name'],
    flavor: behind.machine?.spec?.flavor,
    ageSeconds: secondsSince(creationTimestamp, now) ?? 0,
    says: saysOf(status, behind),
  };
}

type Status = NonNullable<MachineObject['status']>;

/** Cluster API before 1.11 says so itself; the provider never looks again at a server in ERROR. */
function hasFailed({ failureMessage, nodeRef }: Status, behind: Behind): boolean {
  const isGivenUp = (failureMessage ?? behind.machine?.status?.failureMessage) !== undefined;
  // One that was a node already may come back.
  return isGivenUp || (nodeRef === undefined && isInError(behind));
}

function isInError({ machine, server }: Behind): boolean {
  const { conditions = [] } = machine?.status ?? {};
  return (
    server?.status?.instanceState === 'ERROR' ||
    conditions.some(({ reason, status }) => reason === 'InstanceStateError' && status === 'False')
  );
}

/** Conditions that a machine's fate is told by, in both versions. */
const telling: ReadonlySet<string> = new Set([
  'InfrastructureReady',
  'InstanceReady',
  'DrainingSucceeded',
  'Deleting',
  'Ready',
]);

/** The cloud's own words first. */
function saysOf(status: Status, behind: Behind): string[] {
  const { machine, server } = behind;
  const fromCloud = [server, machine].flatMap((one) => wordsOf(one?.status?.conditions));
  const all = [
    ...fromCloud,
    ...(fromCloud.length === 0 && isInError(behind) ? ['Instance is in ERROR state'] : []),
    machine?.status?.failureMessage ?? '',
    status.failureMessage ?? '',
    ...wordsOf(status.conditions),
  ];
  return [...new Set(all.filter((text) => text !== ''))];
}

function wordsOf(conditions: readonly Condition[] = []): string[] {
  return (
    conditions
      // `Deleting` is the one that is bad news when it is true.
      .filter(({ type, status }) => telling.has(type) && (type === 'Deleting') === (status === 'True'))
      .flatMap(({ message = '' }) => (message === '' ? [] : [message]))
  );
}
