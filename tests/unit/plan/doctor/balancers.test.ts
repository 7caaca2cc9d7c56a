import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../../src/config/schema/environment.ts';
import { checks } from '../../../../src/plan/doctor/checks/index.ts';
import { examineAll } from '../../../../src/plan/doctor/examine.ts';
import type { Finding } from '../../../../src/plan/doctor/finding.ts';
import type { BalancerAction } from '../../../../src/plan/kubernetes/balancers/actions.ts';
import type {
  BalancersObserved,
  ObservedBalancer,
} from '../../../../src/plan/kubernetes/balancers/observed.ts';
import type { SentService } from '../../../../src/plan/kubernetes/balancers/sent.ts';
import type { Step } from '../../../../src/plan/plan.ts';
import { balancer, floatingIp, madeFloatingIp, observed, service } from '../kubernetes/balancers/kit.ts';
import { training } from '../kubernetes/observed.ts';

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
  const evidence = { balancers: { seen: observed(given) }, sentServices: { seen: sentServices } };
  const own = checks.filter(({ needs }) => needs.includes('balancers'));
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

const anew = [
  'rememberFloatingIp',
  'deleteService',
  'deleteBalancer',
  'freeService',
  'recreateService',
  'restoreFloatingIp',
];
const listener = balancer().listeners![0]!;
const theirs = [{ name: 'other-1', address: '10.0.0.11', port: 31_999 }];
const withMembers = (
  members: (ObservedBalancer['listeners'] & object) | typeof theirs,
): ObservedBalancer['listeners'] => [{ ...listener, members: members as typeof theirs }];
const orphan = balancer({
  id: 'lb-9',
  name: 'kube_service_training_old_web',
  tags: ['kube_service_training_old_web'],
  vip: { address: '10.0.0.99', portId: 'port-9', networkId: 'net-1' },
});
const twin = (given: Partial<ObservedBalancer> = {}): ObservedBalancer =>
  balancer({ id: 'lb-2', vip: { address: '10.0.0.19', portId: 'port-2', networkId: 'net-1' }, ...given });
const pendingService = service({ ingress: [] });
const unknown = service({ ingress: [], balancerId: undefined });
const longAgo = { updated: '2026-11-30T08:10:00Z' };

interface Situation {
  readonly given: Partial<BalancersObserved>;
  readonly found: Record<string, readonly string[]>;
}

const situations: Readonly<Record<string, Situation>> = {
  'all in order': { given: {}, found: {} },
  'PENDING_CREATE for a while: a machine is being made': {
    given: {
      services: [pendingService],
      loadBalancers: [
        balancer({ provisioning: 'PENDING_CREATE', created: '2026-11-30T08:45:00Z', updated: undefined }),
      ],
    },
    found: {},
  },
  'PENDING_CREATE past the limit': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'PENDING_CREATE', updated: undefined })],
    },
    found: { 'balancer-pending': [] },
  },
  'PENDING_UPDATE past the limit': {
    given: { loadBalancers: [balancer({ provisioning: 'PENDING_UPDATE', ...longAgo })] },
    found: { 'balancer-pending': [] },
  },
  'PENDING_DELETE past the limit, its Service gone': {
    given: {
      services: [],
      ports: [],
      loadBalancers: [{ ...orphan, provisioning: 'PENDING_DELETE', ...longAgo }],
    },
    found: { 'balancer-pending': [] },
  },
  'ERROR, and the Service waits': {
    given: { services: [pendingService], loadBalancers: [balancer({ provisioning: 'ERROR' })] },
    found: { 'balancer-error': anew },
  },
  'ERROR, and people still get in': {
    given: { loadBalancers: [balancer({ provisioning: 'ERROR' })] },
    found: { 'balancer-error': anew },
  },
  'ERROR before it had any part, its id on the Service': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR', listeners: [] })],
      floatingIps: [],
    },
    found: { 'balancer-error': anew.slice(1) },
  },
  'ERROR, and by its name alone ours': {
    given: { services: [unknown], loadBalancers: [balancer({ provisioning: 'ERROR', listeners: [] })] },
    found: { 'balancer-error': [] },
  },
  'ERROR, and the Service is of no release': {
    given: {
      services: [service({ release: undefined, ingress: [] })],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
    },
    found: {},
  },
  'ERROR, and no controller at work that could make another': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
      controller: { ...observed().controller!, readyPods: 0 },
    },
    found: { 'balancer-error': [], 'controller-down': ['restartController'] },
  },
  'ERROR, and another cluster has one of its name': {
    given: {
      services: [pendingService],
      loadBalancers: [balancer({ provisioning: 'ERROR' }), twin({ listeners: withMembers(theirs) })],
    },
    found: { 'balancer-error': [], 'balancer-twin': [] },
  },
  'ERROR, its Service gone': {
    given: { loadBalancers: [balancer(), { ...orphan, provisioning: 'ERROR' }] },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'ACTIVE, and the Service waits, without an id': {
    given: { services: [unknown] },
    found: { 'balancer-unadopted': ['syncService'] },
  },
  'ACTIVE since a minute: the controller is at it': {
    given: { services: [pendingService], loadBalancers: [balancer({ updated: '2026-11-30T08:58:30Z' })] },
    found: {},
  },
  'the id of one that is gone, and another of its name': {
    given: { services: [service({ balancerId: 'lb-0', ingress: [] })] },
    found: { 'balancer-stale-id': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the id of one that is gone, and none besides': {
    given: {
      services: [service({ balancerId: 'lb-0' })],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
      ports: [],
    },
    found: { 'balancer-stale-id': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the id of one that is gone, and another cluster has one of its name': {
    given: {
      services: [service({ balancerId: 'lb-0', ingress: [] })],
      loadBalancers: [twin({ listeners: withMembers(theirs) })],
      ports: [],
    },
    found: { 'balancer-stale-id': [] },
  },
  'the id of one that is gone, and the one of its name is in ERROR': {
    given: {
      services: [service({ balancerId: 'lb-0', ingress: [] })],
      loadBalancers: [balancer({ provisioning: 'ERROR' })],
    },
    found: { 'balancer-stale-id': anew },
  },
  'two of one name, both ours, and no id': {
    given: { services: [unknown], loadBalancers: [balancer(), twin()] },
    found: { 'balancer-twin': ['setBalancerId', 'syncService', 'restoreFloatingIp', 'deleteBalancer'] },
  },
  'two of one name, both ours, the id on one': {
    given: { loadBalancers: [balancer(), twin()] },
    found: { 'balancer-twin': ['deleteBalancer'] },
  },
  'two of one name, one of them another cluster’s, and no id': {
    given: { services: [unknown], loadBalancers: [balancer(), twin({ listeners: withMembers(theirs) })] },
    found: { 'balancer-twin': ['setBalancerId', 'syncService', 'restoreFloatingIp'] },
  },
  'the only one of its name is another cluster’s': {
    given: { services: [unknown], loadBalancers: [twin({ listeners: withMembers(theirs) })], ports: [] },
    found: { 'balancer-foreign': [] },
  },
  'annotated with another cluster’s': {
    given: {
      services: [service({ balancerId: 'lb-7' })],
      loadBalancers: [
        balancer({
          id: 'lb-7',
          name: 'kube_service_other_hub_proxy-public',
          tags: [],
          listeners: withMembers(theirs),
        }),
      ],
    },
    found: { 'balancer-foreign': [] },
  },
  'the cluster was given another name, the members are ours': {
    given: { loadBalancers: [balancer({ name: 'kube_service_old_hub_proxy-public', tags: [] })] },
    found: { 'balancer-foreign': ['syncService'] },
  },
  'shared with a Service of another cluster': {
    given: {
      loadBalancers: [balancer({ tags: [balancer().name, 'kube_service_other_hub_web'] })],
    },
    found: { 'balancer-foreign': [] },
  },
  'shared with a Service of this cluster': {
    given: {
      loadBalancers: [balancer({ tags: [balancer().name, 'kube_service_training_hub_web'] })],
    },
    found: {},
  },
  'shared, and in ERROR': {
    given: {
      loadBalancers: [
        balancer({ provisioning: 'ERROR', tags: [balancer().name, 'kube_service_training_hub_web'] }),
      ],
    },
    found: { 'balancer-error': [] },
  },
  'a person’s own, by its id': {
    given: { loadBalancers: [balancer({ name: 'campus-entrance', tags: [] })] },
    found: {},
  },
  'a person’s own, in ERROR': {
    given: { loadBalancers: [balancer({ name: 'campus-entrance', tags: [], provisioning: 'ERROR' })] },
    found: { 'balancer-error': [] },
  },
  'no Service any more': {
    given: {
      loadBalancers: [balancer(), { ...orphan, name: 'kube_service_training_hub_web', tags: [] }],
    },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'no namespace any more': {
    given: { loadBalancers: [balancer(), orphan] },
    found: { 'balancer-orphan': ['deleteBalancer'] },
  },
  'no Service any more, and the members are no nodes of ours': {
    given: { loadBalancers: [balancer(), { ...orphan, listeners: withMembers(theirs) }] },
    found: { 'balancer-orphan': [] },
  },
  'no Service any more, and nothing in it': {
    given: { loadBalancers: [balancer(), { ...orphan, listeners: [] }] },
    found: { 'balancer-orphan': [] },
  },
  'another cluster’s, in whatever state': {
    given: {
      loadBalancers: [
        balancer(),
        {
          ...orphan,
          name: 'kube_service_other_hub_web',
          tags: [],
          listeners: undefined,
          provisioning: 'ERROR',
        },
        {
          ...orphan,
          id: 'lb-10',
          name: 'k8s-clusterapi-cluster-default-training-kubeapi',
          tags: [],
          listeners: undefined,
        },
      ],
    },
    found: {},
  },
  'a member that is no node any more': {
    given: { nodes: [observed().nodes[0]!] },
    found: { 'balancer-members': ['syncService'] },
  },
  'no member is a node': {
    given: { nodes: [{ name: 'worker-8', address: '10.0.0.18' }] },
    found: { 'balancer-members': [] },
  },
  'members at other ports than the Service’s': {
    given: { services: [service({ ports: [{ port: 80, nodePort: 31_234 }] })] },
    found: { 'balancer-members': ['syncService'] },
  },
  'no listener for 443': {
    given: {
      services: [
        service({
          ports: [
            { port: 80, nodePort: 30_080 },
            { port: 443, nodePort: 30_443 },
          ],
        }),
      ],
    },
    found: { 'balancer-listeners': ['syncService'] },
  },
  'timeouts of 50 s, and the Service asks for an hour': {
    given: {
      services: [service({ annotations: { 'loadbalancer.openstack.org/timeout-client-data': '3600000' } })],
      loadBalancers: [
        balancer({ listeners: [{ ...listener, clientTimeout: 50_000, memberTimeout: 50_000 }] }),
      ],
    },
    found: { 'balancer-timeouts': ['syncService'] },
  },
  'timeouts of 50 s, and nobody asks for more': {
    given: {
      loadBalancers: [
        balancer({ listeners: [{ ...listener, clientTimeout: 50_000, memberTimeout: 50_000 }] }),
      ],
    },
    found: { 'balancer-timeouts': [] },
  },
  'a port of a load balancer that is gone, with our address on it': {
    given: {
      ports: [
        ...observed().ports,
        {
          id: 'port-5',
          name: 'octavia-lb-lb-5',
          owner: 'Octavia',
          device: 'lb-lb-5',
          addresses: ['10.0.0.5'],
        },
        { id: 'port-6', name: 'octavia-lb-vrrp-1', owner: 'Octavia', device: 'vm-1', addresses: [] },
        { id: 'port-7', name: 'lab', owner: 'compute:nova', device: 'lb-lab', addresses: [] },
      ],
    },
    found: { 'balancer-leftovers': ['deletePort'] },
  },
  'an address that the controller made and nothing uses': {
    given: { floatingIps: [floatingIp(), madeFloatingIp({ portId: undefined })] },
    found: { 'balancer-leftovers': ['deleteFloatingIp'] },
  },
  'an address that the controller made, and the file names': {
    given: {
      services: [service({ ingress: [], balancerId: 'lb-1', created: '2026-11-30T08:59:00Z' })],
      floatingIps: [madeFloatingIp({ portId: undefined, address: '192.0.2.50' })],
    },
    found: {},
  },
  'an address that the controller made for another environment': {
    given: {
      floatingIps: [
        floatingIp(),
        madeFloatingIp({
          portId: undefined,
          description:
            'Floating IP for Kubernetes external service course/proxy-public from cluster training',
        }),
      ],
    },
    found: { 'balancer-leftovers': [] },
  },
  'addresses of people and of other clusters': {
    given: {
      floatingIps: [
        floatingIp(),
        floatingIp({ id: 'fip-8', address: '192.0.2.88', portId: undefined, description: 'printer' }),
        madeFloatingIp({
          portId: undefined,
          description: 'Floating IP for Kubernetes external service hub/proxy-public from cluster other',
        }),
      ],
    },
    found: {},
  },
  'the Service is being deleted, and the controller is away': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z' })],
      controller: { ...observed().controller!, readyPods: 0 },
    },
    found: {
      'controller-down': ['restartController'],
      'service-terminating': ['rememberFloatingIp', 'deleteBalancer', 'freeService'],
    },
  },
  'the Service is being deleted, and its load balancer is gone': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z' })],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
      ports: [],
    },
    found: { 'service-terminating': ['freeService'] },
  },
  'the Service is being deleted since a minute': {
    given: { services: [service({ deleted: '2026-11-30T08:59:00Z' })] },
    found: {},
  },
  'the Service is being deleted, and the load balancer is another cluster’s': {
    given: {
      services: [service({ deleted: '2026-11-30T08:30:00Z', balancerId: undefined })],
      loadBalancers: [twin({ listeners: withMembers(theirs) })],
      ports: [],
    },
    found: { 'service-terminating': [] },
  },
  'no load balancer at all': {
    given: { services: [unknown], loadBalancers: [], floatingIps: [], ports: [] },
    found: { 'service-pending': ['syncService'] },
  },
  'no load balancer, because of the quota': {
    given: {
      services: [
        {
          ...unknown,
          warning: 'Error syncing load balancer: Quota has been met for resources: Load Balancer',
        },
      ],
      loadBalancers: [],
      floatingIps: [],
      ports: [],
    },
    found: { 'service-pending': [] },
  },
  'the cloud controller is away, and all else is in order': {
    given: { controller: { ...observed().controller!, readyPods: 0 } },
    found: { 'controller-down': ['restartController'] },
  },
  'another environment’s Service is broken': {
    given: {
      services: [
        service(),
        service({
          namespace: 'course',
          uid: 'other',
          balancerId: 'lb-2',
          ingress: [],
          release: { name: 'course', namespace: 'course' },
        }),
      ],
      loadBalancers: [
        balancer(),
        twin({ name: 'kube_service_training_course_proxy-public', tags: [], provisioning: 'ERROR' }),
      ],
    },
    found: {},
  },
};

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
        for (const need of needs) expect(ids.indexOf(need)).toBe(ids.slice(0, at).lastIndexOf(need));
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
    const deleted = repairs
      .flat()
      .flatMap(({ action }) => (action.kind === 'deleteBalancer' ? [action] : []));
    expect(deleted.length).toBeGreaterThan(5);
    for (const { name } of deleted) expect(name).toMatch(/^kube_service_training_/);
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
