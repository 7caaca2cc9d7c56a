import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ApiextensionsV1Api,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  StorageV1Api,
} from '@kubernetes/client-node';
import { expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Cluster, startCluster, until } from '../support/cluster.ts';
import { helm, miniChartOf } from '../support/helm.ts';
import { type Sandbox, repo, sandbox } from '../support/hubwright.ts';
import { revisions } from './faults.ts';
import { kept, play } from './playbook.ts';

const namespace = 'jupyterhub';
const storage = 'longhorn-system';
const volumes = { group: 'longhorn.io', version: 'v1beta2', namespace: storage, plural: 'volumes' };
/** Not the one that Hubwright would install. */
const live = '1.10.2';

/** Longhorn by Helm alone, with a volume of it; and the certificate that z2jh has fetched. @returns Longhorn's chart. */
async function playLonghorn(cluster: Cluster, program: string, box: Sandbox): Promise<string> {
  const chart = await miniChartOf('longhorn', live, box.folder);
  const where = ['-n', storage, '--create-namespace', '--wait'];
  await helm(program, cluster.kubeconfig, ['upgrade', '--install', 'longhorn', chart, ...where]);
  const config = cluster.config();
  await until('there is its StorageClass', async () => {
    const { items } = await config.makeApiClient(StorageV1Api).listStorageClass();
    return items.some(({ metadata }) => metadata?.name === 'longhorn');
  });
  await config.makeApiClient(CustomObjectsApi).createNamespacedCustomObject({
    ...volumes,
    body: {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'Volume',
      metadata: { name: 'a-home' },
      spec: { size: '10' },
    },
  });
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedSecret({
    namespace,
    body: {
      metadata: { name: 'proxy-public-tls-acme' },
      stringData: { 'acme.json': '{"default":{"Account":{"PrivateKey":"made up"},"Certificates":null}}' },
    },
  });
  return chart;
}

/** What Longhorn and Let's Encrypt have given, by what tells each object and its contents from another. */
async function given(cluster: Cluster): Promise<object> {
  const config = cluster.config();
  const core = config.makeApiClient(CoreV1Api);
  const [classes, kinds, objects, certificate, claimed, manager] = await Promise.all([
    config.makeApiClient(StorageV1Api).listStorageClass(),
    config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition(),
    config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject(volumes),
    core.readNamespacedSecret({ name: 'proxy-public-tls-acme', namespace }),
    core.listPersistentVolume(),
    config.makeApiClient(AppsV1Api).readNamespacedDaemonSet({ name: 'longhorn-manager', namespace: storage }),
  ]);
  const { items } = objects as { items: { metadata: { uid: string; resourceVersion: string } }[] };
  return {
    classes: classes.items.map(({ metadata, parameters }) => [metadata?.uid, parameters]),
    kinds: kinds.items
      .filter(({ spec }) => spec.group === 'longhorn.io')
      .map(({ metadata }) => metadata?.uid),
    volumes: items.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]),
    certificate: [certificate.metadata?.uid, certificate.metadata?.resourceVersion, certificate.data],
    claimed: claimed.items
      .filter(({ spec }) => spec?.storageClassName)
      .map(({ metadata, spec }) => [metadata?.uid, spec?.claimRef?.name, spec?.storageClassName]),
    manager: [manager.metadata?.uid, manager.spec?.template.spec?.containers.map(({ image }) => image)],
  };
}

/** What `import ansible` writes of an operator's repository, with its gaps filled in and the live versions kept. */
async function imported(box: Sandbox, hub: string, longhorn: string): Promise<void> {
  const repository = join(box.folder, 'ansible-jupyter');
  await cp(join(repo, 'tests/unit/import-ansible/golden/02-accounts/input'), repository, { recursive: true });
  await box.must(['import', 'ansible', repository]);
  const text = await readFile(join(box.folder, 'hub.yaml'), 'utf8');
  const charts = `{ jupyterhub: { version: 4.2.0, source: ${hub} }, longhorn: { version: ${live}, source: ${longhorn} } }`;
  const filled = text
    .replace('# context: training-admin@training', 'context: admin')
    .replace('charts: { jupyterhub: { version: 4.2.0 } }', `charts: ${charts}`);
  await box.write('hub.yaml', filled);
}

test('from the repository to a deploy Longhorn, its volumes and the certificate stay as they are', async ({
  skip,
  helm3,
}) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  const box = sandbox();
  const env = { KUBECONFIG: cluster.kubeconfig, HUBWRIGHT_HELM: helm3 };
  try {
    const played = { cluster, namespace, helm3 };
    const longhorn = await playLonghorn(cluster, helm3, box);
    const hub = await play(played, box);
    await imported(box, hub, longhorn);
    await box.must(['charts', 'lock'], { env });
    await until('homes are bound', async () => {
      const { items } = await cluster.config().makeApiClient(CoreV1Api).listPersistentVolume();
      return items.filter(({ status }) => status?.phase === 'Bound').length === 4;
    });
    const before = { kept: await kept(played), given: await given(cluster) };

    const plan = await box.must(['plan', 'training'], { env });
    expect(plan).toContain('• Longhorn: release longhorn (3 values change)');
    expect(plan).not.toMatch(/chart 1\.10\.2|chart 4\.2\.0|not installed|uninstall/);
    expect({ kept: await kept(played), given: await given(cluster) }).toEqual(before);

    await box.must(['deploy', 'training', '--no-verify'], { env });
    expect({ kept: await kept(played), given: await given(cluster) }).toEqual(before);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    // The certificate of this test is made up: that it cannot be read is a trouble.
    const { stdout: status } = await box.run(['status', 'training'], { env });
    expect(status).toContain(`chart ${live}, revision 2, deployed`);
    expect(await revisions(cluster, storage, 'longhorn')).toEqual([
      { number: 1, status: 'superseded' },
      { number: 2, status: 'deployed' },
    ]);
  } finally {
    await box.close();
    await cluster.stop();
  }
});
