import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { miniChartOf } from '../support/helm.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { sandbox } from '../support/hubwright.ts';
import { fakeHub } from './fake-hub.ts';
import { revisions, secretOf } from './faults.ts';
import type { ClusterEnv } from './kit.ts';
import { type Played, kept, play } from './playbook.ts';

/** What `import ansible` writes, with the gaps filled in. */
const file = (
  namespace: string,
  chart: string,
  version: string,
  large = '25G',
): string => `name: jupyter-training
defaults:
  contactEmail: hub-support@example.org
  auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
  profiles:
    python:
      displayName: Python
      description: Two cores, for most lessons
      default: true
      image: quay.io/jupyter/scipy-notebook:2026-10-01
      cpu: { guarantee: 0.05, limit: 2 }
      memory: { guarantee: 1.8G, limit: 1.8G }
      placeholders: 4
    large:
      displayName: Large
      description: For big data
      image: quay.io/jupyter/scipy-notebook:2026-10-01
      cpu: { guarantee: 0.05, limit: 6 }
      memory: { guarantee: 25G, limit: ${large} }
  materials: { nfs: { server: 192.0.2.20, path: /var/training-materials }, mountPath: /mnt/materials }
  charts: { jupyterhub: { version: ${version}, source: ${chart} } }
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: ${namespace} }
    address: { domain: training.jupyter.example.org, floatingIp: 192.0.2.50 }
    https: { letsEncrypt: { staging: false } }
    longhorn: off
    homes: { storageClass: standard }
`;

async function takingOver(
  given: Played,
  work: (box: Sandbox, env: ClusterEnv, chart: string) => Promise<void>,
): Promise<void> {
  const box = sandbox();
  const env = { KUBECONFIG: given.cluster.kubeconfig, HUBWRIGHT_HELM: given.helm3 };
  try {
    const chart = await play(given, box);
    await box.write('hub.yaml', file(given.namespace, chart, '4.2.0'));
    await box.must(['charts', 'lock'], { env });
    await work(box, env, chart);
  } finally {
    await given.cluster
      .config()
      .makeApiClient(CoreV1Api)
      .deletePersistentVolume({ name: `training-materials-${given.namespace}` });
    await box.close();
  }
}

describe.concurrent('what the playbook deployed', () => {
  test('is shown with its differences, and what they mean', async ({ cluster, namespace, helm3 }) => {
    await takingOver({ cluster, namespace, helm3 }, async (box, env) => {
      const before = await kept({ cluster, namespace, helm3 });
      const plan = await box.must(['plan', 'training'], { env });
      expect(plan).toMatch(/• JupyterHub: release \S+ \(\d+ values change\)/);
      expect(plan).toContain('those that the chart has made are taken over');
      expect(plan).toContain('The hub restarts');
      // The hub does not know us yet, and its pods have no label of ours.
      expect(plan).toContain('trainee-1, trainee-2 (profile unknown) keep their running server as it is');
      expect(plan).toContain('2 servers keep running: trainee-1, trainee-2.');
      expect(plan).not.toMatch(/chart 4\.2\.0|^ +- |not installed|uninstall/m);
      const { changes } = JSON.parse(await box.must(['plan', 'training', '--json'], { env })) as {
        changes: { title: string; values: { path: string }[]; objects: { object: string; kind: string }[] }[];
      };
      const hub = changes.find(({ title }) => title === 'JupyterHub');
      expect(hub?.values.map(({ path }) => path)).toEqual(
        expect.arrayContaining([
          'hub.config.JupyterHub.authenticator_class',
          'scheduling.userPlaceholder.replicas',
        ]),
      );
      expect(hub?.objects.filter(({ kind }) => kind === 'deleted')).toEqual([]);
      expect(await kept({ cluster, namespace, helm3 })).toEqual(before);
    });
  });

  test('is taken over: volumes, tokens, address and servers stay, and nothing is uninstalled', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await takingOver({ cluster, namespace, helm3 }, async (box, env) => {
      const before = await kept({ cluster, namespace, helm3 });
      await box.must(['deploy', 'training', '--no-verify'], { env });
      expect(await kept({ cluster, namespace, helm3 })).toEqual(before);
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
      expect(await revisions(cluster, namespace)).toEqual([
        { number: 1, status: 'superseded' },
        { number: 2, status: 'deployed' },
      ]);
      const tokens = await secretOf(cluster, namespace, 'hubwright-secrets');
      const hub = await secretOf(cluster, namespace, 'hub');
      expect(tokens['cookieSecret']).toBe(hub['hub.config.JupyterHub.cookie_secret']);
      expect(tokens['proxyToken']).toBe(hub['hub.config.ConfigurableHTTPProxy.auth_token']);
      // From now on an uninstall leaves the database.
      const core = cluster.config().makeApiClient(CoreV1Api);
      const claim = await core.readNamespacedPersistentVolumeClaim({ name: 'hub-db-dir', namespace });
      expect(claim.metadata?.annotations?.['helm.sh/resource-policy']).toBe('keep');
    });
  });

  test('has servers whose profile its hub knows', async ({ cluster, namespace, helm3 }) => {
    await takingOver({ cluster, namespace, helm3 }, async (box, env, chart) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const chosen = { 'trainee-1': {}, 'trainee-2': { profile: 'large' } };
      const hub = await fakeHub(cluster, namespace, chosen);
      await box.write('hub.yaml', file(namespace, chart, '4.2.0', '30G'));
      const plan = await box.must(['plan', 'training'], { env }).finally(() => hub.close());
      expect(plan).toContain(
        'trainee-2 keeps the running server as it is; the change of profile large holds from their next start.',
      );
      expect(plan).not.toContain('profile unknown');
      expect(plan).not.toMatch(/trainee-1.* as it is/);
    });
  });

  test('keeps its chart until the file names another, which is a step of its own', async ({
    cluster,
    namespace,
    helm3,
  }) => {
    await takingOver({ cluster, namespace, helm3 }, async (box, env) => {
      await box.must(['deploy', 'training', '--no-verify'], { env });
      const before = await kept({ cluster, namespace, helm3 });
      const newer = await miniChartOf('jupyterhub', '4.4.0', box.folder);
      await box.write('hub.yaml', file(namespace, newer, '4.4.0'));
      await box.must(['charts', 'lock'], { env });
      const plan = await box.must(['plan', 'training'], { env });
      expect(plan).toMatch(/^1 step for training\n  • JupyterHub: release \S+ \(chart 4\.2\.0 → 4\.4\.0\)/);
      await box.must(['deploy', 'training', '--no-verify'], { env });
      expect(await kept({ cluster, namespace, helm3 })).toEqual(before);
      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    });
  });
});
