import type { Environment } from '../../../config/schema/environment.ts';
import { type Growth, growthOf, roomInQuota } from '../../kubernetes/nodes/quota.ts';
import { whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check } from '../check.ts';

/** The autoscaler knows nothing of the quota: it asks for a machine, and none comes. */
export const quotaShort: Check<'nodes' | 'autoscaler' | 'compute'> = {
  id: 'quota-short',
  title: 'the quota lasts until every node group is at its maximum',
  page: 'autoscaler',
  needs: ['nodes', 'autoscaler', 'compute'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ nodes: { nodes, waiting }, autoscaler, compute }, environment) => {
    const growing = growthOf(environment, { nodes, autoscaler }, compute.flavors);
    const short = growing.filter((one) => roomInQuota(compute.quota, one.flavor).nodes < one.more);
    if (short.length === 0) return [];
    const none = growing.every((one) => roomInQuota(compute.quota, one.flavor).nodes === 0);
    const hurts = none && waiting.length > 0;
    return [
      {
        subject: 'quota',
        harm: hurts ? 'someCannotWork' : 'willStop',
        what: none
          ? `The project's quota has no room for another node${hurts ? `; waiting for one: ${whoWaits(waiting)}` : ''}.`
          : `The project's quota ends before ${short.map(({ group }) => group).join(', ')} can be at its maximum.`,
        evidence: short.map((one) => evidenceOf(one, compute.quota)),
        meaning:
          'A machine that the autoscaler asks for stays in the making until it gives up, and nothing says why.',
        fix: fixOf(environment),
        message: messageOf(short, compute.quota, environment),
      },
    ];
  },
};

type Quota = Parameters<typeof roomInQuota>[0];

function evidenceOf({ group, flavor, target, more }: Growth, quota: Quota): string {
  const { nodes, ends } = roomInQuota(quota, flavor);
  return `${group} (${flavor.name}) has ${target} nodes and may have ${target + more}: there is quota for ${nodes} more; ${ends}`;
}

function fixOf({ name }: Environment): string {
  return `Ask the cloud's operators for more, with the message below; or lower the maximum: \`hubwright nodes ${name} scale GROUP --max NUMBER\`.`;
}

function messageOf(short: readonly Growth[], quota: Quota, { deployment, name }: Environment): string {
  const lines = short.map((one) => `- ${evidenceOf(one, quota)}`);
  return `Our Kubernetes cluster for ${deployment} (${name}) cannot grow as planned: the compute quota of its project ends before.\n${lines.join('\n')}\nCould it be raised so far that these nodes fit?`;
}
