import { expect, test } from 'vitest';
import { isServer } from '../../../../src/adapters/kubernetes/pods.ts';

test.each([
  ['of a server', { component: 'singleuser-server', app: 'jupyterhub' }, 'Running', true],
  [
    'of a server, where the chart has a `nameOverride`',
    { component: 'singleuser-server', app: 'lessons' },
    'Running',
    true,
  ],
  ['of a server that has ended', { component: 'singleuser-server', app: 'jupyterhub' }, 'Failed', false],
  ['of the hub', { component: 'hub', app: 'jupyterhub' }, 'Running', false],
])('a pod %s is known by KubeSpawner’s label', (_, labels, phase, is) => {
  const metadata = { name: 'jupyter-ann', labels, creationTimestamp: '', uid: '', resourceVersion: '' };
  expect(isServer({ metadata, status: { phase } })).toBe(is);
});
