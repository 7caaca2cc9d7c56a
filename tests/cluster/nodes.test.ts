import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { until } from '../support/cluster.ts';
import { oneLine } from '../support/hubwright.ts';
import { asStranger, letStranger, startServer, withMachines } from './nodes-kit.ts';

const groups = [
  { name: 'workers', flavor: 'small', replicas: 2, bounds: [1, 4] },
  { name: 'gpu', flavor: 'gpus', replicas: 0, bounds: [0, 2] },
] as const;

const scaling = `scaling:
  flavors: { small: { cpu: 8, memory: 32G }, gpus: { cpu: 16, memory: 64G, gpus: 1 } }
  nodeGroups: { workers: { flavor: small, min: 1, max: 4 }, gpu: { flavor: gpus, min: 0, max: 2 } }
`;

interface Result {
  readonly groups: readonly {
    readonly name: string;
    readonly flavors: readonly string[];
    readonly wanted: number;
    readonly ready: number;
    readonly bounds?: { readonly min: number; readonly max: number };
    readonly nodes: readonly { readonly name: string; readonly people: readonly string[] }[];
  }[];
  readonly findings: readonly { readonly check: string; readonly evidence: readonly string[] }[];
}

describe.each(['v1beta1', 'v1beta2'] as const)('nodes, where Cluster API serves %s', (version) => {
  test('shows each group with its bounds and flavour, and who is on which node', async ({ skip }) => {
    await withMachines(skip, { version, groups, more: scaling }, async (managed) => {
      const { cluster, objects, box, env } = managed;
      const [machine] = (await objects.list('Machine')).filter(
        ({ metadata }) => metadata.labels['cluster.x-k8s.io/deployment-name'] === 'training-workers',
      );
      await startServer(cluster, 'ann', machine.metadata.name);
      // Of another environment, on the same node.
      const core = cluster.config().makeApiClient(CoreV1Api);
      await core.createNamespace({ body: { metadata: { name: 'testing' } } });
      await startServer(cluster, 'cy', machine.metadata.name, { namespace: 'testing' });
      const text = await box.must(['nodes', 'training'], { env });
      expect(text).toMatch(/^control-plane +tiny +fixed +1 +1 of 1 +0$/m);
      expect(text).toMatch(/^workers +small +1 to 4 +2 +2 of 2 +2$/m);
      expect(text).toMatch(/^gpu +gpus +0 to 2 +0 +0 of 0 +0$/m);
      expect(text).toMatch(
        new RegExp(`^${machine.metadata.name} +workers +small +ready +ann, cy \\(testing\\)$`, 'm'),
      );
      expect(text).toContain('Cluster API on admin, cluster clusters/training');
      expect(text).toContain('not looked at: the cloud. The file names no cloud.');
      // The empty group does not say what its nodes would have, and there is no autoscaler.
      expect(text).toContain('The autoscaler cannot bring the first node of gpu.');
      expect(text).toContain('The autoscaler does not run.');

      await writeStatus(core);
      const { findings } = JSON.parse(await box.must(['nodes', 'training', '--json'], { env })) as Result;
      expect(findings.map(({ check }) => check)).toEqual(['group-unseen', 'scale-from-zero']);

      // Who may list nodes, and pods of the own namespace alone, sees those, and is told of the rest.
      await letStranger(managed, { everywhere: ['nodes'], inside: ['pods'] });
      await asStranger(managed);
      const little = oneLine(await box.must(['nodes', 'training'], { env }));
      expect(little).toContain(`${machine.metadata.name} workers small ready ann `);
      expect(little).toContain('only this environment’s people are shown');
      expect(little).toContain('You may not list pods in the whole cluster.');
      expect(little).toMatch(/not looked at: its autoscaler\. You may not \w+ \w+ in namespace \S+\./);
    });
  });

  test('says in plain words why no node comes for whoever waits', async ({ skip }) => {
    await withMachines(skip, { version, groups, more: scaling }, async ({ cluster, box, env }) => {
      const core = cluster.config().makeApiClient(CoreV1Api);
      await writeStatus(core);
      await startServer(cluster, 'bo', undefined, { memory: '900Gi' });
      await until('the scheduler has looked at it', async () => {
        const { status } = await core.readNamespacedPod({ name: 'jupyter-bo', namespace: 'jupyterhub' });
        return status?.conditions?.some(({ reason }) => reason === 'Unschedulable') ?? false;
      });
      await core.createNamespacedEvent({
        namespace: 'jupyterhub',
        body: {
          metadata: { generateName: 'jupyter-bo.' },
          involvedObject: { kind: 'Pod', namespace: 'jupyterhub', name: 'jupyter-bo' },
          reason: 'NotTriggerScaleUp',
          message: "pod didn't trigger scale-up: 1 Insufficient memory",
          type: 'Normal',
          lastTimestamp: new Date(),
        },
      });
      const text = await box.must(['nodes', 'training'], { env });
      expect(oneLine(text)).toMatch(
        /waiting for a node for \d+ s: the server of bo\. The scheduler: 0\/3 nodes/,
      );
      expect(text).toContain('No node group can take the server of bo.');
      expect(text).toContain('of 1 node group: a new node would have too little memory');
      expect(text).toMatch(/the scheduler: 0\/3 nodes are available: .*Insufficient memory/);
      const doctor = await box.run(['doctor', 'training', '--only', 'no-fitting-group'], { env });
      expect(doctor).toMatchObject({ exitCode: 1 });
      const seats = await box.must(['capacity', 'training', '--people', '40'], { env });
      expect(seats).toMatch(/^workers +small +8\.0 cores +32\.0 GB +0 +a node of the cluster$/m);
      expect(seats).toMatch(/^standard +workers +16 +3 +64 /m);
    });
  });

  test('says what the cloud said of a machine that does not come', async ({ skip }) => {
    const given = { version, groups: [{ name: 'workers', flavor: 'small', replicas: 2 }], quota: 2 };
    await withMachines(skip, given, async ({ objects, box, env }) => {
      const waits = async (): Promise<boolean> =>
        (await objects.list('Machine')).some(({ status }) => status?.phase === 'Provisioning');
      await until('a machine waits for the quota', waits);
      const text = await box.must(['nodes', 'training'], { env });
      expect(text).toMatch(/^workers +small +fixed +2 +1 of 1 +0$/m);
      expect(text).toMatch(/^training-workers-\w+ +workers +– +Provisioning +–$/m);
      expect(text).toContain('workers: 1 of 2 machines are ready');
      expect(text).toMatch(/^· training-workers-\w+: Quota exceeded for cores: Requested 8/m);
    });
  });
});

/** What an autoscaler of the newest kind leaves, that knows the workers alone. */
async function writeStatus(core: CoreV1Api): Promise<void> {
  const status = `autoscalerStatus: Running
nodeGroups:
- name: MachineDeployment/clusters/training-workers
  health: { status: Healthy, cloudProviderTarget: 2, minSize: 1, maxSize: 4 }
  scaleUp: { status: NoActivity }
`;
  const now = `${new Date().toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`;
  await core.createNamespacedConfigMap({
    namespace: 'kube-system',
    body: {
      metadata: {
        name: 'cluster-autoscaler-status',
        annotations: { 'cluster-autoscaler.kubernetes.io/last-updated': now },
      },
      data: { status },
    },
  });
}
