import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import { until } from '../support/cluster.ts';
import { contentKey, failsKey } from '../support/cluster/fake-volumes.ts';
import type { Loose } from '../support/cluster/longhorn-objects.ts';
import { mergePatch } from '../support/cluster/merge-patch.ts';
import { oneLine } from '../support/hubwright.ts';
import { killedAtEachBoundary } from './boundaries.ts';
import { type Moment, killAt, revisions, step } from './faults.ts';
import {
  type Stored,
  contents,
  file,
  home,
  namespace,
  saveTo,
  server,
  withLonghorn,
} from './longhorn-kit.ts';

const reinstall = ['longhorn', 'training', 'reinstall'];
const place = 'nfs://192.0.2.30:/backups';

async function hubRuns({ cluster }: Pick<Stored, 'cluster'>): Promise<boolean> {
  const apps = cluster.config().makeApiClient(AppsV1Api);
  const { spec, status } = await apps.readNamespacedDeployment({ name: 'hub', namespace });
  return spec?.replicas === 1 && status?.readyReplicas === 1;
}

async function uidOfLonghorn({ cluster }: Pick<Stored, 'cluster'>): Promise<string | undefined> {
  const apps = cluster.config().makeApiClient(AppsV1Api);
  const found = await apps.readNamespacedDaemonSet({
    name: 'longhorn-manager',
    namespace: 'longhorn-system',
  });
  return found.metadata?.uid;
}

test('Longhorn is reinstalled with each volume saved and brought back, or not touched at all', async ({
  skip,
  helm4,
}) => {
  await withLonghorn({ skip, helm: helm4 }, async (stored) => {
    const { cluster, objects, box, env } = stored;
    for (const user of ['trainee-1', 'trainee-2']) await home(cluster, user);
    await home(cluster, 'ann', { server: true });
    const before = await contents(stored, 4);
    const uid = await uidOfLonghorn(stored);

    // Nowhere to save to.
    const nowhere = await box.run([...reinstall, '--yes'], { env });
    expect(nowhere.exitCode).toBe(1);
    expect(oneLine(nowhere.stderr)).toContain('Longhorn has nowhere to save 4 volumes');
    await saveTo(objects, 'nfs://unreachable:/backups');
    const unreachable = await box.run([...reinstall, '--yes'], { env });
    expect(oneLine(unreachable.stderr)).toContain(
      'cannot be reached: cannot find nfs://unreachable:/backups',
    );
    await saveTo(objects, place);

    // People are not cut off unasked, and others not at all.
    const working = await box.run([...reinstall, '--yes'], { env });
    expect(oneLine(working.stderr)).toContain('People work on their homes: ann.');
    const core = cluster.config().makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: 'other' } } });
    await home(cluster, 'bob', { at: 'other', server: true });
    await contents(stored, 5);
    const others = await box.run([...reinstall, '--stop-servers', '--yes'], { env });
    expect(oneLine(others.stderr)).toContain('Others have volumes of Longhorn in use: other.');
    await core.deleteNamespacedPod({ name: 'jupyter-bob', namespace: 'other', gracePeriodSeconds: 0 });

    const shown = await box.run([...reinstall, '--stop-servers'], { env });
    expect(oneLine(shown.stderr)).toContain('The server of ann stops');
    expect(shown.stderr).toContain(
      '`hubwright longhorn training reinstall --stop-servers --yes` does not ask',
    );

    // A backup that fails stops it before anything is deleted, and people can log in again.
    const [first] = await objects.list('volumes');
    await objects.patch('volumes', first?.metadata.name, {
      metadata: { annotations: { [failsKey]: 'no space left on device' } },
    });
    const failed = await box.run([...reinstall, '--stop-servers', '--yes'], { env });
    expect(failed.exitCode).toBe(1);
    expect(oneLine(failed.stderr)).toContain('could not be saved: no space left on device.');
    expect(await uidOfLonghorn(stored)).toBe(uid);
    await until('the hub runs again', () => hubRuns(stored));
    expect(await objects.list('snapshots')).toEqual([]);
    await objects.patch('volumes', first?.metadata.name, { metadata: { annotations: { [failsKey]: null } } });

    const all = await contents(stored, 5);
    const done = await box.must([...reinstall, '--stop-servers', '--yes'], { env });
    expect(oneLine(done)).toContain('Longhorn is installed again, and each volume is back.');
    expect(await contents(stored, 5)).toEqual(all);
    expect(all).toMatchObject(before);
    expect(await uidOfLonghorn(stored)).not.toBe(uid);
    expect(await hubRuns(stored)).toBe(true);
    const target = await objects.get('backuptargets', 'default');
    expect(target?.spec.backupTargetURL).toBe(place);
    expect((await objects.get('settings', 'deleting-confirmation-flag'))?.['value']).toBe('false');
    expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
    const told = await box.must(['longhorn', 'training'], { env });
    expect(told).toMatch(/^hub\/claim-ann +10 GB +detached +unknown +\d+ (s|min) ago +–$/m);
    expect(told).toContain(`backup target default: ${place}`);
  });
});

/** In the middle of its three long steps, with people at work after the first one was cut off. */
async function killedWithin(stored: Stored): Promise<void> {
  const { cluster, objects, box, env } = stored;
  const some =
    (plural: string, is: (status: Loose) => boolean): Moment =>
    async () =>
      (await objects.list(plural)).some(({ status }) => is(status));
  const kill = (moment: Moment): Promise<unknown> => killAt(box, [...reinstall, '--yes'], { env }, moment);

  await kill(some('backups', (status) => status?.state === 'InProgress'));
  const apps = cluster.config().makeApiClient(AppsV1Api);
  const hub = { name: 'hub', namespace, body: { spec: { replicas: 1 } } };
  await apps.patchNamespacedDeploymentScale(hub, mergePatch);
  await until('the hub runs', () => hubRuns(stored));
  for (const { metadata } of await objects.list('volumes'))
    await objects.patch('volumes', metadata.name, { metadata: { annotations: { [contentKey]: 'work' } } });
  const worked = await contents(stored, 3);
  expect(Object.values(worked)).toEqual(['work', 'work', 'work']);

  const begun = step('stepStarted', 'uninstall');
  await kill(async (seen) => (await begun(seen)) && (await objects.list('volumes')).length === 0);
  await kill(some('volumes', (status) => status?.restoreRequired === true));
  const told = await box.run(['longhorn', 'training'], { env });
  expect(told.exitCode).toBe(1);
  expect(oneLine(told.stdout)).toContain('a reinstall has not come to its end (3 saved)');
  // What would lose them meanwhile is refused.
  const goesOn = '`hubwright longhorn training reinstall` goes on with it';
  const destroyed = await box.run(['destroy', 'training', '--yes-destroy', 'training'], { env });
  expect(destroyed.exitCode).toBe(1);
  expect(oneLine(destroyed.stderr)).toContain(goesOn);
  expect(oneLine((await box.run(['plan', 'training'], { env })).stdout)).toContain(goesOn);
  // Also where the file has no Longhorn any more.
  await box.write('off.yaml', `${file()}    longhorn: off\n`);
  const off = await box.run(['plan', 'training', '--file', 'off.yaml'], { env });
  expect(oneLine(off.stdout)).toContain(`${goesOn}, once \`longhorn: off\` is out of its file.`);
  await box.must([...reinstall, '--yes'], { env });
  expect(await contents(stored, 3)).toEqual(worked);
  expect(await hubRuns(stored)).toBe(true);
}

/** Somebody starts a server, works and stops it, without a hub that would have had to be started for it. */
async function works({ cluster, objects }: Stored, user: string, content: string): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const claim = await core.readNamespacedPersistentVolumeClaim({ name: `claim-${user}`, namespace });
  const volume = (await core.readPersistentVolume({ name: claim.spec?.volumeName ?? '' })).spec?.csi;
  const name = volume?.volumeHandle ?? '';
  const isIn = (state: string) => async () => (await objects.get('volumes', name))?.status?.state === state;
  await server(cluster, user);
  await until('the home is attached', isIn('attached'));
  await objects.patch('volumes', name, { metadata: { annotations: { [contentKey]: content } } });
  await core.deleteNamespacedPod({ name: `jupyter-${user}`, namespace, gracePeriodSeconds: 0 });
  await until('the home is detached', isIn('detached'));
}

/** Nothing was stopped, so that the volumes alone tell that somebody has worked since they were saved. */
async function workedUnseen(stored: Stored): Promise<void> {
  const { cluster, box, env } = stored;
  const core = cluster.config().makeApiClient(CoreV1Api);
  const apps = cluster.config().makeApiClient(AppsV1Api);
  await apps.patchNamespacedDeploymentScale(
    { name: 'hub', namespace, body: { spec: { replicas: 0 } } },
    mergePatch,
  );
  await killAt(box, [...reinstall, '--yes'], { env }, step('stepDone', 'save'));
  await works(stored, 'trainee-1', 'late');

  // As if it had been killed right after it had marked that it begins, and before anything was deleted.
  const name = 'hubwright-longhorn-reinstall';
  const { data = {} } = await core.readNamespacedConfigMap({ name, namespace });
  const kept = JSON.parse(data['reinstall'] ?? '');
  const marked = { reinstall: JSON.stringify({ ...kept, done: ['removing'] }) };
  await core.patchNamespacedConfigMap({ name, namespace, body: { data: marked } }, mergePatch);
  await core.deleteNamespacedPersistentVolumeClaim({ name: 'claim-ann', namespace });
  await contents(stored, 2);

  await box.must([...reinstall, '--yes'], { env });
  expect(Object.values(await contents(stored, 2)).toSorted()).toEqual(['late', 'work']);
}

test(
  'a reinstall that is killed at each boundary of its steps loses nothing, and does nothing twice',
  { timeout: 300_000 },
  async ({ skip, helm3 }) => {
    await withLonghorn({ skip, helm: helm3 }, async (stored) => {
      const { cluster, objects, box, env } = stored;
      await saveTo(objects, place);
      await home(cluster, 'trainee-1');
      await home(cluster, 'ann', { server: true });
      const before = await contents(stored, 3);
      const steps = await killedAtEachBoundary(box, [...reinstall, '--stop-servers', '--yes'], env);
      expect(steps).toEqual(
        expect.arrayContaining([
          'stop',
          'save',
          'uninstall',
          'longhorn:release',
          'targets',
          'restore',
          'start',
          'forget',
        ]),
      );
      expect(await contents(stored, 3)).toEqual(before);
      expect(await hubRuns(stored)).toBe(true);
      expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toHaveLength(1);
      const { items } = await cluster
        .config()
        .makeApiClient(CoreV1Api)
        .listNamespacedConfigMap({ namespace });
      const names = items.map(({ metadata }) => metadata?.name);
      expect(names).not.toContain('hubwright-longhorn-reinstall');
      expect(names).not.toContain('hubwright-journal');
      await killedWithin(stored);
      await workedUnseen(stored);
    });
  },
);
