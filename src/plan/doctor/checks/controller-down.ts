import { livingMatches } from '../../kubernetes/balancers/match.ts';
import type { Check } from '../check.ts';
import { fixCommand } from '../balancer-words.ts';

/** OpenStack's cloud controller manager: no load balancer is made, changed or deleted without it. */
export const controllerDown: Check<'balancers'> = {
  id: 'controller-down',
  title: 'the cloud controller runs',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) => {
    const { controller } = observed;
    if (controller === undefined || controller.readyPods > 0) return [];
    const { kind, name, namespace = 'default' } = controller.ref;
    const waiting = livingMatches(observed, environment).some(({ service }) => service.ingress.length === 0);
    return [
      {
        subject: `${kind} ${name}`,
        harm: waiting ? 'nobodyGetsIn' : 'willStop',
        what: 'The cloud controller does not run.',
        evidence: [`${kind} ${namespace}/${name}: no pod is ready`],
        meaning: waiting
          ? 'No load balancer is made: Services wait for their addresses.'
          : 'People get in. Load balancers do not learn of nodes that come and go, and new nodes are not taken up.',
        fix: `${fixCommand('controller-down', environment)} starts it anew. If it does not stay up, \`kubectl -n ${namespace} logs ${kind.toLowerCase()}/${name}\` says why; often it is its password for the cloud.`,
        repair: [
          {
            id: 'balancer:controller:restart',
            title: 'cloud controller: start anew',
            reason: 'no pod of it is ready',
            needs: [],
            action: { kind: 'restartController', controller: controller.ref },
          },
        ],
      },
    ];
  },
};
