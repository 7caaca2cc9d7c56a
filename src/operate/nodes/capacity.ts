import { listedAccounts } from '../../config/accounts.ts';
import { type Capacity, capacityOf } from '../../plan/kubernetes/nodes/capacity.ts';
import type { WorkloadSeen } from '../../plan/kubernetes/nodes/observed.ts';
import type { Seen } from '../../plan/doctor/check.ts';
import type { Target } from '../target.ts';

interface Asked {
  /** undefined: as many as the file lists. */
  readonly people: number | undefined;
  /** Nothing is asked but the file. */
  readonly offline: boolean;
}

/** Seats of the nodes as the cluster and the cloud have them, and where they cannot be reached, as the file describes them. */
export async function capacity(target: Target, { people, offline }: Asked): Promise<Capacity> {
  const { environment } = target;
  const rooms = offline ? undefined : await target.nodes?.rooms();
  const sources = { nodes: partOf(rooms?.workload)?.nodes, flavors: partOf(rooms?.compute)?.flavors };
  const { accounts } = environment.auth;
  const listed = accounts && listedAccounts(accounts).filter(({ admin }) => !admin).length;
  const made = capacityOf(environment, sources, people ?? (listed || undefined));
  return {
    ...made,
    notes: [
      ...made.notes,
      ...daemonNotes(rooms?.workload),
      ...unseen('cluster', rooms?.workload),
      ...unseen('cloud', rooms?.compute),
    ],
  };
}

function partOf<T>(part: Seen<T> | undefined): T | undefined {
  return part !== undefined && 'seen' in part ? part.seen : undefined;
}

function daemonNotes(workload: Seen<WorkloadSeen> | undefined): string[] {
  const why = partOf(workload)?.onlyOwn;
  return why === undefined ? [] : [`what DaemonSets take of a node is not known: ${why}`];
}

function unseen(what: string, part: Seen<unknown> | undefined): string[] {
  return part !== undefined && 'notSeen' in part ? [`the ${what} was not looked at: ${part.notSeen}`] : [];
}
