import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { valueAt } from '../../src/config/merge.ts';
import type { Environment } from '../../src/config/schema/environment.ts';
import { compileKubernetes } from '../../src/platform/kubernetes/index.ts';
import type { RuntimeFiles } from '../../src/platform/kubernetes/index.ts';
import type { Release, SystemId } from '../../src/platform/kubernetes/system.ts';
import { goldenEnvironments } from '../unit/platform/kubernetes/environments.ts';
import { objectsOf, releasedChart, rendered, whyNot } from './rendered.ts';

const runtime = 'runtime/hubwright_hub';
const files: RuntimeFiles = {
  accounts: readFileSync(`${runtime}/accounts.py`, 'utf8'),
  oidc: readFileSync(`${runtime}/oidc.py`, 'utf8'),
  dashboards: {},
  metrics: readFileSync(`${runtime}/metrics.py`, 'utf8'),
  choice: readFileSync(`${runtime}/choice.py`, 'utf8'),
  spawner: readFileSync(`${runtime}/cluster_spawner.py`, 'utf8'),
  templates: Object.fromEntries(
    readdirSync(`${runtime}/templates`).map((name) => [
      name,
      readFileSync(`${runtime}/templates/${name}`, 'utf8'),
    ]),
  ),
};

const golden = Object.entries(goldenEnvironments());

function releaseOf(environment: Environment, system: SystemId): Release {
  const release = compileKubernetes(environment, files).find(({ id }) => id === system)?.release;
  if (release === undefined) throw new Error(`no release of ${system}`);
  return release;
}

describe('the real jupyterhub chart', () => {
  test.for(golden)('takes what %s sends, and invents nothing', async ([, environment], context) => {
    const missing = whyNot('jupyterhub');
    if (missing !== undefined) context.skip(missing);
    const chart = releasedChart('jupyterhub');
    const release = releaseOf(environment, 'jupyterhub');
    const manifest = await rendered(chart, release);
    // Tokens that the chart made up would differ.
    expect(await rendered(chart, release)).toBe(manifest);
    const objects = objectsOf(manifest);

    const hub = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'hub');
    const mounts = valueAt(hub, ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts']) as {
      mountPath: string;
    }[];
    const paths = mounts.map(({ mountPath }) => mountPath);
    const folder = '/usr/local/etc/jupyterhub';
    expect(paths).toContain(`${folder}/hubwright_hub/metrics.py`);
    if (environment.auth.oidc) expect(paths).toContain(`${folder}/hubwright_oidc.py`);
    else
      expect(paths).toEqual(
        expect.arrayContaining([`${folder}/hubwright_accounts.py`, `${folder}/hubwright-accounts`]),
      );

    const seats = compileKubernetes(environment, files).find(({ id }) => id === 'placeholders');
    const classes = objects
      .filter(({ kind }) => kind === 'PriorityClass')
      .map(({ metadata }) => metadata.name);
    for (const seat of seats?.objects ?? []) {
      expect(classes).toContain(valueAt(seat, ['spec', 'template', 'spec', 'priorityClassName']));
    }
    // All of the cluster's own objects carry the release's name, so that two environments do not meet.
    for (const name of classes) expect(name.startsWith(release.name)).toBe(true);
  });

  test('refuses a misspelt value, so that the others passed a check', async (context) => {
    const missing = whyNot('jupyterhub');
    if (missing !== undefined) context.skip(missing);
    const release = releaseOf(goldenEnvironments()['minimal'] as Environment, 'jupyterhub');
    const misspelt = { ...release, values: { ...release.values, proxxy: {} } };
    await expect(rendered(releasedChart('jupyterhub'), misspelt)).rejects.toThrow(/proxxy/);
  });
});

describe('the real longhorn chart', () => {
  test('takes what is sent', async (context) => {
    const missing = whyNot('longhorn');
    if (missing !== undefined) context.skip(missing);
    const release = releaseOf(goldenEnvironments()['example'] as Environment, 'longhorn');
    const manifest = await rendered(releasedChart('longhorn'), release);
    // Which texts are quoted differs from version to version.
    expect(manifest).toMatch(/taint-toleration: "?nvidia\.com\/gpu:NoSchedule/);
    expect(manifest).toMatch(/migratable: "?true/);
  });
});
