import {
  balancerSince,
  controllerMinutes,
  isPending,
  minutesSince,
} from '../../kubernetes/balancers/limits.ts';
import { type Match, claimOn, matches } from '../../kubernetes/balancers/match.ts';
import { endOf } from '../../kubernetes/balancers/mend.ts';
import { about, balancerLine, closed, describeCommand, fixCommand, warningLine } from '../balancer-words.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { BalancersObserved, ObservedBalancer } from '../../kubernetes/balancers/observed.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** The controller has to clean up before a Service may go, and does not. */
export const serviceTerminating: Check<'balancers'> = {
  id: 'service-terminating',
  title: 'Services that are deleted go',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    matches(observed, environment).flatMap((match) => {
      const { deleted } = match.service;
      if (deleted === undefined || minutesSince(deleted, observed.now) < controllerMinutes) return [];
      const { service, part } = match;
      return [
        {
          ...about(match),
          what: `The Service ${service.name} was deleted, and does not go.`,
          evidence: [
            `Service ${service.namespace}/${service.name}: deleted ${deleted}, held by ${service.finalizers.join(', ') || 'nothing'}`,
            ...its(match).map((one) => balancerLine(one, observed.now)),
            ...(observed.controller?.readyPods === 0 ? ['no pod of the cloud controller is ready'] : []),
            ...warningLine(service),
          ],
          meaning: `${closed(part)} As long as it is there no new one can be made, and its namespace cannot go.`,
          ...whatToDo(match, observed, environment),
        },
      ];
    }),
};

function its({ balancer, namesakes }: Match): readonly ObservedBalancer[] {
  return balancer === undefined ? namesakes : [balancer];
}

function whatToDo(
  match: Match,
  observed: BalancersObserved,
  environment: Environment,
): Pick<Finding, 'fix' | 'repair'> {
  const [first] = its(match);
  if (first !== undefined && isPending(first.provisioning))
    return {
      fix: `Its load balancer has been ${first.provisioning} since ${balancerSince(first)}: wait, then look again. One that stays so is for those who run the cloud.`,
    };
  if (its(match).some((one) => claimOn(one, observed) !== 'ours'))
    return {
      fix: `Nothing proves that its load balancer is this cluster's alone, so that it is left alone. ${describeCommand(match.service)} shows what the controller says.`,
    };
  const mend = { reason: 'the cloud controller does not clean up', observed, environment };
  return {
    fix: `${fixCommand('service-terminating', environment)} has Octavia delete the load balancer where the controller does not, keeps its address, and lets the Service go; \`hubwright doctor ${environment.name}\` then sees whether one is missing.`,
    repair: endOf({ ...match, balancer: first }, mend),
  };
}
