import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import type { Loose } from '../support/cluster/cluster-api.ts';
import { until } from '../support/cluster.ts';
import { oneLine } from '../support/hubwright.ts';
import { killedAtEachBoundary } from './boundaries.ts';
import { type Managed, asStranger, letStranger, startServer, withMachines } from './nodes-kit.ts';

const groups = [{ name: 'workers', flavor: 'small', replicas: 2, bounds: [1, 4] }] as const;
const more = `scaling:
  flavors: { tiny: { cpu: 1, memory: 1G }, small: { cpu: 8, memory: 32G }, large: { cpu: 16, memory: 64G } }
  nodeGroups: { workers: { flavor: small, min: 1, max: 4 } }
`;
const size = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';

async function workers({ objects }: Managed): Promise<Loose[]> {
  const all = await objects.list('Machine');
  return all.filter(
    ({ metadata }) => metadata.labels['cluster.x-k8s.io/deployment-name'] === 'training-workers',
  );
}

async function serverIs({ cluster }: Managed, user: string): Promise<boolean> {
  const { items } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace: 'jupyterhub' });
  return items.some(({ metadata }) => metadata?.name === `jupyter-${user}` && !metadata.deletionTimestamp);
}

async function stopServer({ cluster }: Managed, user: string): Promise<void> {
  const pod = { namespace: 'jupyterhub', name: `jupyter-${user}`, gracePeriodSeconds: 0 };
  await cluster.config().makeApiClient(CoreV1Api).deleteNamespacedPod(pod);
}

describe.each(['v1beta1', 'v1beta2'] as const)('node groups, where Cluster API serves %s', (version) => {
  test('get other bounds, never fewer nodes than people are on', async ({ skip }) => {
    await withMachines(skip, { version, groups, more }, async (managed) => {
      const { cluster, objects, box, env } = managed;
      const scale = ['nodes', 'training', 'scale', 'workers'];
      const asked = await box.run([...scale, '--max', '6'], { env });
      expect(asked).toMatchObject({ exitCode: 2 });
      expect(asked.stderr).toContain('`hubwright nodes training scale workers --max 6 --yes` does not ask');

      const asksFor = [...scale, '--min', '3', '--max', '6', '--yes'];
      expect(await killedAtEachBoundary(box, asksFor, env)).toEqual(['scale:workers']);
      const { metadata, spec } = await objects.get('MachineDeployment', 'training-workers');
      expect(metadata.annotations).toMatchObject({ [`${size}-min-size`]: '3', [`${size}-max-size`]: '6' });
      expect(spec.replicas).toBe(3);
      expect(await box.must([...scale, '--min', '3', '--yes'], { env })).toContain('Nothing to do');
      const differs = await box.run(['doctor', 'training', '--only', 'scaling-differs'], { env });
      expect(differs.exitCode).toBe(1);
      expect(oneLine(differs.stdout)).toContain('hubwright nodes training scale workers --min 1 --max 4');

      await until(
        'a third machine',
        async () => (await workers(managed)).filter(({ status }) => status?.nodeRef).length === 3,
      );
      for (const [index, machine] of (await workers(managed)).entries())
        await startServer(cluster, `trainee-${index}`, machine.metadata.name);
      const few = await box.run([...scale, '--min', '1', '--max', '2', '--yes'], { env });
      expect(few.exitCode).toBe(1);
      expect(few.stderr).toContain("workers cannot have 2 nodes: people's servers are on 3");
      const lost = await box.run(['nodes', 'training', 'scale', 'walkers', '--max', '2', '--yes'], { env });
      expect(lost.stderr).toContain('There are control-plane, workers.');

      // Where nobody may see who is on them, no node goes.
      await letStranger(managed, { everywhere: ['nodes'], inside: ['events'] });
      await asStranger(managed);
      const blind = await box.run([...scale, '--min', '0', '--max', '0', '--yes'], { env });
      expect(blind.exitCode).toBe(1);
      expect(oneLine(blind.stderr)).toContain(
        'workers cannot have fewer than its 3 nodes: whose servers are on them was not seen.',
      );
      const other = await box.run(['nodes', 'training', 'flavor', 'workers', 'large', '--yes'], { env });
      expect(oneLine(other.stderr)).toContain('You may not list pods in namespace jupyterhub.');
      expect((await objects.get('MachineDeployment', 'training-workers')).spec.replicas).toBe(3);
    });
  });

  test('get another flavour: new nodes first, and whoever works is waited for', async ({ skip }) => {
    await withMachines(skip, { version, groups, more }, async (managed) => {
      const { cluster, objects, box, env } = managed;
      const old = (await workers(managed)).map(({ metadata }) => metadata.name as string);
      await startServer(cluster, 'ann', old[0]);
      const flavor = ['nodes', 'training', 'flavor', 'workers'];
      const small = await box.run([...flavor, 'tiny', '--yes'], { env });
      expect(small.stderr).toContain(
        'People run servers of standard on workers, and a node with tiny has no room for one.',
      );

      const command = [...flavor, 'large', '--yes', '--timeout', '12s'];
      const first = await box.run(command, { env });
      expect(first.stderr).toContain(
        'The servers of ann are on nodes that go: each node waits until they have stopped',
      );
      expect(first.stderr).toMatch(/training-workers-\w+ waits for ann/);
      expect(first).toMatchObject({ exitCode: 1 });
      // Cut off by its own limit: ann's node is the last old one, and the new ones are there.
      expect(await serverIs(managed, 'ann')).toBe(true);
      const between = (await workers(managed)).map(({ metadata }) => metadata.name as string);
      expect(between.filter((name) => old.includes(name))).toEqual([old[0]]);
      expect(between.length).toBe(3);

      const again = box.run([...flavor, 'large', '--yes'], { env });
      await sleep(2500);
      await stopServer(managed, 'ann');
      expect((await again).stdout).toContain('Done: workers has the flavour large.');
      const now = await workers(managed);
      expect(now.filter(({ metadata }) => old.includes(metadata.name))).toEqual([]);
      expect(now).toHaveLength(2);
      expect(await objects.list('MachineDrainRule')).toEqual([]);
      const { spec } = await objects.get('MachineDeployment', 'training-workers');
      const reference = spec.template.spec.infrastructureRef;
      const template = await objects.get('OpenStackMachineTemplate', reference.name);
      expect(template.spec.template.spec).toMatchObject({ flavor: 'large', rootVolume: { sizeGiB: 40 } });
      expect(await box.must([...flavor, 'large', '--yes'], { env })).toContain('Nothing to do');
    });
  });

  test('get another flavour wherever the command was killed, the control plane too', async ({ skip }) => {
    await withMachines(skip, { version, groups, more }, async ({ objects, box, env }) => {
      const flavor = (...words: string[]) =>
        killedAtEachBoundary(box, ['nodes', 'training', 'flavor', ...words, '--yes'], env);
      expect(await flavor('control-plane', 'small')).toEqual([
        'flavor:control-plane',
        'follow:control-plane',
      ]);
      const text = await box.must(['nodes', 'training'], { env });
      expect(text).toMatch(/^control-plane +small +fixed +1 +1 of 1 +0$/m);
      expect((await objects.list('Machine')).length).toBe(3);

      // The steps are the same: once is enough.
      if (version === 'v1beta1') return;
      expect(await flavor('workers', 'large')).toEqual([
        'rollout:workers',
        'keep-servers',
        'flavor:workers',
        'follow:workers',
        'forget-servers',
      ]);
      expect(await objects.list('MachineDrainRule')).toEqual([]);
      // The first ones, and one each.
      expect(await objects.list('OpenStackMachineTemplate')).toHaveLength(4);
      expect(await box.must(['nodes', 'training'], { env })).toMatch(
        /^workers +large +1 to 4 +2 +2 of 2 +0$/m,
      );
    });
  });
});

test('an autoscaler of the cluster itself has its bounds on its command line', async ({ skip }) => {
  await withMachines(skip, { version: 'v1beta2', groups: [] }, async ({ cluster, box, env }) => {
    const apps = cluster.config().makeApiClient(AppsV1Api);
    const labels = { app: 'cluster-autoscaler' };
    const command = [
      './cluster-autoscaler',
      '--cloud-provider=magnum',
      '--nodes=1:10:default-worker',
      '--nodes=0:2:gpu',
    ];
    await apps.createNamespacedDeployment({
      namespace: 'kube-system',
      body: {
        metadata: { name: 'cluster-autoscaler', labels },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: 'autoscaler', image: 'example.org/autoscaler:1', command }] },
          },
        },
      },
    });
    const file = (await readFile(join(box.folder, 'hub.yaml'), 'utf8')).replace(
      'managementContext: admin, ',
      '',
    );
    await box.write('hub.yaml', file);
    await box.must(['nodes', 'training', 'scale', 'default-worker', '--max', '14', '--yes'], { env });
    const { spec } = await apps.readNamespacedDeployment({
      name: 'cluster-autoscaler',
      namespace: 'kube-system',
    });
    expect(spec?.template.spec?.containers[0]?.command).toEqual([
      './cluster-autoscaler',
      '--cloud-provider=magnum',
      '--nodes=1:14:default-worker',
      '--nodes=0:2:gpu',
    ]);
    const unknown = await box.run(['nodes', 'training', 'scale', 'workers', '--max', '3', '--yes'], { env });
    expect(unknown.stderr).toContain('It knows default-worker, gpu.');
  });
});

test('without the management cluster it says which values to change, and where', async ({ skip }) => {
  await withMachines(skip, { version: 'v1beta2', groups }, async ({ box, env }) => {
    const file = (await readFile(join(box.folder, 'hub.yaml'), 'utf8')).replace(
      'managementContext: admin, ',
      '',
    );
    await box.write('hub.yaml', file);
    const { exitCode, stderr } = await box.run(['nodes', 'training', 'scale', 'workers', '--max', '9'], {
      env,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('in the group `workers` under `nodeGroups` of the release training:');
    expect(stderr).toContain('machineCountMax: 9');
    expect(stderr).toContain(`${size}-max-size: "9"`);
  });
});
