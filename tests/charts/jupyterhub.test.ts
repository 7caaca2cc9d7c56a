import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { valueAt } from '../../src/config/merge.ts';
import type { Environment } from '../../src/config/schema/environment.ts';
import type { KubernetesObject } from '../../src/platform/kubernetes/system.ts';
import { renderReal } from '../support/real-charts.ts';
import { goldenEnvironments } from '../unit/platform/kubernetes/environments.ts';
import { realSystems, releaseOf } from './releases.ts';

const golden = Object.entries(goldenEnvironments());

describe('the real jupyterhub chart', () => {
  test.for(golden)('takes what %s sends, and invents nothing', async ([, environment], { skip }) => {
    const release = await releaseOf(environment, 'jupyterhub');
    const objects = await renderReal(release, { major: 3, skip });
    // Tokens that the chart made up would differ.
    expect(await renderReal(release, { major: 3, skip })).toEqual(objects);

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

    const seats = (await realSystems(environment)).find(({ id }) => id === 'placeholders');
    const classes = objects
      .filter(({ kind }) => kind === 'PriorityClass')
      .map(({ metadata }) => metadata.name);
    for (const seat of seats?.objects ?? []) {
      expect(classes).toContain(valueAt(seat, ['spec', 'template', 'spec', 'priorityClassName']));
    }
    // All of the cluster's own objects carry the release's name, so that two environments do not meet.
    for (const name of classes) expect(name.startsWith(release.name)).toBe(true);
  });

  test.for(golden)('gives the same with Helm 3 and 4 for %s', async ([, environment], { skip }) => {
    const release = await releaseOf(environment, 'jupyterhub');
    const [three, four] = [
      await renderReal(release, { major: 3, skip }),
      await renderReal(release, { major: 4, skip }),
    ];
    expect(essence(four)).toEqual(essence(three));
  });

  test.for([3, 4] as const)(
    'refuses a misspelt value, so that the others passed a check, Helm %i',
    async (major, { skip }) => {
      const release = await releaseOf(goldenEnvironments()['minimal'] as Environment, 'jupyterhub');
      const misspelt = { ...release, values: { ...release.values, proxxy: {} } };
      await expect(renderReal(misspelt, { major, skip })).rejects.toMatchObject({
        violations: [{ unknownKey: true, path: ['proxxy'] }],
      });
    },
  );
});

/**
 * What the objects say. Helm 4 leaves out a value that is null, in the copy of all values too that the hub's Secret
 * holds, so that checksums of it differ.
 */
function essence(objects: readonly KubernetesObject[]): unknown {
  return objects.map((object) => {
    const data = object['data'] as Readonly<Record<string, string>> | undefined;
    const values = object.kind === 'Secret' ? data?.['values.yaml'] : undefined;
    const readable =
      values === undefined
        ? object
        : {
            ...object,
            data: { ...data, 'values.yaml': parse(Buffer.from(values, 'base64').toString()) as unknown },
          };
    const isLeftOut = (key: string, part: unknown): boolean => part === null || key === 'checksum/secret';
    return JSON.parse(
      JSON.stringify(readable, (key, part: unknown) => (isLeftOut(key, part) ? undefined : part)),
    ) as unknown;
  });
}
