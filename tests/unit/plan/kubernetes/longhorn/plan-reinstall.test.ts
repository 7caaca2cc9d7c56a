import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../../../src/config/schema/environment.ts';
import type {
  LonghornObserved,
  LonghornVolume,
  Reinstall,
} from '../../../../../src/plan/kubernetes/longhorn/observed.ts';
import { planReinstall } from '../../../../../src/plan/kubernetes/longhorn/plan-reinstall.ts';
import type { ReinstallLooked } from '../../../../../src/plan/kubernetes/longhorn/progress.ts';
import type { BalancersObserved } from '../../../../../src/plan/kubernetes/balancers/observed.ts';
import type { ClusterObserved, Revision } from '../../../../../src/plan/kubernetes/observed.ts';
import { balancer, floatingIp, observed as balancers, service } from '../balancers/kit.ts';
import { longhornSystem, released, running, training } from '../observed.ts';

const chart = { name: 'longhorn', version: '1.11.2' };
const hub = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hub', namespace: 'jupyterhub' };

function volume(name: string, given: Partial<LonghornVolume> = {}): LonghornVolume {
  return {
    name,
    size: 10 * 1024 ** 3,
    state: 'detached',
    robustness: 'unknown',
    lastBackup: undefined,
    target: 'default',
    claim: { namespace: 'jupyterhub', name: `claim-${name}` },
    deleting: false,
    hindrance: undefined,
    ...given,
  };
}

const place = { name: 'default', url: 'nfs://192.0.2.30:/backups', available: true, message: undefined };

const calm: LonghornObserved = {
  namespace: 'longhorn-system',
  volumes: [volume('a'), volume('b')],
  targets: [place],
  users: [],
  hub,
  keepers: [],
  reinstall: undefined,
};

const saved = (name: string, given: Partial<Reinstall['volumes'][number]> = {}) => ({
  name,
  saved: true,
  untouched: true,
  ...given,
});

const kept = (given: Partial<Reinstall> = {}): Reinstall => ({
  environment: 'training',
  namespace: 'jupyterhub',
  version: '1.11.2',
  volumes: [saved('a'), saved('b')],
  replaced: false,
  undisturbed: true,
  stopped: true,
  done: [],
  ...given,
});

interface Given {
  readonly longhorn?: Partial<LonghornObserved>;
  readonly release?: Partial<Revision> | 'none';
  readonly observed?: Partial<ClusterObserved>;
  readonly locked?: string;
  readonly environment?: Environment;
  readonly whole?: BalancersObserved;
  readonly stopServers?: boolean;
}

function plan({ longhorn, release = {}, observed, locked = '1.11.2', ...given }: Given = {}) {
  const { environment = training(), whole, stopServers = false } = given;
  const releases: ClusterObserved['releases'] =
    release === 'none' ? {} : { 'longhorn-system/longhorn': released({ chart, ...release }) };
  return planReinstall({
    environment,
    system: longhornSystem as ReinstallLooked['system'],
    observed: running(released(), {
      releases,
      charts: { longhorn: { version: locked, digest: 'aaaa' } },
      ...observed,
    }),
    longhorn: { ...calm, ...longhorn },
    balancers: { cluster: whole ?? balancers({ services: [], controller: undefined }), whole },
    intent: { kind: 'longhorn', stopServers },
  });
}

const idsOf = ({ steps }: ReturnType<typeof plan>): string[] => steps.map(({ id }) => id);
const back = ['longhorn:release', 'targets', 'restore', 'start', 'forget', 'proof'];
const server = {
  namespace: 'jupyterhub',
  pod: 'jupyter-ann',
  claim: 'claim-a',
  by: { kind: 'server', user: 'ann' },
} as const;

describe('a reinstall of Longhorn', () => {
  test('stops the hub, saves each volume, and brings all back, one step after the other', () => {
    const made = plan();
    expect(idsOf(made)).toEqual(['stop', 'save', 'uninstall', ...back]);
    expect(made.steps.slice(1).every(({ needs }, index) => needs[0] === made.steps[index]?.id)).toBe(true);
    expect(made.impacts.map(({ kind }) => kind)).toEqual(['loginAway']);
  });

  test('names the people that it stops, and stops nobody unasked', () => {
    const users = [server];
    expect(plan({ longhorn: { users } }).refusal).toMatchObject({
      what: expect.stringContaining('People work on their homes: ann.') as string,
      fix: expect.stringContaining('`hubwright longhorn training reinstall --stop-servers`') as string,
    });
    const made = plan({ longhorn: { users }, stopServers: true });
    expect(made.impacts[0]).toMatchObject({ kind: 'serverStops', people: ['ann'] });
    expect(made.steps[0]?.title).toBe('Stop hub, the server of ann');
  });

  test('stops the monitoring that is its own, what makes it anew first, and nothing of others', () => {
    const environment = training('    monitoring: {}\n');
    const keeper = { ...hub, name: 'monitoring-kube-prometheus-operator', namespace: 'monitoring' };
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'prometheus', namespace: 'monitoring' };
    const user = {
      namespace: 'monitoring',
      pod: 'p',
      claim: 'c',
      by: { kind: 'workload', ref: set },
    } as const;
    const longhorn = { users: [user], keepers: [keeper] };
    expect(plan({ environment, longhorn }).steps[0]?.action).toMatchObject({
      kind: 'quietVolumes',
      workloads: [hub, keeper, set],
    });
    expect(plan({ longhorn }).refusal).toMatchObject({
      what: expect.stringContaining('Others have volumes of Longhorn in use: monitoring.') as string,
      fix: expect.stringContaining(
        '`kubectl -n monitoring scale statefulset prometheus --replicas 0`',
      ) as string,
    });
    const neighbour = { ...server, namespace: 'dev' };
    expect(plan({ longhorn: { users: [neighbour] }, stopServers: true }).refusal?.what).toContain(
      'in use: dev.',
    );
  });

  test.each([
    ['no address', [{ ...place, url: '', available: false }], 'is set to no place'],
    ['none of that name', [], 'is set to no place'],
    [
      'one that cannot be reached',
      [{ ...place, available: false, message: 'no route' }],
      'cannot be reached: no route',
    ],
  ])('is refused where the backup target has %s', (_what, targets, why) => {
    const { refusal, steps } = plan({ longhorn: { targets } });
    expect(refusal?.what).toContain(why);
    expect(steps).toEqual([]);
  });

  test('needs no backup target where there are no volumes', () => {
    const longhorn = { volumes: [], targets: [] };
    const made = plan({ longhorn });
    expect(idsOf(made)).toEqual(['stop', 'save', 'uninstall', ...back.filter((id) => id !== 'restore')]);
    expect(made.steps[1]?.title).toBe('Write down backup targets and recurring jobs');
  });

  test('is refused for a volume that no backup brings back', () => {
    const { refusal } = plan({ longhorn: { volumes: [volume('a', { hindrance: 'is faulted' })] } });
    expect(refusal?.what).toContain('a is faulted');
  });

  test.each([
    ['1.6.3', '1.7.2'],
    ['1.7.1', '1.7.2'],
    ['1.5.5', '1.6.4'],
  ])('is refused where its uninstall may delete the backups: %s', (version, locked) => {
    const { refusal, steps } = plan({ release: { chart: { ...chart, version } }, locked });
    expect(refusal?.what).toContain(`Longhorn ${version} may delete every backup`);
    expect(refusal?.fix).toContain('`hubwright deploy training`');
    expect(steps).toEqual([]);
  });

  test('goes by the version of Longhorn itself, and not without one', () => {
    const packed = (appVersion: string) =>
      plan({ release: { chart: { ...chart, appVersion } } }).refusal?.what;
    expect(packed('v1.7.1')).toContain('Longhorn v1.7.1 may delete every backup');
    expect(packed('master-head')).toContain('Nobody can tell which version of Longhorn is installed');
    expect(packed('v1.7.2')).toBeUndefined();
    expect(packed('v1.6.4')).toBeUndefined();
  });

  test('goes on with an old one whose uninstall has begun', () => {
    const reinstall = kept({ version: '1.7.1', done: ['removing'] });
    const release = { status: 'uninstalling', chart: { ...chart, version: '1.7.1' } } as const;
    expect(plan({ release, locked: '1.7.2', longhorn: { reinstall } }).refusal).toBeUndefined();
  });

  test.each([
    ['1.10.0', true],
    ['1.9.2', true],
    ['1.9.3', false],
    ['1.10.1', false],
    ['1.11.2', false],
  ])('tells of an uninstall that may hang: %s', (version, hangs) => {
    const { notes } = plan({ release: { chart: { ...chart, version } }, locked: version });
    expect(notes.some(({ text }) => text.includes('may hang on its backup target'))).toBe(hangs);
  });

  test('never goes to a lower version, also where the old one is gone already', () => {
    expect(plan({ locked: '1.10.2' }).refusal?.what).toContain('cannot go down to 1.10.2');
    const reinstall = kept({ version: '1.11.2', done: ['removing', 'uninstall'] });
    const gone = plan({ locked: '1.10.2', release: 'none', longhorn: { volumes: [], reinstall } });
    expect(gone.refusal?.what).toContain('cannot go down to 1.10.2');
  });

  test('is refused where there is none, and where another environment is in the middle of one', () => {
    expect(plan({ release: 'none', longhorn: { volumes: [] } }).refusal?.fix).toContain(
      'hubwright deploy training',
    );
    const reinstall = kept({ environment: 'dev', namespace: 'dev' });
    expect(plan({ longhorn: { reinstall } }).refusal?.fix).toContain(
      '`hubwright longhorn dev reinstall` goes on',
    );
  });
});

describe('a reinstall that was cut off', () => {
  const stopped = { hub: undefined };

  test('goes on with what is saved, while nobody can have written since', () => {
    const reinstall = kept();
    expect(idsOf(plan({ longhorn: { ...stopped, reinstall } }))).toEqual(['uninstall', ...back]);
    const half = kept({ volumes: [saved('a')] });
    expect(idsOf(plan({ longhorn: { ...stopped, reinstall: half } }))).toEqual([
      'save',
      'uninstall',
      ...back,
    ]);
  });

  test('saves all anew where somebody has started the hub meanwhile', () => {
    const reinstall = kept({ undisturbed: false });
    const again = plan({ longhorn: { reinstall } });
    expect(idsOf(again)).toEqual(['stop', 'save', 'uninstall', ...back]);
    expect(again.steps[1]?.action).toMatchObject({ kind: 'saveVolumes', again: true });
    const ended = plan({ longhorn: { ...stopped, reinstall } });
    expect(ended.steps[0]?.action).toMatchObject({ kind: 'saveVolumes', again: true });
  });

  test('saves again what somebody has had since, also where nothing was stopped that could be started again', () => {
    const reinstall = kept({ stopped: false, volumes: [saved('a'), saved('b', { untouched: false })] });
    expect(idsOf(plan({ longhorn: { ...stopped, reinstall } })).slice(0, 2)).toEqual(['save', 'uninstall']);
  });

  test('goes back to saving where people have worked between the mark and the uninstall, and one has deleted a home', () => {
    const reinstall = kept({ done: ['removing'], volumes: [saved('a', { untouched: false }), saved('b')] });
    const made = plan({ longhorn: { volumes: [volume('a')], reinstall } });
    expect(idsOf(made)).toEqual(['stop', 'save', 'uninstall', ...back]);
    const working = plan({ longhorn: { volumes: [volume('a')], reinstall, users: [server] } });
    expect(working.refusal?.what).toContain('People work on their homes: ann.');
  });

  test.each([['uninstalling', { status: 'uninstalling' } as const], ['gone', 'none'] as const])(
    'is refused where Longhorn is %s and has what is not saved: nothing can save it',
    (_what, release) => {
      const reinstall = kept({ done: ['removing'] });
      const volumes = [volume('b'), volume('new')];
      const { refusal, steps } = plan({ release, longhorn: { ...stopped, volumes, reinstall } });
      expect(refusal?.what).toContain('1 volume is not proven to be saved: new.');
      expect(refusal?.fix).toContain('helm -n longhorn-system rollback longhorn');
      expect(steps).toEqual([]);
    },
  );

  test('never uninstalls a Longhorn that somebody has installed since the old one went', () => {
    const reinstall = kept({ done: ['removing'], replaced: true });
    const made = plan({ longhorn: { volumes: [volume('new')], reinstall } });
    expect(idsOf(made)).toEqual(['longhorn:ready', 'targets', 'restore', 'start', 'forget', 'proof']);
  });

  test('brings back what was saved, and does not wait for what never was', () => {
    const reinstall = kept({
      done: ['removing', 'uninstall'],
      volumes: [saved('a'), saved('b', { saved: false })],
    });
    const made = plan({ longhorn: { ...stopped, volumes: [], reinstall } });
    expect(made.steps.find(({ id }) => id === 'restore')?.title).toBe('Bring 1 volume back from its backup');
  });

  test('knows with which Helm Longhorn was installed, also where it is gone', () => {
    const helm = { applyMethod: 'ssa', helmMajor: 4 } as const;
    const gone = plan({
      release: 'none',
      observed: { helm: { version: '3.19.0', path: '/usr/bin/helm' } },
      longhorn: { ...stopped, volumes: [], reinstall: kept({ done: ['removing', 'uninstall'], helm }) },
    });
    expect(gone.refusal?.what).toContain('was made with Helm 4');
  });

  test('only goes forth once a volume is on its way out', () => {
    const volumes = [volume('a', { deleting: true }), volume('b')];
    const reinstall = kept({ undisturbed: false, done: ['removing'] });
    expect(idsOf(plan({ longhorn: { volumes, reinstall } }))).toEqual(['uninstall', ...back]);
    expect(idsOf(plan({ release: 'none', longhorn: { ...stopped, volumes: [], reinstall } }))).toEqual([
      'uninstall',
      ...back,
    ]);
  });

  test('saves the others where somebody has deleted a volume before it began', () => {
    const volumes = [volume('b'), volume('c')];
    const made = plan({ longhorn: { ...stopped, volumes, reinstall: kept() } });
    expect(idsOf(made)).toEqual(['save', 'uninstall', ...back]);
  });

  test('does not uninstall what it has installed again', () => {
    const reinstall = kept({ done: ['removing', 'uninstall', 'targets'] });
    const made = plan({ longhorn: { ...stopped, volumes: [volume('a')], reinstall } });
    expect(idsOf(made)).toEqual(['longhorn:ready', 'restore', 'start', 'forget', 'proof']);
    expect(made.steps[1]?.title).toBe('Bring 2 volumes back from their backups');
  });

  test('mends what a Helm has left in the middle of the new release', () => {
    const reinstall = kept({ done: ['removing', 'uninstall'] });
    const made = plan({
      release: { status: 'pending-install' },
      longhorn: { ...stopped, volumes: [], reinstall },
    });
    expect(idsOf(made).slice(0, 2)).toEqual(['repair:longhorn-system/longhorn', 'longhorn:release']);
  });

  test('after its last step has nothing but a look left', () => {
    const interrupted = {
      command: 'hubwright longhorn training reinstall',
      host: 'desk',
      begun: '2026-11-30T09:00:00Z',
      step: 'between two steps',
      open: [],
    };
    expect(idsOf(plan({ observed: { interrupted } }))).toEqual(['proof']);
    const early = { ...interrupted, open: ['stop'] };
    expect(idsOf(plan({ observed: { interrupted: early } }))[0]).toBe('stop');
  });
});

describe('the way to its page', () => {
  const environment = training(`    longhorn: { ui: { service: LoadBalancer, floatingIp: 192.0.2.51 } }
    openstack: { cloud: test, clusterName: training }
`);
  const page = service({
    namespace: 'longhorn-system',
    name: 'longhorn-frontend',
    release: { name: 'longhorn', namespace: 'longhorn-system' },
  });
  const name = 'kube_service_training_longhorn-system_longhorn-frontend';
  const controller = {
    ref: { ...hub, kind: 'DaemonSet', name: 'occm', namespace: 'kube-system' },
    readyPods: 1,
  };
  const whole = (given: Partial<BalancersObserved> = {}): BalancersObserved =>
    balancers({
      services: [page],
      loadBalancers: [balancer({ name })],
      floatingIps: [floatingIp({ address: '192.0.2.51' })],
      controller,
      ...given,
    });

  test('is taken down before Longhorn goes, and has its address again before people come', () => {
    const at = 'balancer:longhorn-system/longhorn-frontend';
    expect(idsOf(plan({ environment, whole: whole() }))).toEqual([
      'stop',
      'save',
      `${at}:keep`,
      `${at}:delete`,
      `${at}:balancer`,
      `${at}:free`,
      'uninstall',
      'controller',
      'longhorn:release',
      'targets',
      'restore',
      `${at}:address`,
      'start',
      'forget',
      'proof',
    ]);
  });

  test('is not taken down where no cloud controller runs that could make it again', () => {
    const down = { ...controller, readyPods: 0 };
    const { refusal } = plan({ environment, whole: whole({ controller: down }) });
    expect(refusal?.what).toContain('The cloud controller does not run');
  });

  test('is left alone, and Longhorn with it, where its load balancer may be somebody else’s', () => {
    const tags = [name, 'kube_service_other_ns_svc'];
    const { refusal, steps } = plan({
      environment,
      whole: whole({ loadBalancers: [balancer({ name, tags })] }),
    });
    expect(refusal?.what).toContain("may be somebody else's");
    expect(steps).toEqual([]);
  });
});
