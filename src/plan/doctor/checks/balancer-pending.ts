import { balancerSince, isStuck, minutesSince } from '../../kubernetes/balancers/limits.ts';
import { matches } from '../../kubernetes/balancers/match.ts';
import { namedWay } from '../../kubernetes/balancers/parts.ts';
import type { BalancersObserved, ObservedBalancer } from '../../kubernetes/balancers/observed.ts';
import { about, balancerLine, closed, serviceLine, showCommand } from '../balancer-words.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { Check, Sources } from '../check.ts';
import type { Finding } from '../finding.ts';
import { orphans } from '../orphans.ts';

/** Only those who run the cloud can bring one out of it: Octavia refuses everybody else. */
export const balancerPending: Check<'inCloud'> = {
  id: 'balancer-pending',
  title: 'no change of a load balancer hangs',
  page: 'load-balancers',
  needs: ['inCloud'],
  also: ['balancers'],
  examine: ({ inCloud, balancers: observed }, environment) => {
    if (observed === undefined) return withoutCluster(inCloud, environment);
    const ours = matches(observed, environment).flatMap((match) =>
      match.balancer === undefined ? [] : [{ ...match, balancer: match.balancer }],
    );
    const inUse = ours.map((match) => ({
      ...common(match.balancer, observed),
      ...about(match),
      ...(match.service.ingress.length > 0 ? { harm: 'willStop' as const } : {}),
      what: `The load balancer of ${match.service.name} hangs in ${match.balancer.provisioning}.`,
      evidence: [balancerLine(match.balancer, observed.now), serviceLine(match.service)],
      meaning:
        match.service.ingress.length > 0
          ? 'People get in, but no change reaches it: it does not learn of nodes that come and go.'
          : closed(match.part),
      balancer: match.balancer,
    }));
    const unused = orphans(observed).map(({ balancer }) => ({
      ...common(balancer, observed),
      subject: `load balancer ${balancer.id}`,
      harm: 'leftOver' as const,
      what: `Load balancer ${balancer.name}, which no Service uses, hangs in ${balancer.provisioning}.`,
      evidence: [balancerLine(balancer, observed.now)],
      meaning: 'It costs what a load balancer costs, and nobody can delete it like this.',
      balancer,
    }));
    return [...inUse, ...unused]
      .filter(({ balancer }) => isStuck(balancer, observed.now))
      .map(({ balancer, ...finding }) => ({ ...finding, fix: fixOf(balancer, environment) }));
  },
};

/** Whether people get in all the same the Service would say. */
function withoutCluster(seen: Sources['inCloud'], environment: Environment): Finding[] {
  return seen.loadBalancers.flatMap((balancer) => {
    const named = namedWay(balancer, environment);
    if (named === undefined || !isStuck(balancer, seen.now)) return [];
    return [
      {
        ...common(balancer, seen),
        ...about(named),
        what: `The load balancer of ${named.service.name} hangs in ${balancer.provisioning}.`,
        evidence: [
          balancerLine(balancer, seen.now),
          'whose it is its name alone says: the cluster could not be asked',
        ],
        meaning: `No change reaches it. If it did not work before: ${closed(named.part)}`,
        fix: fixOf(balancer, environment),
      },
    ];
  });
}

function fixOf({ id }: ObservedBalancer, environment: Environment): string {
  return `Send the message below to those who run the cloud, and wait: nobody else can end it, and deleting it is refused. ${showCommand(id, environment)} shows its parts.`;
}

function common(
  balancer: ObservedBalancer,
  observed: Pick<BalancersObserved, 'project' | 'now'>,
): { readonly message: string } {
  const { id, name, provisioning, vip, created } = balancer;
  const { project, now } = observed;
  const since = balancerSince(balancer);
  return {
    message: [
      `Load balancer ${id} (${name}) in project ${project.name} (${project.id}) has been ${provisioning} since ${since}, for ${minutesSince(since, now)} minutes now (${now}).`,
      `It was created ${created}; VIP ${vip.address}, port ${vip.portId}, network ${vip.networkId}.`,
      'Octavia answers 409 to every change of it, deletion included. Please see what its worker waits for (its amphora, say), and bring it to ACTIVE or ERROR; from there we go on ourselves.',
    ].join('\n'),
  };
}
