import type {
  BalancersObserved,
  ObservedBalancer,
} from '../../../../src/plan/kubernetes/balancers/observed.ts';
import { balancer, service } from '../kubernetes/balancers/kit.ts';

/** What is as in kit.ts but for `given`, what is found then, and what `--fix` does about it. */
export interface Situation {
  readonly given: Partial<BalancersObserved>;
  readonly found: Record<string, readonly string[]>;
}

export type Situations = Readonly<Record<string, Situation>>;

export const anew = [
  'rememberFloatingIp',
  'deleteService',
  'deleteBalancer',
  'freeService',
  'recreateService',
  'restoreFloatingIp',
];
export const listener = balancer().listeners![0]!;
export const theirs = [{ name: 'other-1', address: '10.0.0.11', port: 31_999 }];
export const withMembers = (
  members: (ObservedBalancer['listeners'] & object) | typeof theirs,
): ObservedBalancer['listeners'] => [{ ...listener, members: members as typeof theirs }];
export const orphan = balancer({
  id: 'lb-9',
  name: 'kube_service_training_old_web',
  tags: ['kube_service_training_old_web'],
  vip: { address: '10.0.0.99', portId: 'port-9', networkId: 'net-1' },
});
export const twin = (given: Partial<ObservedBalancer> = {}): ObservedBalancer =>
  balancer({ id: 'lb-2', vip: { address: '10.0.0.19', portId: 'port-2', networkId: 'net-1' }, ...given });
export const pendingService = service({ ingress: [] });
export const unknown = service({ ingress: [], balancerId: undefined });
export const longAgo = { updated: '2026-11-30T08:10:00Z' };
