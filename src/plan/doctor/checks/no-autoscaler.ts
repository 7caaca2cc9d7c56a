import { growingGroups } from '../../kubernetes/nodes/groups.ts';
import { whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

/** Of volumes that are still being made the scheduler says that no node is available too. */
const otherwise = /persistentvolumeclaim|volume binding/i;

/** Somebody waits, and nothing is there that would bring a node, nor has the file anything of it. */
export const noAutoscaler: Check<'nodes' | 'autoscaler'> = {
  id: 'no-autoscaler',
  title: 'nobody waits for a node where nothing brings nodes',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes, autoscaler }, environment) => {
    // Where the file has groups grow, `autoscaler-dead` tells of it.
    if (autoscaler.status ?? autoscaler.deployment ?? growingGroups(environment)[0]) return [];
    const pods = nodes.waiting.filter(
      ({ name, scheduler }) => !otherwise.test(scheduler) && !autoscaler.said.has(name),
    );
    if (pods.length === 0) return [];
    const { name } = environment;
    return [
      {
        subject: 'nodes',
        harm: pods.some(({ user }) => user !== undefined) ? 'someCannotWork' : 'leftOver',
        what: `Nobody brings nodes, and ${whoWaits(pods)} ${pods.length === 1 ? 'waits' : 'wait'} for one.`,
        evidence: [
          ...new Set(pods.map(({ scheduler }) => `the scheduler: ${scheduler}`)),
          'there is no ConfigMap kube-system/cluster-autoscaler-status, and no Deployment kube-system/cluster-autoscaler',
        ],
        meaning: 'They wait until somebody stops, or until somebody makes a node.',
        fix: `\`hubwright nodes ${name} scale GROUP --min NUMBER --max NUMBER\` makes nodes, where there is Cluster API; \`hubwright capacity ${name}\` shows how many are needed.`,
      },
    ];
  },
};
