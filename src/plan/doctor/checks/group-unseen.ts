import { groupMeant, statusOf } from '../../kubernetes/nodes/autoscaler-status.ts';
import { groupBeside, growingGroups, workerGroups } from '../../kubernetes/nodes/groups.ts';
import type { Check } from '../check.ts';

/** What it does not know it does not count: no event mentions a group that the autoscaler left out. */
export const groupUnseen: Check<'nodes' | 'autoscaler'> = {
  id: 'group-unseen',
  title: 'the autoscaler knows every node group that is to grow',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: (environment) => growingGroups(environment).length > 0,
  examine: ({ nodes: { nodes }, autoscaler }, environment) => {
    const status = statusOf(autoscaler);
    if (status === undefined || status.state !== 'Running') return [];
    const known = workerGroups(nodes, environment);
    const seen = new Set(status.groups.map(({ id }) => groupMeant(id, known)));
    return growingGroups(environment)
      .filter(({ name }) => !seen.has(name))
      .map(({ name, max }) => {
        const empty = !nodes.some((node) => groupBeside(node, environment) === name);
        return {
          subject: name,
          harm: empty ? 'someCannotWork' : 'willStop',
          what: `The autoscaler does not know the node group ${name}.`,
          evidence: [
            `its groups: ${status.groups.map(({ id }) => id).join(', ') || 'none'}`,
            `${name} has ${empty ? 'no nodes' : 'nodes'} in the cluster`,
          ],
          meaning: empty
            ? 'It never gets its first node: of a group without nodes the autoscaler has to be told what they would have.'
            : 'It gets no further node, however many people wait.',
          fix: `\`hubwright nodes ${environment.name} scale ${name} --max ${max}\` gives it its bounds; \`hubwright doctor ${environment.name} --only scale-from-zero\` says what an empty group lacks.`,
        };
      });
  },
};
