import type { Machine, MachineGroup } from '../../kubernetes/nodes/machines.ts';
import type { WorkloadSeen } from '../../kubernetes/nodes/observed.ts';
import type { Check } from '../check.ts';

/** The autoscaler gives a node up after so long (its `--max-node-provision-time`); a drain that waits for nobody is done by then. */
const longest = 15 * 60;

/** Machines that do not become nodes, or do not go. */
export const machinesStuck: Check<'machines'> = {
  id: 'machines-stuck',
  title: 'machines become nodes, and go when they are to go',
  page: 'nodes',
  needs: ['machines'],
  also: ['nodes'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ machines, nodes }, { name }) =>
    machines.groups.flatMap((group) => {
      const stuck = group.machines.filter((machine) => isStuck(machine) && !waitsForPeople(machine, nodes));
      if (stuck.length === 0) return [];
      const held = stuck.every(({ deleting }) => deleting);
      return [
        {
          subject: group.name,
          harm: 'willStop' as const,
          what: whatOf(group.name, stuck.length, held),
          evidence: stuck.flatMap(evidenceOf),
          meaning: held
            ? 'A machine that is to go waits for what still runs on it. A roll-out stands still until then.'
            : 'The group has fewer nodes than it should have; what the cloud said of it stands above.',
          fix: fixOf(group, machines.context, name),
        },
      ];
    }),
};

function whatOf(group: string, count: number, held: boolean): string {
  if (count === 1) return `A machine of ${group} ${held ? 'cannot go' : 'does not become a node'}.`;
  return `${count} machines of ${group} ${held ? 'cannot go' : 'do not become nodes'}.`;
}

function isStuck({ phase, deleting, goingSeconds = 0, ageSeconds, says }: Machine): boolean {
  if (deleting) return goingSeconds > longest && says.some((text) => /drain|volume|detach/i.test(text));
  return phase === 'Failed' || (/^(Pending|Provision)/.test(phase) && ageSeconds > longest);
}

/** As a roll-out should. */
function waitsForPeople({ deleting, node }: Machine, nodes: WorkloadSeen | undefined): boolean {
  return deleting && nodes?.servers.some((server) => server.node === node) === true;
}

function evidenceOf({ name, phase, goingSeconds, ageSeconds, says }: Machine): string[] {
  const age = `${name}: ${phase} for ${Math.round((goingSeconds ?? ageSeconds) / 60)} minutes`;
  return [age, ...says.flatMap((text) => text.split('\n').slice(0, 6)).map((line) => `${name}: ${line}`)];
}

function fixOf({ ref }: MachineGroup, context: string, environment: string): string {
  return `\`hubwright nodes ${environment}\` shows the quota and whose servers are where; \`kubectl --context ${context} --namespace ${ref.namespace ?? ''} describe openstackmachines\` shows what the cloud said.`;
}
