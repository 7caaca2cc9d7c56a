import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { CoreV1Api } from '@kubernetes/client-node';
import { packRelease, unpackRelease } from '../../src/adapters/kubernetes/release-data.ts';
import { test } from '../support/cluster-test.ts';
import { miniChart } from '../support/helm.ts';
import { killedAtEachBoundary } from './boundaries.ts';
import { revisions } from './faults.ts';
import { type Managed, clusters, startServer, withMachines } from './nodes-kit.ts';

const size = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';
const secret = 'a-password-of-the-cloud';
const groups = [
  { name: 'workers', flavor: 'small', replicas: 2 },
  { name: 'gpu', flavor: 'gpus', replicas: 1 },
] as const;
const values = {
  nodeGroupDefaults: { machineCountMin: 3 },
  controlPlane: { machineFlavor: 'tiny' },
  nodeGroups: [
    { name: 'workers', machineCount: 2, machineFlavor: 'small' },
    { name: 'gpu', machineCount: 1, machineFlavor: 'gpus' },
  ],
  cloudCredentials: { auth: { password: secret } },
};
const chart = `scaling: { chart: ${miniChart('openstack-cluster')}, flavors: { large: { cpu: 16, memory: 64G } } }\n`;

async function valuesOf({ cluster }: Managed, helm: string): Promise<unknown> {
  const args = ['get', 'values', 'training', '--namespace', clusters, '--output', 'json'];
  const { stdout } = await promisify(execFile)(helm, args, {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
  });
  return JSON.parse(stdout);
}

/** What a Helm that is killed before its end leaves. */
async function leavePending({ cluster }: Managed): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const labelSelector = 'owner=helm,name=training,status=deployed';
  const [stored] = (await core.listNamespacedSecret({ namespace: clusters, labelSelector })).items;
  const release = await unpackRelease<{ info: { status: string } }>(stored?.data?.['release'] ?? '');
  release.info.status = 'pending-upgrade';
  const body = [
    { op: 'replace', path: '/data/release', value: await packRelease(release) },
    { op: 'replace', path: '/metadata/labels/status', value: 'pending-upgrade' },
  ];
  await core.patchNamespacedSecret({ namespace: clusters, name: stored?.metadata?.name ?? '', body });
}

describe.each(['helm3', 'helm4'] as const)('a cluster that capi-helm-charts made, with %s', (name) => {
  test('is changed by the values of its release, all others kept', async ({ helm3, helm4, skip }) => {
    const helm = { helm3, helm4 }[name];
    const given = { version: 'v1beta1', groups, release: { helm, values }, more: chart } as const;
    await withMachines(skip, given, async (managed) => {
      const { objects, box, env } = managed;
      const shown = await box.run(
        ['nodes', 'training', 'scale', 'gpu', '--min', '0', '--max', '2', '--yes'],
        { env },
      );
      expect(shown.exitCode, shown.stderr).toBe(0);
      expect(shown.stderr).toContain('nodeGroups[gpu].machineCountMax');
      // A 0 would lose against that default: it goes, and who relied on it gets it as its own.
      expect(shown.stderr).toContain('nodeGroupDefaults.machineCountMin');
      expect(shown.stdout + shown.stderr).not.toContain(secret);
      expect(await valuesOf(managed, helm)).toEqual({
        ...values,
        nodeGroupDefaults: {},
        nodeGroups: [
          { ...values.nodeGroups[0], machineCountMin: 3 },
          { ...values.nodeGroups[1], autoscale: true, machineCountMin: 0, machineCountMax: 2 },
        ],
      });
      const { metadata } = await objects.get('MachineDeployment', 'training-gpu');
      expect(metadata.annotations).toMatchObject({ [`${size}-min-size`]: '0', [`${size}-max-size`]: '2' });

      await leavePending(managed);
      await box.must(['nodes', 'training', 'scale', 'gpu', '--min', '0', '--max', '2', '--yes'], { env });
      const plane = ['nodes', 'training', 'flavor', 'control-plane', 'small', '--yes'];
      expect(await killedAtEachBoundary(box, plane, env)).toEqual([
        'flavor:control-plane',
        'follow:control-plane',
      ]);
      expect((await revisions(managed.cluster, clusters, 'training')).map(({ status }) => status)).toEqual([
        'superseded',
        'superseded',
        'superseded',
        'deployed',
      ]);

      const [machine] = (await objects.list('Machine')).filter(
        (one) => one.metadata.labels['cluster.x-k8s.io/deployment-name'] === 'training-workers',
      );
      await startServer(managed.cluster, 'ann', machine.metadata.name);
      const flavor = ['nodes', 'training', 'flavor', 'workers', 'large', '--stop-servers', '--yes'];
      const rolled = await box.run(flavor, { env });
      expect(rolled.exitCode, rolled.stderr).toBe(0);
      expect(rolled.stderr).toContain('The servers of ann stop when their node goes');
      const { spec } = await objects.get('MachineDeployment', 'training-workers');
      expect(spec.strategy.rollingUpdate).toMatchObject({ maxSurge: 1, maxUnavailable: '0%' });
      expect(spec.template.spec.nodeDrainTimeout).toBe('0s');
      const text = await box.must(['nodes', 'training'], { env });
      expect(text).toMatch(/^workers +large +fixed +2 +2 of 2 +0$/m);
      expect(text).toContain('by the release training (openstack-cluster 0.16.0, revision 5)');
      expect(await box.must(flavor, { env })).toContain('Nothing to do');
    });
  });
});

test('a chart that cannot be had leaves it to others, with the values to change', async ({ helm3, skip }) => {
  const release = { helm: helm3, values };
  const more = 'scaling: { chart: charts/not-there }\n';
  await withMachines(skip, { version: 'v1beta1', groups, release, more }, async (managed) => {
    const { box, env } = managed;
    const argv = ['nodes', 'training', 'scale', 'workers', '--max', '5', '--yes'];
    const { exitCode, stderr } = await box.run(argv, { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The release training, which owns the cluster, cannot be changed from here.');
    expect(stderr).toContain('nodeGroups[workers].machineCountMax: 5');
    expect(stderr).not.toContain(secret);
    expect(await valuesOf(managed, helm3)).toEqual(values);
  });
});
