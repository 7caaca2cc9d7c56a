import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { partsOr, test } from '../support/cluster-test.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { miniChart } from '../support/helm.ts';
import { killedAtEachBoundary } from './boundaries.ts';
import { fakeHub } from './fake-hub.ts';
import { accountsOf, helmAtWork, killAt, revisions, secretOf } from './faults.ts';
import { atWork, onCluster } from './kit.ts';

const namespace = 'hub';
const deploy = ['deploy', 'training', '--no-verify'];

interface File {
  readonly people?: string;
  readonly memory?: string;
  readonly replicas?: number;
  readonly materials?: string;
  readonly placeholders?: number;
  /** Values of the hub's chart. */
  readonly values?: string;
}

const trainees = (count: number, more = ''): string =>
  `{ admins: [alex], users: { prefix: trainee, count: ${count} }${more} }`;

/** An environment with all systems that there are. */
const file = ({
  people = trainees(3),
  memory = '2G',
  replicas = 3,
  materials = '/var/materials',
  placeholders = 1,
  values = '{}',
}: File = {}): string => `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: ${namespace} }
    auth: { accounts: ${people} }
    longhorn: { replicas: ${replicas} }
    materials: { nfs: { server: 192.0.2.20, path: ${materials} }, mountPath: /mnt/materials }
    charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
    profiles:
      standard:
        displayName: Python
        default: true
        image: example.org/scipy-notebook:1
        memory: { guarantee: 1G, limit: ${memory} }
        placeholders: ${placeholders}
    helmValues: { jupyterhub: ${values} }
`;

/** How many revisions of each release came into force. */
async function inForce(cluster: Cluster): Promise<{ readonly hub: number; readonly longhorn: number }> {
  const count = async (where: string, release: string): Promise<number> => {
    const known = await revisions(cluster, where, release);
    return known.filter(({ status }) => status === 'deployed' || status === 'superseded').length;
  };
  return { hub: await count(namespace, namespace), longhorn: await count('longhorn-system', 'longhorn') };
}

const image = 'hub: { image: { name: example.org/hub, tag: "2" } }';
const changed = {
  memory: '3G',
  replicas: 2,
  materials: '/var/other',
  placeholders: 2,
  values: `{ ${image} }`,
};

// Nothing of what is killed here is quick to begin, and it begins some hundred times.
test('a life that is killed at each boundary of its steps', { timeout: 600_000 }, async ({ skip, helm3 }) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  await onCluster(file(), { cluster, helm: helm3 }, async (box, env) => {
    const stepsOf = (args: readonly string[]): Promise<string[]> => killedAtEachBoundary(box, args, env);

    expect(await stepsOf(deploy)).toEqual(
      expect.arrayContaining([
        'namespace:longhorn-system',
        'secrets',
        'accounts',
        'longhorn:objects',
        'longhorn:release',
        'materials:objects',
        'jupyterhub:release',
        'placeholders:objects',
      ]),
    );
    expect(await inForce(cluster)).toEqual({ hub: 1, longhorn: 1 });
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    const tokens = await secretOf(cluster, namespace, 'hubwright-secrets');
    const accounts = await accountsOf(cluster, namespace);
    for (const user of ['trainee-1', 'trainee-2'])
      await atWork({ cluster, namespace }, user, 'example.org/scipy-notebook:1');
    const hub = await fakeHub(cluster, namespace);
    hub.users.add('trainee-3');

    await box.write('hub.yaml', file({ ...changed, people: trainees(2) }));
    expect(await stepsOf(deploy)).toEqual(
      expect.arrayContaining([
        'accounts',
        'longhorn:release',
        'materials:objects',
        'jupyterhub:release',
        'placeholders:objects',
        'prune',
        'remove-people',
      ]),
    );
    expect(await inForce(cluster)).toEqual({ hub: 2, longhorn: 2 });
    expect([...hub.users]).toEqual(['admin-alex', 'trainee-1', 'trainee-2']);

    // Of people alone: the hub that runs has to be told.
    hub.asked.length = 0;
    const people = trainees(1, ', extra: [jo]');
    await box.write('hub.yaml', file({ ...changed, people }));
    expect(await stepsOf(deploy)).toContain('accounts:sync');
    expect(hub.asked.join()).toContain('POST /hub/api/hubwright/accounts');
    expect([...hub.users]).toEqual(['admin-alex', 'trainee-1', 'jo']);

    const slow = '{ prePuller: { annotations: { hubwright.test/after: 2s } } }';
    await box.write('hub.yaml', file({ ...changed, people, values: slow }));
    await killAt(box, deploy, { env }, helmAtWork(cluster, namespace));
    await box.write('hub.yaml', file({ ...changed, people, memory: '4G' }));
    expect(await stepsOf(deploy)).toContain(`repair:${namespace}/${namespace}`);
    // The repair is a revision of its own, but where it was killed before it went back: from there a deploy goes forth.
    const { hub: repaired } = await inForce(cluster);
    expect([3, 4]).toContain(repaired);
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');

    // From another image of the hub there is no way back but with a copy of the database.
    await writeFile(join(box.folder, 'jupyterhub.sqlite'), '');
    await cluster.execInPods(namespace, box.folder);
    const back = ['rollback', 'training', '--to', '1', '--yes', '--force-database'];
    expect(await stepsOf(back)).toEqual(expect.arrayContaining(['save', 'jupyterhub:rollback']));
    expect(await inForce(cluster)).toEqual({ hub: repaired + 1, longhorn: 2 });
    expect(await secretOf(cluster, namespace, 'hubwright-secrets')).toEqual(tokens);
    const [alex, trainee] = await accountsOf(cluster, namespace);
    expect([alex, trainee]).toEqual(accounts.slice(0, 2));

    const all = ['--with-homes', '--with-cluster-systems'];
    const destroy = ['destroy', 'training', '--yes-destroy', 'training', ...all];
    expect(await stepsOf(destroy)).toEqual(
      expect.arrayContaining([
        'save',
        'servers',
        'placeholders:delete',
        'jupyterhub:uninstall',
        'materials:delete',
        'longhorn:uninstall',
        'homes',
        'kept',
        'proof',
      ]),
    );
    expect(await box.must(destroy, { env })).toBe('Nothing of training is there.\n');
    expect(await inForce(cluster)).toEqual({ hub: 0, longhorn: 0 });
    const core = cluster.config().makeApiClient(CoreV1Api);
    expect((await core.listNamespacedPersistentVolumeClaim({ namespace })).items).toEqual([]);
    expect((await core.listPersistentVolume()).items).toEqual([]);
    hub.close();
  });
});
