import { type Disagreement, disagreementsOf } from '../../kubernetes/addresses/disagreements.ts';
import { saysFloatingIp } from '../../kubernetes/addresses/in-deploy.ts';
import { attachSteps } from '../../kubernetes/addresses/plan-address.ts';
import { type SeenWay, seenWays } from '../../kubernetes/addresses/seen.ts';
import type { BalancersObserved } from '../../kubernetes/balancers/observed.ts';
import { hindranceOf } from '../../kubernetes/addresses/floating-ip.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** The controller puts it there when it makes the load balancer, and never looks at it again. */
export const floatingIp: Check<'balancers'> = {
  id: 'floating-ip',
  title: 'floating IPs lead where the file says',
  page: 'addresses',
  needs: ['balancers'],
  applies: saysFloatingIp,
  examine: ({ balancers }, environment) => {
    const observed = { cluster: balancers, cloud: balancers, dns: {} };
    return seenWays(environment, observed).flatMap((seen) =>
      disagreementsOf({ seen, observed, environment: environment.name })
        .filter(({ at }) => at === 'floatingIp')
        .map((one) => finding(one, seen, balancers)),
    );
  },
};

function finding({ what, fix }: Disagreement, seen: SeenWay, observed: BalancersObserved): Finding {
  const { way, balancer, floatingIp: now } = seen;
  const place = way.name === 'hub' ? 'the hub' : way.service;
  const isOther = now !== undefined && now.address !== way.floatingIp;
  const repair = repairOf(seen, observed);
  return {
    subject: `Floating IP ${way.floatingIp}`,
    harm: way.name === 'hub' ? 'nobodyGetsIn' : 'someCannotWork',
    what,
    evidence: [
      ...(balancer === undefined
        ? []
        : [`load balancer ${balancer.id}, VIP ${balancer.vip.address}, port ${balancer.vip.portId}`]),
      ...(isOther ? [`floating IP ${now.address} (${now.id}) leads to it`] : []),
    ],
    meaning: `Nobody gets to ${place} at ${way.floatingIp}${isOther ? `; at ${now.address} they do` : ''}.`,
    fix,
    ...(repair.length === 0 ? {} : { repair }),
  };
}

/** Only where nothing else has to be mended first. */
function repairOf(seen: SeenWay, observed: BalancersObserved): ReturnType<typeof attachSteps> {
  const { way, service, balancer } = seen;
  const isSound = balancer?.provisioning === 'ACTIVE' && service?.balancerId === balancer.id;
  if (!isSound || hindranceOf(way, balancer, observed) !== undefined) return [];
  return attachSteps(seen, observed, []);
}
