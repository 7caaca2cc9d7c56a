import type { Environment } from '../../../config/schema/environment.ts';
import { growingGroups } from '../../kubernetes/nodes/groups.ts';
import { whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { AutoscalerSeen } from '../../kubernetes/nodes/observed.ts';
import type { Check } from '../check.ts';

/** It comes round every ten seconds. */
const longestSilence = 5 * 60;

/** An autoscaler that does not run brings no node, and says nothing. */
export const autoscalerDead: Check<'nodes' | 'autoscaler'> = {
  id: 'autoscaler-dead',
  title: 'the autoscaler runs, where node groups are to grow',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes: { waiting }, autoscaler }, environment) => {
    const evidence = silence(autoscaler, environment);
    if (evidence === undefined) return [];
    return [
      {
        subject: 'autoscaler',
        harm: waiting.length > 0 ? 'someCannotWork' : 'willStop',
        what: 'The autoscaler does not run.',
        evidence: [evidence, ...(waiting.length > 0 ? [`waiting for a node: ${whoWaits(waiting)}`] : [])],
        meaning:
          'Once the nodes that are there are full, nobody gets a server; and nodes that are empty stay.',
        fix: `\`hubwright logs ${environment.name} autoscaler\` shows why, on the management cluster too.`,
      },
    ];
  },
};

function silence({ status, deployment }: AutoscalerSeen, environment: Environment): string | undefined {
  if (deployment !== undefined && !deployment.ready)
    return `Deployment ${deployment.ref.namespace}/${deployment.ref.name} has no ready pod`;
  if (status === undefined) {
    const names = growingGroups(environment)
      .map(({ name }) => name)
      .join(', ');
    if (names === '') return undefined;
    return `there is no ConfigMap kube-system/cluster-autoscaler-status, and the file has ${names} grow`;
  }
  const { ageSeconds } = status;
  if (ageSeconds === undefined || ageSeconds <= longestSilence) return undefined;
  return `its ConfigMap kube-system/cluster-autoscaler-status was last written ${Math.round(ageSeconds / 60)} minutes ago`;
}
