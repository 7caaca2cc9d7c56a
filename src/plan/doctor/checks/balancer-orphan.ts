import { isPending } from '../../kubernetes/balancers/limits.ts';
import { remove } from '../../kubernetes/balancers/mend.ts';
import type { BalancersObserved } from '../../kubernetes/balancers/observed.ts';
import { balancerLine, fixCommand, floatingIpLine, showCommand } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import { type Orphan, orphans } from '../orphans.ts';
import type { Environment } from '../../../config/schema/environment.ts';

/** The controller looks after Services: of a load balancer without one it knows nothing any more. */
export const balancerOrphan: Check<'balancers'> = {
  id: 'balancer-orphan',
  title: 'every load balancer of the cluster has its Service',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    orphans(observed)
      // One that is being changed is on its way, or for those who run the cloud.
      .filter(({ balancer }) => !isPending(balancer.provisioning))
      .map((orphan) => findingOf(orphan, observed, environment)),
};

function findingOf(
  { balancer, namespace, name, claim }: Orphan,
  observed: BalancersObserved,
  environment: Environment,
): Finding {
  const why = observed.namespaces.includes(namespace)
    ? `namespace ${namespace} has no Service ${name} of type LoadBalancer`
    : `there is no namespace ${namespace}`;
  const common = {
    subject: `load balancer ${balancer.id}`,
    harm: 'leftOver' as const,
    what: `Load balancer ${balancer.name} belongs to no Service any more.`,
    evidence: [balancerLine(balancer, observed.now), why, ...floatingIpLine(balancer, observed)],
    meaning:
      'It costs what a load balancer costs, and a new Service of that name would take it over as it is. A floating IP on it stays the project’s.',
  };
  if (claim !== 'ours')
    return {
      ...common,
      fix: `Nothing but its name says that it is this cluster's: another cluster of the same name may be using it. Compare its members with your nodes (${showCommand(balancer.id, environment)}), then delete it by hand.`,
    };
  return {
    ...common,
    fix: `${fixCommand('balancer-orphan', environment)} deletes it: its members are nodes of this cluster.`,
    repair: remove(balancer, { reason: why }),
  };
}
