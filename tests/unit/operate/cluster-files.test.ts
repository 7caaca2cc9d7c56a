import { describe, expect, test } from 'vitest';
import { renderFiles } from '../../../src/operate/targets/cluster-files.ts';
import type { ClusterHost } from '../../../src/operate/targets/cluster-host.ts';
import type { KubernetesObject, System } from '../../../src/platform/kubernetes/system.ts';
import { placeholder, secret } from '../../../src/config/values.ts';
import { deployment, training } from '../plan/kubernetes/observed.ts';

const environment = training();

function object(kind: string, name: string, text = ''): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'jupyterhub' }, text };
}

/** A release with one object of each sort, of a host that has one secret. */
const host: Pick<ClusterHost, 'renderForFiles' | 'renderOwn' | 'secrets'> = {
  renderForFiles: (_release, reveal) =>
    Promise.resolve([
      { object: deployment('hub', 'hub:1'), holdsSecrets: false, isHook: false },
      { object: object('Job', 'puller'), holdsSecrets: false, isHook: true },
      { object: object('Secret', 'hub', reveal ? 's3cret' : '${…}'), holdsSecrets: true, isHook: false },
    ]),
  renderOwn: ({ reveal }) =>
    Promise.resolve({
      namespace: object('Namespace', 'jupyterhub'),
      secrets: [object('Secret', 'hubwright-secrets', reveal ? 's3cret' : '${…}')],
      notMade: [],
    }),
  secrets: () => Promise.resolve(new Map([['proxyToken', 's3cret']])),
};

const hub: System = {
  id: 'jupyterhub',
  title: 'JupyterHub',
  scope: 'environment',
  needs: [],
  release: {
    name: 'hub',
    namespace: 'jupyterhub',
    chart: 'jupyterhub',
    values: { token: secret('proxyToken') },
  },
  objects: [],
};
const seats: System = {
  id: 'placeholders',
  title: 'Placeholders',
  scope: 'environment',
  needs: [],
  objects: [deployment('seats', 'pause:1')],
};

async function rendered(reveal: boolean, systems: readonly System[] = [hub, seats]) {
  const { files, ...rest } = await renderFiles({ environment, systems, reveal }, host);
  return { files: Object.fromEntries(files.map((file) => [file.path, file])), ...rest };
}

describe('what is rendered', () => {
  test('stands in a file for each kind of thing, hooks and secrets in their own', async () => {
    const { files } = await rendered(false);
    expect(Object.keys(files)).toEqual([
      'environment/objects',
      'environment/secrets',
      'jupyterhub/values',
      'jupyterhub/manifests',
      'jupyterhub/hooks',
      'jupyterhub/secrets',
      'placeholders/objects',
    ]);
    expect(files['jupyterhub/manifests']?.text).toContain('name: hub');
    expect(files['jupyterhub/manifests']?.text).not.toMatch(/puller|Secret/);
    expect(files['jupyterhub/hooks']?.text).toContain('name: puller');
  });

  test('holds no secret, but what stands for it', async () => {
    const { files, secrets } = await rendered(false);
    expect(JSON.stringify(files)).not.toContain('s3cret');
    expect(files['jupyterhub/values']?.text).toBe(`token: ${placeholder('proxyToken')}\n`);
    expect(secrets).toEqual([]);
  });

  test('holds them where they are to be encrypted, in files that say so', async () => {
    const { files, secrets } = await rendered(true);
    expect(files['jupyterhub/values']?.text).toBe('token: s3cret\n');
    const [secretFiles, others] = [true, false].map((holds) =>
      Object.values(files).filter(({ holdsSecrets }) => holdsSecrets === holds),
    );
    expect(secretFiles?.map(({ path }) => path)).toEqual([
      'environment/secrets',
      'jupyterhub/values',
      'jupyterhub/secrets',
    ]);
    expect(JSON.stringify(others)).not.toContain('s3cret');
    expect(secrets).toEqual(['s3cret']);
  });

  test('has objects of our own with a secret in them among those', async () => {
    const own = { ...seats, objects: [{ ...deployment('seats', 'pause:1'), token: secret('proxyToken') }] };
    const { files } = await rendered(true, [own]);
    expect(files['placeholders/objects']).toBeUndefined();
    expect(files['placeholders/secrets']).toMatchObject({
      holdsSecrets: true,
      text: expect.stringContaining('s3cret') as string,
    });
  });

  test('names the files that are no part of it', async () => {
    const { absent, files } = await rendered(false);
    expect(absent).toEqual(expect.arrayContaining(['materials/objects', 'longhorn/values']));
    expect(absent).not.toContain(Object.keys(files)[0]);
  });
});
