import type { Environment } from '../../../../../src/config/schema/environment.ts';
import { addressesReport } from '../../../../../src/plan/kubernetes/addresses/report.ts';
import type { AddressesObserved } from '../../../../../src/plan/kubernetes/addresses/seen.ts';
import type { BalancersObserved } from '../../../../../src/plan/kubernetes/balancers/observed.ts';
import type { DnsAnswer } from '../../../../../src/ports.ts';
import { observed } from '../balancers/kit.ts';
import { training } from '../observed.ts';

/** The environment of the Services of `balancers/kit.ts`. */
export function environment(floatingIp = '192.0.2.50', more = ''): Environment {
  const ip = floatingIp === '' ? '' : `, floatingIp: ${floatingIp}`;
  return {
    ...training(
      `    openstack: { cloud: test }\n    address: { domain: hub.example.org${ip} }\n    https: off\n${more}`,
    ),
    kubernetes: { context: 'test', namespace: 'hub', release: 'hub' },
  };
}

export function answer(given: Partial<DnsAnswer> = {}): DnsAnswer {
  return { resolver: '1.1.1.1', a: ['192.0.2.50'], aaaa: [], caa: [], failures: [], ...given };
}

/** All in order, but for what is given. */
export function addresses(
  given: Partial<BalancersObserved> = {},
  answers: readonly DnsAnswer[] = [answer()],
): AddressesObserved {
  const both = observed(given);
  return { cluster: both, cloud: both, dns: { 'hub.example.org': answers } };
}

/** What disagrees in the hub's way in. */
export function disagreements(seen: AddressesObserved, of: Environment = environment()) {
  return addressesReport(of, seen, []).ways.flatMap((way) => way.disagreements);
}
