import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startCluster } from '../support/cluster.ts';
import { partsOr, test } from '../support/cluster-test.ts';
import { helm, miniChart, miniChartOf } from '../support/helm.ts';
import { sandbox, oneLine } from '../support/hubwright.ts';
import { revisions } from './faults.ts';

const file = (namespace: string, release: string, longhorn: string): string => `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: ${release} }
    auth: { accounts: { admins: [alex] } }
    homes: { storageClass: standard }
    longhorn: ${longhorn}
    charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
    profiles: { standard: { displayName: Python, default: true, image: 'example.org/a:1', memory: { limit: 1G } } }
`;

test('a plan that must not be done is shown, with what has to change, and a deploy of it refused', async ({
  skip,
  helm3,
}) => {
  const cluster = await startCluster(await partsOr(skip, 'kubernetes', 'etcd', 'kwok'));
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-charts-'));
  const box = sandbox();
  const env = { KUBECONFIG: cluster.kubeconfig, HUBWRIGHT_HELM: helm3 };
  const hubwright = (...args: string[]) => box.run(args, { env });
  try {
    const old = await miniChartOf('longhorn', '1.9.0', folder);
    const place = ['--namespace', 'longhorn-system', '--create-namespace'];
    await helm(helm3, cluster.kubeconfig, ['install', 'longhorn', old, ...place, '--wait']);

    // Longhorn skips a minor version: what a deploy would do to the hub is to be seen all the same.
    await box.write('hub.yaml', file('first', 'hub', '{}'));
    await box.must(['charts', 'lock'], { env });
    const plan = await hubwright('plan', 'training', '--out', 'plan.json');
    expect(plan.exitCode).toBe(2);
    expect(plan.stdout).toMatch(/• JupyterHub: release hub \(not installed yet\)/);
    expect(plan.stdout).toMatch(/A deploy is refused\n +Longhorn 1\.9\.0 is installed/);
    expect(plan.stdout).toContain('Not kept in plan.json.');
    expect(existsSync(join(box.folder, 'plan.json'))).toBe(false);
    expect((await hubwright('plan', 'training', '--detailed-exitcode')).exitCode).toBe(1);
    const deploy = await hubwright('deploy', 'training', '--no-verify');
    expect(deploy.exitCode).toBe(2);
    expect(oneLine(deploy.stderr)).toContain('it goes up one minor version at a time');
    expect(await revisions(cluster, 'first', 'hub')).toEqual([]);
    expect(await revisions(cluster, 'longhorn-system', 'longhorn')).toHaveLength(1);

    // Another file, by people who know nothing of this one.
    await box.write('hub.yaml', file('first', 'hub', 'off'));
    await box.must(['deploy', 'training', '--no-verify'], { env });
    await box.write('hub.yaml', file('second', 'hub', 'off'));
    const same = await hubwright('plan', 'training');
    expect(same.exitCode).toBe(2);
    expect(same.stdout).toMatch(/A deploy is refused\n.*PriorityClass hub-\S+ belongs to the whole cluster/);
    expect(same.stdout).toContain('release hub of namespace first has it');
    expect((await hubwright('deploy', 'training', '--no-verify')).exitCode).toBe(2);
    expect(await revisions(cluster, 'second', 'hub')).toEqual([]);
    expect(same.stdout).toContain('such as `release: second`');
    await box.write('hub.yaml', file('second', 'second', 'off'));
    await box.must(['deploy', 'training', '--no-verify'], { env });
  } finally {
    await box.close();
    await rm(folder, { recursive: true });
    await cluster.stop();
  }
});
