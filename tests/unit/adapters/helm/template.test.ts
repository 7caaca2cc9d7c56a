import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HelmClient, helmClient } from '../../../../src/adapters/helm/helm.ts';
import { chartRenderer } from '../../../../src/adapters/helm/render-chart.ts';
import { ChartRefusesValues } from '../../../../src/config/chart-values/refused.ts';
import { realHelm } from '../../../support/helm-test.ts';
import { tinyChart } from '../../../support/tiny-chart.ts';

let folder: string;
let chart: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwright-template-'));
  chart = await tinyChart(folder, '4.4.0');
});
afterAll(() => rm(folder, { recursive: true }));

/** A Helm that was built by hand takes 1.20 where it is not told. */
const recent = { kubeVersion: 'v1.36.0' };

describe.each([3, 4] as const)('Helm %i renders', (major) => {
  async function client(skip: TestContext['skip'], env: NodeJS.ProcessEnv = {}): Promise<HelmClient> {
    const options = {
      cluster: { context: 'nowhere' },
      env: { ...process.env, ...env },
      report: () => undefined,
    };
    return helmClient(await realHelm(major, skip), options);
  }
  const release = (values: unknown, secrets: readonly string[] = []) => ({
    name: 'course',
    namespace: 'jupyterhub',
    chart,
    values,
    secrets,
  });

  test('a chart with values from its standard input', async ({ skip }) => {
    const text = await (
      await client(skip)
    ).template(release({ hub: { size: 7 } }), { kubeVersion: 'v1.30.1' });
    expect(text).toContain('value: "7"');
    expect(text).toContain('kubernetes: "v1.30.1"');
    expect(text).not.toContain('kind: Job');
  });

  test('with hooks, for those who want every image', async ({ skip }) => {
    const helm = await realHelm(major, skip);
    const env = { ...process.env, HUBWRIGHT_HELM: helm.path };
    const objects = await chartRenderer({ env, report: () => undefined })(release({}));
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(['Deployment', 'Job']);
  });

  test('values with every character that YAML takes otherwise than JSON', async ({ skip }) => {
    const helm = await client(skip);
    const odd = 'a\u0085b\u2028c\u007fd\ufeffe😀 "quoted" \\ {{ no }}';
    const values = { hub: { size: 1 }, odd };
    const text = await helm.template(release(values), recent);
    expect(text).toContain('kind: Deployment');
  });

  test('values that the schema refuses: where, and nothing secret', async ({ skip }) => {
    const helm = await client(skip);
    const wrong = helm.template(release({ hub: { sizee: 'hunter22', size: 'hunter22' } }, ['hunter22']));
    const error = await wrong.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ChartRefusesValues);
    const { violations, where, details } = error as ChartRefusesValues;
    expect(violations.map(({ path }) => path.join('.')).toSorted()).toEqual(['hub.size', 'hub.sizee']);
    expect(`${where}${details}`).not.toContain('hunter22');
  });

  test('not for a cluster that is too old', async ({ skip }) => {
    const helm = await client(skip);
    await expect(helm.template(release({}), { kubeVersion: 'v1.20.0' })).rejects.toMatchObject({
      what: 'The chart of release course needs Kubernetes >=1.28.0-0, and the cluster has v1.20.0.',
    });
  });

  test('whatever variables of its own would mislead it', async ({ skip }) => {
    const helm = await client(skip, { HELM_NAMESPACE: 'other', HELM_DEBUG: 'true', HELM_DRIVER: 'nonsense' });
    expect(await helm.template(release({}), recent)).toContain('kind: Deployment');
  });

  test('no cluster: the error says which and holds a command to paste', async ({ skip }) => {
    const helm = await client(skip, { KUBECONFIG: '/nonexistent' });
    await expect(
      helm.upgrade(release({}), { timeoutSeconds: 5, description: 'a test' }),
    ).rejects.toMatchObject({
      what: 'The cluster cannot be reached: context "nowhere" does not exist.',
      where: expect.stringMatching(
        /helm upgrade course .*--kube-context nowhere .*--description 'a test'/,
      ) as string,
    });
  });
});
