import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { connectKubernetes } from '../../src/adapters/kubernetes/client.ts';
import { observeReleases } from '../../src/adapters/kubernetes/releases.ts';
import { test } from '../support/cluster-test.ts';

let chart: string;
beforeAll(() => {
  chart = join(mkdtempSync(join(tmpdir(), 'hubwright-chart-')), 'mini');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: mini\nversion: 1.2.3\n');
  writeFileSync(
    join(chart, 'templates', 'all.yaml'),
    `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { colour: "{{ .Values.colour }}" }
---
apiVersion: v1
kind: Secret
metadata: { name: "{{ .Release.Name }}-hook", annotations: { helm.sh/hook: post-upgrade } }
`,
  );
});
afterAll(() => rmSync(join(chart, '..'), { recursive: true }));

type Helm = (...args: string[]) => Promise<{ failed: boolean }>;

function helmOf(program: string, kubeconfig: string, namespace: string): Helm {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HELM_NAMESPACE: namespace };
  return (...args) =>
    promisify(execFile)(program, args, { env }).then(
      () => ({ failed: false }),
      () => ({ failed: true }),
    );
}

test('releases of Helm 3 and Helm 4, in several namespaces', async ({ cluster, namespace, helm3, helm4 }) => {
  const api = await connectKubernetes({ context: 'admin', kubeconfig: cluster.kubeconfig, env: {} });
  const three = helmOf(helm3, cluster.kubeconfig, namespace);
  const four = helmOf(helm4, cluster.kubeconfig, namespace);
  await three('upgrade', '--install', 'old', chart, '--set', 'colour=red');
  await three(
    'upgrade',
    '--install',
    'old',
    chart,
    '--set',
    'colour=blue',
    '--labels',
    'hubwright-chart=abc',
  );
  // Fails in the cluster: the name is no label's value, say, and the revision before it stays the good one.
  expect(await three('upgrade', 'old', chart, '--set-string', 'colour=x"\nbroken: ["')).toEqual({
    failed: true,
  });
  await four('upgrade', '--install', 'new', chart, '--set', 'colour=green');

  const releases = await observeReleases(api, [namespace, 'kube-system', 'nowhere', namespace]);
  expect(Object.keys(releases).toSorted()).toEqual([`${namespace}/new`, `${namespace}/old`]);
  const { [`${namespace}/old`]: old, [`${namespace}/new`]: made } = releases;
  expect(old).toMatchObject({
    newest: {
      number: 2,
      status: 'deployed',
      chart: { name: 'mini', version: '1.2.3' },
      chartDigest: 'abc',
      values: { colour: 'blue' },
    },
    lastGood: 2,
    applyMethod: 'csa',
  });
  expect(old?.newest.ageSeconds).toBeLessThan(60);
  expect(old?.newest.objects).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old' }, data: { colour: 'blue' } },
  ]);
  expect(made).toMatchObject({ newest: { number: 1, status: 'deployed' }, lastGood: 1, applyMethod: 'ssa' });
});

test('a release that hangs in an upgrade, and one of which the newest revision was deleted', async ({
  cluster,
  namespace,
  helm3,
}) => {
  const api = await connectKubernetes({ context: 'admin', kubeconfig: cluster.kubeconfig, env: {} });
  const helm = helmOf(helm3, cluster.kubeconfig, namespace);
  for (const colour of ['red', 'blue', 'green'])
    await helm('upgrade', '--install', 'hub', chart, '--set', `colour=${colour}`);
  const secret = (revision: number) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    name: `sh.helm.release.v1.hub.v${revision}`,
    namespace,
  });
  // As a killed upgrade leaves it: the label is what Helm itself goes by.
  await api.patch(secret(3), { metadata: { labels: { status: 'pending-upgrade' } } });
  await api.patch(secret(2), { metadata: { labels: { status: 'deployed' } } });
  const key = `${namespace}/hub`;
  expect((await observeReleases(api, [namespace]))[key]).toMatchObject({
    newest: { number: 3 },
    lastGood: 2,
  });
  await api.patch(secret(2), { metadata: { labels: { status: 'superseded' } } });
  await api.delete(secret(3));
  expect((await observeReleases(api, [namespace]))[key]).toMatchObject({
    newest: { number: 2, values: { colour: 'blue' } },
    lastGood: 2,
  });
});
