import { controllerMinutes, minutesSince } from '../../kubernetes/balancers/limits.ts';
import { livingMatches } from '../../kubernetes/balancers/match.ts';
import { sync } from '../../kubernetes/balancers/mend.ts';
import { about, closed, describeCommand, fixCommand, serviceLine, warningLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import { forPeople } from '../controller-warnings.ts';

/** No load balancer at all: the controller cannot make one, or does not try. */
export const servicePending: Check<'balancers'> = {
  id: 'service-pending',
  title: 'Services have a load balancer',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { service, part, balancer, staleId, namesakes } = match;
      const hasNone = balancer === undefined && staleId === undefined && namesakes.length === 0;
      if (!hasNone || minutesSince(service.created, observed.now) < controllerMinutes) return [];
      const told = forPeople(service, environment);
      const repair = sync(match, { reason: 'it has no load balancer', observed, environment });
      return [
        {
          ...about(match),
          what: `The Service ${service.name} has no load balancer.`,
          evidence: [
            serviceLine(service),
            `project ${observed.project.name} (${observed.project.id}) has none of its name`,
            ...warningLine(service),
          ],
          meaning: closed(part),
          fix:
            told ??
            `${fixCommand('service-pending', environment)} has the cloud controller look at it, and starts it anew where that is not enough. ${describeCommand(service)} shows its last words.`,
          ...(told === undefined ? { repair } : {}),
        },
      ];
    }),
};
