import { describe, expect, test } from 'vitest';
import { clusterStatus } from '../../../src/operate/targets/cluster-status.ts';
import type { ClusterHealth, Fault } from '../../../src/plan/kubernetes/health.ts';
import {
  deployment,
  hubSystem,
  longhornSystem,
  released,
  running,
  training,
} from '../plan/kubernetes/observed.ts';

const environment = training();
const ready = { ...deployment('hub', 'hub:1'), status: { readyReplicas: 1 } };

const healthy: ClusterHealth = { homesClass: true, storageClasses: ['longhorn'], faults: [] };

function status(rest: Parameters<typeof running>[1] = {}, of = environment, health = healthy) {
  return clusterStatus(of, {
    systems: [hubSystem()],
    observed: running(released({ objects: [ready] }), rest),
    health,
  });
}

const server = (user: string, node: string) => ({
  user,
  node,
  profile: undefined,
  fingerprint: undefined,
  started: undefined,
  lastActivity: undefined,
  ready: true,
});

describe('the status of an environment on a cluster', () => {
  test('of which everything runs has no troubles', () => {
    const { parts, troubles, notes } = status();
    expect(parts).toEqual([{ name: 'hub', state: 'running' }]);
    expect(troubles).toEqual([]);
    expect(notes).toContain('JupyterHub: release jupyterhub, chart 4.4.0, revision 3, deployed');
  });

  test('says why a part is not ready, and where to look', () => {
    const conditions = [
      { type: 'Available', status: 'False', message: 'does not have minimum availability' },
    ];
    const hub = { ...deployment('hub', 'hub:1'), status: { conditions } };
    expect(status({ live: [hub] }).troubles).toMatchObject([
      {
        kind: 'part',
        what: 'hub is not ready: does not have minimum availability',
        fix: 'hubwright logs training hub',
      },
    ]);
  });

  test('tells what was deleted by hand, which has no status of its own', () => {
    const proxy = deployment('proxy', 'proxy:1');
    const service = { ...proxy, apiVersion: 'v1', kind: 'Service' };
    const release = released({ objects: [service, deployment('hub', 'hub:1'), proxy] });
    const gone = status({ releases: { 'jupyterhub/jupyterhub': release } });
    expect(gone.parts).toEqual([
      { name: 'hub', state: 'running' },
      { name: 'proxy', state: 'missing' },
    ]);
    expect(gone.troubles).toEqual([
      {
        kind: 'part',
        what: 'proxy is not there',
        fix: 'hubwright deploy training',
        evidence: ['no Deployment proxy in namespace jupyterhub; revision 3 of release jupyterhub has it'],
      },
      expect.objectContaining({ kind: 'part', what: 'Service proxy is not there' }),
    ]);
    const all = status({ releases: { 'jupyterhub/jupyterhub': release }, live: [] });
    expect(all.url).toBeUndefined();
    expect(all.troubles.map(({ what }) => what)).toContain('hub is not there');
  });

  test('tells what was deleted of Longhorn, and nothing of a release that was never there', () => {
    const system = { ...longhornSystem, objects: [deployment('longhorn-prerequisites', 'tools:1')] };
    const manager = { ...deployment('longhorn-manager', 'manager:1'), kind: 'DaemonSet' };
    const troublesOf = (lastGood: number | undefined) =>
      clusterStatus(environment, {
        systems: [system],
        observed: running(released(), {
          releases: { 'longhorn-system/longhorn': released({ objects: [manager] }, { lastGood }) },
        }),
        health: healthy,
      }).troubles;
    expect(troublesOf(1)).toMatchObject([
      { kind: 'storage', what: 'longhorn-prerequisites of Longhorn is not there' },
      { kind: 'storage', what: 'longhorn-manager of Longhorn is not there' },
    ]);
    expect(troublesOf(undefined)).toEqual([]);
  });

  test.each([
    [['jupyterhub:release'], 'is under way or was interrupted: the step'],
    [
      ['verify'],
      'whether people can work is being tried, or was and failed, after `hubwright deploy training`',
    ],
  ])('tells of a run that did not come to its end, with %j open', (open, what) => {
    const interrupted = {
      command: 'hubwright deploy training',
      host: 'laptop',
      begun: '2026',
      step: 'the step',
    };
    const [trouble] = status({ interrupted: { ...interrupted, open } }).troubles;
    expect(trouble?.what).toContain(what);
    expect(trouble?.fix).toBe('hubwright deploy training');
  });

  test.each([
    ['certificates training issue', ['certificate:conditions'], 0],
    ['certificates training issue', ['certificate:issued'], 0],
    ['doctor training --fix', ['certificate:issued'], 0],
    ['doctor training --fix', ['certificate:issued', 'balancer'], 1],
    // Autohttps may be stopped.
    ['certificates training issue', ['certificate:restart'], 1],
    ['certificates training issue', [], 1],
    // What comes behind it has not been done.
    ['deploy training', ['certificate:issued'], 1],
  ])('of `hubwright %s` with %j open, tells what is left half done', (words, open, told) => {
    const interrupted = {
      command: `hubwright ${words}`,
      host: 'laptop',
      begun: '2026',
      step: 'the step',
      open,
    };
    expect(status({ interrupted }).troubles).toHaveLength(told);
  });

  test.each([
    ['proxy', 'proxy'],
    ['autohttps', 'certificates'],
    ['user-scheduler', 'hub'],
  ])('looks for the reason of %s in the log of %s', (name, log) => {
    expect(status({ live: [ready, deployment(name, 'image:1')] }).troubles).toMatchObject([
      { kind: 'part', what: `${name} is not ready`, fix: `hubwright logs training ${log}` },
    ]);
  });

  test('counts placeholders as seats, and misses none that waits for room', () => {
    const seats = (name: string, replicas: number, readyReplicas: number) => {
      const set = deployment(name, 'pause:1', replicas);
      const labels = { 'hubwright/system': 'placeholders' };
      return { ...set, metadata: { ...set.metadata, labels }, status: { readyReplicas } };
    };
    const live = [ready, seats('placeholder-standard', 4, 3), seats('placeholder-gpu', 1, 0)];
    const { parts, troubles, notes } = status({ live });
    expect(parts.map(({ name }) => name)).toEqual(['hub']);
    expect(troubles).toEqual([]);
    expect(notes).toContain('3 of 5 seats warm');
  });

  describe('tells what cannot be used:', () => {
    const fault = (kind: Fault['kind'], of: Partial<Fault> = {}): Fault => ({
      kind,
      ref: { apiVersion: 'v1', kind: 'Pod', name: 'jupyter-a', namespace: 'jupyterhub' },
      ageSeconds: 720,
      why: 'Pending; no node fits',
      conditions: [],
      ...of,
    });
    const troublesOf = (...faults: Fault[]) => status({}, environment, { ...healthy, faults }).troubles;
    const describePod = 'kubectl --context test -n jupyterhub describe pod jupyter-a';

    test('servers that do not start, together where the reason is the same', () => {
      const two = troublesOf(
        fault('server', { owner: 'a' }),
        fault('server', { owner: 'b', ageSeconds: 400 }),
        fault('server', { owner: 'c', why: 'Pending; image pull backs off' }),
      );
      expect(two).toMatchObject([
        {
          kind: 'server',
          what: 'the servers of a, b have not started in 12 min: Pending; no node fits',
          fix: describePod,
        },
        {
          kind: 'server',
          what: 'the server of c has not started in 12 min: Pending; image pull backs off',
          fix: describePod,
        },
      ]);
    });

    test('a home without a volume', () => {
      expect(troublesOf(fault('home', { owner: 'a', why: 'lost' }))).toMatchObject([
        { kind: 'home', what: 'volume of a: lost', fix: describePod },
      ]);
    });

    test('a load balancer without an address', () => {
      const ref = { apiVersion: 'v1', kind: 'Service', name: 'proxy-public', namespace: 'jupyterhub' };
      expect(troublesOf(fault('loadBalancer', { ref, why: 'no address yet' }))).toMatchObject([
        {
          kind: 'loadBalancer',
          what: 'load balancer proxy-public: no address yet',
          fix: 'kubectl --context test -n jupyterhub describe service proxy-public',
        },
      ]);
    });

    test('parts of Longhorn, each by its name', () => {
      const part = (name: string) =>
        fault('storage', {
          ref: { apiVersion: 'apps/v1', kind: 'DaemonSet', name },
          why: '1 of 3 pods ready',
        });
      expect(troublesOf(part('longhorn-manager'), part('longhorn-csi-plugin'))).toMatchObject([
        {
          kind: 'storage',
          what: 'longhorn-manager of Longhorn: 1 of 3 pods ready',
          fix: 'hubwright logs training longhorn',
        },
        {
          kind: 'storage',
          what: 'longhorn-csi-plugin of Longhorn: 1 of 3 pods ready',
          fix: 'hubwright logs training longhorn',
        },
      ]);
    });

    test('a StorageClass that is not there', () => {
      const none = { ...healthy, homesClass: false };
      expect(status({}, environment, none).troubles).toMatchObject([
        {
          kind: 'storageClass',
          what: 'StorageClass longhorn is not there: no new home gets a volume',
          fix: 'hubwright logs training longhorn',
        },
      ]);
      const other = training(`    longhorn: off\n    homes: { storageClass: fast }`);
      expect(status({}, other, none).troubles[0]).toMatchObject({
        kind: 'storageClass',
        what: 'StorageClass fast is not there: no new home gets a volume',
        fix: 'kubectl get storageclasses',
      });
    });

    test('nothing of it before anything is deployed', () => {
      const troubles = status({ releases: {} }, environment, { ...healthy, homesClass: false }).troubles;
      expect(troubles.map(({ what }) => what)).toEqual(['JupyterHub is not installed']);
    });
  });

  test('names a node that is not ready', () => {
    const node = { name: 'worker-1', ready: false, labels: {}, taints: [], allocatable: {} };
    const { troubles, notes } = status({ nodes: [node] });
    expect(troubles[0]?.what).toBe('node worker-1 is not ready');
    expect(notes).toContain('0 of 1 nodes ready');
  });

  test('names a node that is gone, and whose servers went with it', () => {
    const node = { name: 'worker-1', ready: true, labels: {}, taints: [], allocatable: {} };
    const servers = [server('ann', 'worker-2'), server('bob', 'worker-1'), server('cy', 'worker-2')];
    expect(status({ nodes: [node], servers }).troubles).toMatchObject([
      { kind: 'node', what: 'node worker-2 is gone, with the servers of ann, cy', fix: 'kubectl get nodes' },
    ]);
  });

  describe('shows beside each trouble what was seen:', () => {
    const evidenceOf = (...args: Parameters<typeof status>) =>
      status(...args).troubles.map(({ evidence }) => evidence);
    const condition = {
      type: 'Available',
      status: 'False',
      reason: 'MinimumReplicasUnavailable',
      message: 'no minimum availability',
      lastTransitionTime: '2026-11-30T09:01:00Z',
    };

    test('of a part its revision, its pods, what hinders them and since when', () => {
      const hub = deployment('hub', 'hub:1');
      const annotations = { 'deployment.kubernetes.io/revision': '7' };
      const live = [{ ...hub, metadata: { ...hub.metadata, annotations } }];
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hub', namespace: 'jupyterhub' };
      const why = '0 of 1 pods ready; image pull backs off';
      const fault = { kind: 'part' as const, ref, ageSeconds: 4000, why, conditions: [condition] };
      expect(evidenceOf({ live }, environment, { ...healthy, faults: [fault] })).toEqual([
        [
          'Deployment jupyterhub/hub, revision 7: 0 of 1 pods ready',
          why,
          'Available False since 2026-11-30T09:01:00Z (MinimumReplicasUnavailable): no minimum availability',
        ],
      ]);
    });

    test('of a release its revisions, of an interrupted run its open steps', () => {
      const stuck = released({ objects: [ready], status: 'pending-upgrade', description: 'Preparing' });
      const interrupted = { command: 'hubwright deploy training', host: 'laptop', begun: '09:00' };
      const given = {
        releases: { 'jupyterhub/jupyterhub': stuck },
        interrupted: { ...interrupted, step: 's', open: ['a', 'b'] },
      };
      expect(evidenceOf(given)).toEqual([
        [
          'revision 3, chart jupyterhub 4.4.0: pending-upgrade since 10 min, begun 2026-11-23T09:00:00Z (Preparing)',
          'the last revision that was deployed is 2',
        ],
        ['begun 09:00 on laptop', 'begun and not done: a, b'],
      ]);
    });

    test('of a node what it last said, of one that is gone whose servers were there', () => {
      const node = { name: 'worker-1', ready: false, labels: {}, taints: [], allocatable: {} };
      const said = { ...condition, type: 'Ready', status: 'Unknown' };
      expect(
        evidenceOf({ nodes: [{ ...node, condition: said }], servers: [server('ann', 'worker-2')] }),
      ).toEqual([
        ['Ready Unknown since 2026-11-30T09:01:00Z (MinimumReplicasUnavailable): no minimum availability'],
        ['server of ann'],
      ]);
    });

    test('of what many have in common the first five, and their number', () => {
      const ref = { apiVersion: 'v1', kind: 'Pod', name: 'jupyter-a', namespace: 'jupyterhub' };
      const fault = { kind: 'server' as const, ref, ageSeconds: 720, why: 'Pending', conditions: [] };
      const faults = Array.from({ length: 7 }, () => fault);
      const [lines] = evidenceOf({}, environment, { ...healthy, faults });
      expect(lines).toHaveLength(6);
      expect(lines?.at(-1)).toBe('and 2 more');
    });

    test('of a StorageClass that is missing those that there are', () => {
      const health = { ...healthy, homesClass: false, storageClasses: ['fast', 'slow'] };
      expect(evidenceOf({}, environment, health)).toEqual([['StorageClasses of the cluster: fast, slow']]);
    });
  });

  test('tells of a GPU profile that no node can serve', () => {
    const node = { name: 'worker-1', ready: true, labels: {}, taints: [], allocatable: { cpu: '8' } };
    const gpu = training('      gpu: { displayName: GPU, image: example.org/a:1, gpus: { count: 1 } }');
    const { notes, troubles } = status({ nodes: [node] }, gpu);
    expect(notes.at(-1)).toMatch(/^no node offers nvidia\.com\/gpu now: servers of gpu wait/);
    expect(troubles).toEqual([]);
  });

  test('knows the load balancer’s address where the file has none', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'proxy-public', namespace: 'jupyterhub' },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
    };
    expect(status({ live: [ready, service] }).url).toBe('http://192.0.2.7/');
  });

  describe('with HTTPS', () => {
    const secure = training(`    contactEmail: ops@example.org
    address: { domain: hub.example.org }
    https: { letsEncrypt: {} }`);
    const certificate = { names: ['hub.example.org'], issuer: "Let's Encrypt", daysLeft: 60 };

    test('tells how long the certificate lasts', () => {
      const { notes, troubles } = status({ certificate }, secure);
      expect(notes).toContain("certificate of hub.example.org from Let's Encrypt, 60 days left");
      expect(troubles).toEqual([]);
    });

    test.each([
      [13, 'the certificate of hub.example.org ends in 13 days'],
      [-2, 'the certificate of hub.example.org ended 2 days ago'],
    ])('is in trouble with %i days left', (daysLeft, what) => {
      expect(status({ certificate: { ...certificate, daysLeft } }, secure).troubles[0]?.what).toBe(what);
    });

    test('is told of earlier where only people can renew it', () => {
      const own = training(`    address: { domain: hub.example.org }\n    https: { secretName: hub-tls }`);
      const troubles = (daysLeft: number, of = own) =>
        status({ certificate: { ...certificate, daysLeft } }, of).troubles.length;
      expect([troubles(21), troubles(22), troubles(21, secure), troubles(14, secure)]).toEqual([1, 0, 0, 1]);
    });

    test('is in trouble without a certificate', () => {
      expect(status({}, secure).troubles[0]?.what).toBe('there is no certificate');
    });
  });
});
