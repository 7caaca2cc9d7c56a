import { controllerMinutes, minutesSince } from '../../kubernetes/balancers/limits.ts';
import { livingMatches } from '../../kubernetes/balancers/match.ts';
import { sync } from '../../kubernetes/balancers/mend.ts';
import { about, closed, describeCommand, fixCommand, serviceLine, warningLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import type { Environment } from '../../../config/schema/environment.ts';

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
      const told = reasonIn(service.warning ?? '', environment);
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

/** What no program can mend. */
function reasonIn(warning: string, { openstack }: Environment): string | undefined {
  const cloud = openstack === undefined ? '' : ` --os-cloud ${openstack.cloud}`;
  if (/quota/i.test(warning))
    return `The project has no room for another one: \`openstack${cloud} loadbalancer quota show\` and \`openstack${cloud} loadbalancer list\` show what is used. Delete what is not needed, or ask those who run the cloud for more.`;
  if (/policy does not allow|forbidden|\b403\b/i.test(warning))
    return `The cloud controller's account may not do it: give it the role \`load-balancer_member\` (\`openstack${cloud} role assignment list --names\`).`;
  if (/\b401\b|authenticat/i.test(warning))
    return 'The cloud does not accept the cloud controller’s password: renew it in its `cloud.conf`, then start it anew.';
  return undefined;
}
