import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../../src/config/schema/environment.ts';
import { checks } from '../../../../src/plan/doctor/checks/index.ts';
import { balancerPending } from '../../../../src/plan/doctor/checks/balancer-pending.ts';
import { examineAll } from '../../../../src/plan/doctor/examine.ts';
import type { Finding } from '../../../../src/plan/doctor/finding.ts';
import type { BalancerAction } from '../../../../src/plan/kubernetes/balancers/actions.ts';
import { claimOn } from '../../../../src/plan/kubernetes/balancers/match.ts';
import type {
  BalancersObserved,
  ObservedBalancer,
} from '../../../../src/plan/kubernetes/balancers/observed.ts';
import type { SentService } from '../../../../src/plan/kubernetes/balancers/sent.ts';
import type { Step } from '../../../../src/plan/plan.ts';
import { balancer, floatingIp, madeFloatingIp, observed, service } from '../kubernetes/balancers/kit.ts';
import { training } from '../kubernetes/observed.ts';
import { type Situations, theirs, twin, withMembers } from './balancer-kit.ts';
import { left } from './left-by-balancers.ts';
import { others } from './other-balancers.ts';
import { sick } from './sick-balancers.ts';

/** The file: its hub is in namespace `hub`, its address is 192.0.2.50. */
const environment = environmentWith('');

function environmentWith(lines: string): Environment {
  const base = training(`    address: { floatingIp: 192.0.2.50 }\n${lines}`);
  const { kubernetes } = base;
  if (kubernetes === undefined) throw new Error('no cluster');
  return { ...base, kubernetes: { ...kubernetes, namespace: 'hub', release: 'hub' } };
}

interface Found extends Finding {
  readonly id: string;
}

function examined(
  given: Partial<BalancersObserved>,
  file = environment,
  sentServices: readonly SentService[] = [],
): Found[] {
  const both = { seen: observed(given) };
  const evidence = { balancers: both, inCloud: both, sentServices: { seen: sentServices } };
  const own = checks.filter(({ needs }) => needs.includes('balancers') || needs.includes('inCloud'));
  const applying = own.filter(({ applies }) => applies?.(file) !== false);
  return examineAll(applying, evidence, file).flatMap((one) =>
    'findings' in one ? one.findings.map((finding) => ({ ...finding, id: one.check.id })) : [],
  );
}

function actions({ repair = [] }: Finding): BalancerAction[] {
  return repair.map(({ action }) => action as BalancerAction);
}

/** What was found, and what `--fix` does about it. */
function brief(found: readonly Found[]): Record<string, readonly string[]> {
  return Object.fromEntries(found.map((one) => [one.id, actions(one).map(({ kind }) => kind)]));
}

const situations: Situations = { ...sick, ...others, ...left };

describe('what the doctor finds, and does with --fix', () => {
  test.each(Object.entries(situations))('%s', (_, { given, found }) => {
    expect(brief(examined(given))).toEqual(found);
  });
});

const everything = Object.values(situations).flatMap(({ given }) => examined(given));

describe('every finding', () => {
  test('has evidence with an id, a meaning, and a command', () => {
    for (const { what, evidence, meaning, fix } of everything) {
      expect(evidence.length, what).toBeGreaterThan(0);
      expect(meaning, what).toMatch(/\.$/);
      expect(fix, what).toMatch(/`|the message below/);
      expect(`${what} ${fix}`, what).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  test('names the same steps when it is looked at a minute later', () => {
    for (const { given } of Object.values(situations)) {
      const steps = (now: string): unknown => examined({ ...given, now }).map(({ repair = [] }) => repair);
      expect(steps('2026-11-30T09:01:00Z')).toEqual(steps('2026-11-30T09:02:00Z'));
    }
  });

  test('that hangs has a message with all that those who run the cloud need, and nothing to be done by itself', () => {
    const hanging = everything.filter(({ id }) => id === 'balancer-pending');
    expect(hanging).toHaveLength(3);
    for (const { message = '', repair } of hanging) {
      expect(message).toMatch(
        /lb-\d .*project training \(project-1\) has been PENDING_\w+ since 2026-11-30T08:\d\d:\d\dZ/s,
      );
      expect(message).toContain('port port-');
      expect(repair).toBeUndefined();
    }
  });
});

describe('every repair', () => {
  const repairs = everything.flatMap(({ repair }) =>
    repair === undefined ? [] : [repair as Step<BalancerAction>[]],
  );
  const index = (steps: readonly Step<BalancerAction>[], kind: BalancerAction['kind']): number =>
    steps.findIndex(({ action }) => action.kind === kind);

  test('has the steps of a repair in one row, each with an id of its own', () => {
    for (const steps of repairs) {
      const ids = steps.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [at, { needs }] of steps.entries())
        for (const need of needs) expect(ids.slice(0, at)).toContain(need);
    }
  });

  test('keeps the address before the Service goes, and has the Service gone before Octavia is told', () => {
    for (const steps of repairs) {
      const [keep, gone, octavia, back] = (
        ['rememberFloatingIp', 'deleteService', 'deleteBalancer', 'recreateService'] as const
      ).map((kind) => index(steps, kind)) as [number, number, number, number];
      if (gone >= 0) expect(keep).toBeLessThan(gone);
      if (gone >= 0 && octavia >= 0) expect(gone).toBeLessThan(octavia);
      if (back >= 0 && octavia >= 0) expect(octavia).toBeLessThan(back);
      if (back >= 0) expect(steps.at(-1)?.action.kind).toBe('restoreFloatingIp');
    }
  });

  test('never deletes a load balancer that is not proven to be ours alone', () => {
    const deleted = Object.values(situations).flatMap(({ given }) => {
      const seen = observed(given);
      const steps = examined(given).flatMap(({ repair = [] }) => repair as Step<BalancerAction>[]);
      return steps.flatMap(({ action }) => (action.kind === 'deleteBalancer' ? [{ action, seen }] : []));
    });
    expect(deleted.length).toBeGreaterThan(5);
    for (const { action, seen } of deleted) {
      expect(action.name).toMatch(/^kube_service_training_/);
      const it = seen.loadBalancers.find(({ id }) => id === action.id)!;
      expect(claimOn(it, seen), action.id).toBe('ours');
      const users = seen.services.filter(({ balancerId }) => balancerId === action.id);
      if (action.service === undefined) expect(users, action.id).toEqual([]);
    }
  });
});

describe('a load balancer of the name that is not proven to be ours', () => {
  test.each([
    ['of another cluster', withMembers(theirs)],
    ['without members', [] as ObservedBalancer['listeners']],
    ['that was not read', undefined],
  ])('(%s) keeps any Service from being made anew', (_, listeners) => {
    for (const { given } of Object.values(situations)) {
      const more = [...(observed(given).loadBalancers ?? []), twin({ id: 'lb-33', listeners })];
      const kinds = examined({ ...given, loadBalancers: more }).flatMap((one) => actions(one));
      expect(kinds.filter(({ kind }) => kind === 'recreateService')).toEqual([]);
      expect(kinds.filter((one) => one.kind === 'setBalancerId' && one.to === undefined)).toEqual([]);
      expect(kinds.filter((one) => 'id' in one && one.id === 'lb-33')).toEqual([]);
    }
  });
});

describe('a Service that its release has and the cluster does not', () => {
  const sent: SentService = {
    namespace: 'hub',
    name: 'proxy-public',
    release: { name: 'hub', namespace: 'hub' },
    revision: 4,
    isThere: false,
  };
  const gone = { services: [], loadBalancers: [], floatingIps: [], ports: [] };

  test('is made again, and gets the address of the file', () => {
    const [found] = examined(gone, environment, [sent]);
    expect(found).toMatchObject({ id: 'service-missing', harm: 'nobodyGetsIn' });
    expect(actions(found!)).toMatchObject([
      { kind: 'recreateService', release: { name: 'hub' } },
      { kind: 'restoreFloatingIp', address: '192.0.2.50' },
    ]);
  });

  test('is not while a load balancer of its name may be another cluster’s', () => {
    const found = examined(
      { ...gone, loadBalancers: [twin({ listeners: withMembers(theirs) })] },
      environment,
      [sent],
    );
    expect(found.map((one) => [one.id, actions(one)])).toContainEqual(['service-missing', []]);
  });

  test('is nothing where it is there, or of a release that is not ours', () => {
    expect(examined({}, environment, [{ ...sent, isThere: true }])).toEqual([]);
    expect(examined({}, environment, [{ ...sent, release: { name: 'x', namespace: 'y' } }])).toEqual([]);
  });
});

describe('an address that a repair has kept, and was cut off before it gave it back', () => {
  const noted = [{ service: { namespace: 'hub', name: 'proxy-public' }, address: '192.0.2.77' }];
  const withoutAddress = { ...environment, address: { ...environment.address, floatingIp: undefined } };
  const kept = (portId: string | undefined) => ({
    noted,
    floatingIps: [
      madeFloatingIp({ portId }),
      floatingIp({ portId: portId === 'port-1' ? undefined : 'port-1' }),
    ],
  });

  test('leads to the Service again', () => {
    const found = examined(kept(undefined), withoutAddress);
    expect(brief(found)).toMatchObject({ 'address-not-back': ['restoreFloatingIp'] });
    expect(actions(found.find(({ id }) => id === 'address-not-back')!)).toMatchObject([
      { address: '192.0.2.77' },
    ]);
  });

  test('is left where something else uses it', () => {
    expect(brief(examined(kept('port-77'), withoutAddress))).toEqual({ 'address-not-back': [] });
  });

  test('is in order where it leads there, or the file says what leads there', () => {
    expect(examined(kept('port-1'), withoutAddress)).toEqual([]);
    expect(brief(examined({ ...kept(undefined) }))).not.toHaveProperty('address-not-back');
  });
});

describe('Longhorn’s page', () => {
  const page = {
    services: [
      service(),
      service({
        namespace: 'longhorn-system',
        name: 'longhorn-frontend',
        uid: 'longhorn',
        balancerId: 'lb-3',
        wantedIp: undefined,
        ingress: ['192.0.2.60'],
        release: { name: 'longhorn', namespace: 'longhorn-system' },
      }),
    ],
    loadBalancers: [
      balancer(),
      balancer({
        id: 'lb-3',
        name: 'kube_service_training_longhorn-system_longhorn-frontend',
        tags: [],
        vip: { address: '10.0.0.30', portId: 'port-3', networkId: 'net-1' },
      }),
    ],
    floatingIps: [floatingIp(), floatingIp({ id: 'fip-3', address: '192.0.2.60', portId: 'port-3' })],
  };

  test('is a danger where it can be reached and the file does not say so', () => {
    expect(brief(examined(page, environmentWith('    longhorn: {}\n')))).toEqual({ 'longhorn-public': [] });
  });

  test('is what the file asks for otherwise', () => {
    const asked = environmentWith(
      '    longhorn: { ui: { service: LoadBalancer, floatingIp: 192.0.2.60 } }\n',
    );
    expect(examined(page, asked)).toEqual([]);
  });
});

describe('where the cluster cannot be asked', () => {
  const stuck = balancer({ provisioning: 'PENDING_UPDATE', updated: '2026-11-30T08:10:00Z' });
  const seen = (...loadBalancers: ObservedBalancer[]) => {
    const { project, floatingIps, ports, now } = observed();
    return balancerPending.examine(
      { inCloud: { project, floatingIps, ports, now, loadBalancers } },
      environmentWith('    openstack: { cloud: test, clusterName: training }\n'),
    );
  };

  test('a load balancer that hangs is found by its name, with the message to the operators', () => {
    const [finding] = seen(stuck);
    expect(finding).toMatchObject({
      subject: 'Service hub/proxy-public',
      harm: 'nobodyGetsIn',
      what: 'The load balancer of proxy-public hangs in PENDING_UPDATE.',
      message: expect.stringContaining('Load balancer lb-1') as string,
    });
    expect(finding?.evidence[1]).toContain('its name alone says');
  });

  test('another cluster’s, another Service’s and one that only just began are not', () => {
    const other = { ...stuck, name: 'kube_service_other_hub_proxy-public' };
    const elsewhere = { ...stuck, name: 'kube_service_training_old_proxy-public' };
    expect(seen(other, elsewhere, { ...stuck, updated: '2026-11-30T08:59:00Z' })).toEqual([]);
  });
});
