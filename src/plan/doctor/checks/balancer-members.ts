import { sync } from '../../kubernetes/balancers/mend.ts';
import { membersAre } from '../../kubernetes/balancers/whose.ts';
import { about, balancerLine, closed, describeCommand, fixCommand, warningLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import { emptyListeners, goneMembers, wrongPorts } from '../../kubernetes/balancers/disagreements.ts';
import { working } from '../in-order.ts';
import { fewNames } from '../../names.ts';

/** It sends people to machines that are gone, or to ports where nobody is. */
export const balancerMembers: Check<'balancers'> = {
  id: 'balancer-members',
  title: 'load balancers lead to nodes that are there',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    working(observed, environment).flatMap((match) => {
      const { service, part, balancer } = match;
      const gone = goneMembers(balancer, observed.nodes);
      const ports = [...wrongPorts(service, balancer), ...emptyListeners(service, balancer, observed.nodes)];
      if (gone.length === 0 && ports.length === 0) return [];
      const noneIsOurs = membersAre(balancer, observed) === 'others';
      const repair = sync(match, {
        reason: `load balancer ${balancer.id} does not lead to the nodes that are there`,
        observed,
        environment,
      });
      return [
        {
          ...about(match),
          ...(noneIsOurs || ports.length > 0 ? {} : { harm: 'someCannotWork' as const }),
          what: `The load balancer of ${service.name} does not lead to the nodes that are there.`,
          evidence: [
            balancerLine(balancer, observed.now),
            ...(gone.length === 0 ? [] : [`no address of a node: ${fewNames(gone)}`]),
            ...ports,
            ...warningLine(service),
          ],
          meaning:
            noneIsOurs || ports.length > 0
              ? closed(part)
              : 'A part of the connections goes to machines that are gone: pages hang, now and then, for some people.',
          fix: noneIsOurs
            ? `None of its members is a node of this cluster: either all nodes are new, or another cluster has the same name and uses it too. Find out which before anything is done; ${describeCommand(service)} shows what the controller does.`
            : `${fixCommand('balancer-members', environment)} has the cloud controller set its members anew.`,
          ...(noneIsOurs ? {} : { repair }),
        },
      ];
    }),
};
