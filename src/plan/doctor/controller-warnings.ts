import type { Environment } from '../../config/schema/environment.ts';
import type { BalancedService } from '../kubernetes/balancers/observed.ts';

/** What no program can mend of that which the cloud controller says; undefined: nothing is known. */
export function forPeople({ warning = '' }: BalancedService, { openstack }: Environment): string | undefined {
  const cloud = openstack === undefined ? '' : ` --os-cloud ${openstack.cloud}`;
  if (/quota/i.test(warning) && /floating ?ip/i.test(warning))
    return `The project has no room for another floating IP: \`openstack${cloud} quota show --network\` and \`openstack${cloud} floating ip list\` show what is used. Delete what is not needed, or ask those who run the cloud for more.`;
  if (/quota/i.test(warning))
    return `The project has no room for another one: \`openstack${cloud} loadbalancer quota show\` and \`openstack${cloud} loadbalancer list\` show what is used. Delete what is not needed, or ask those who run the cloud for more.`;
  if (/policy does not allow|forbidden|\b403\b/i.test(warning))
    return `The cloud controller's account may not do it: give it the role \`load-balancer_member\` (\`openstack${cloud} role assignment list --names\`).`;
  if (/\b401\b|authenticat/i.test(warning))
    return 'The cloud does not accept the cloud controller’s password: renew it in its `cloud.conf`, then start it anew.';
  return undefined;
}
