import { describe, expect, test } from 'vitest';
import { valueAt } from '../../src/config/merge.ts';
import type { KubernetesObject } from '../../src/platform/kubernetes/system.ts';
import { renderReal } from '../support/real-charts.ts';
import { goldenEnvironments } from '../unit/platform/kubernetes/environments.ts';
import { releaseOf } from './releases.ts';

const golden = Object.entries(goldenEnvironments()).filter(
  ([, { longhorn }]) => typeof longhorn === 'object',
);

/** A text of a ConfigMap. */
function textIn(objects: readonly KubernetesObject[], name: string, key: string): unknown {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  return valueAt(found, ['data', key]);
}

describe('the real longhorn chart', () => {
  test.for(golden)('takes what %s sends, with Helm 3 and 4', async ([, environment], { skip }) => {
    const release = await releaseOf(environment, 'longhorn');
    const [three, four] = [
      await renderReal(release, { major: 3, skip }),
      await renderReal(release, { major: 4, skip }),
    ];
    expect(four).toEqual(three);
    // Which texts are quoted differs from version to version.
    expect(textIn(three, 'longhorn-default-setting', 'default-setting.yaml')).toMatch(
      /taint-toleration: "?nvidia\.com\/gpu:NoSchedule/,
    );
    const { longhorn } = environment;
    const replicas = typeof longhorn === 'object' ? longhorn.replicas : 0;
    expect(textIn(three, 'longhorn-storageclass', 'storageclass.yaml')).toMatch(
      new RegExp(`numberOfReplicas: "?${replicas}`),
    );
    expect(textIn(three, 'longhorn-storageclass', 'storageclass.yaml')).toMatch(/migratable: "?true/);
  });
});
