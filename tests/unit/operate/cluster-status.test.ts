import { describe, expect, test } from 'vitest';
import { clusterStatus } from '../../../src/operate/targets/cluster-status.ts';
import { deployment, hubSystem, released, running, training } from '../plan/kubernetes/observed.ts';

const environment = training();
const ready = { ...deployment('hub', 'hub:1'), status: { readyReplicas: 1 } };

function status(rest: Parameters<typeof running>[1] = {}, of = environment) {
  return clusterStatus(of, {
    systems: [hubSystem()],
    observed: running(released({ objects: [ready] }), rest),
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
    expect(status({ live: [hub] }).troubles).toEqual([
      { what: 'hub is not ready: does not have minimum availability', fix: 'hubwright logs training hub' },
    ]);
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

  test('names a node that is not ready', () => {
    const node = { name: 'worker-1', ready: false, labels: {}, taints: [], allocatable: {} };
    const { troubles, notes } = status({ nodes: [node] });
    expect(troubles[0]?.what).toBe('node worker-1 is not ready');
    expect(notes).toContain('0 of 1 nodes ready');
  });

  test('names a node that is gone, and whose servers went with it', () => {
    const node = { name: 'worker-1', ready: true, labels: {}, taints: [], allocatable: {} };
    const servers = [server('ann', 'worker-2'), server('bob', 'worker-1'), server('cy', 'worker-2')];
    expect(status({ nodes: [node], servers }).troubles).toEqual([
      { what: 'node worker-2 is gone, with the servers of ann, cy', fix: 'kubectl get nodes' },
    ]);
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

    test('is in trouble without a certificate', () => {
      expect(status({}, secure).troubles[0]?.what).toBe('there is no certificate');
    });
  });
});
