import { expect, test } from 'vitest';
import { observeServers } from '../../../src/adapters/cluster/observe-servers.ts';
import type { KubernetesApi } from '../../../src/adapters/kubernetes/api.ts';
import type { HubUser } from '../../../src/ports.ts';

/** Profiles of the servers of these pods, where the hub says this of them. */
async function profiles(
  labels: Readonly<Record<string, string>>,
  said: HubUser['server'] | 'nothing',
): Promise<unknown[]> {
  const pod = { metadata: { name: 'jupyter-a', labels, annotations: { 'hub.jupyter.org/username': 'a' } } };
  const api: Partial<KubernetesApi> = { list: async () => [pod] as never[] };
  const users: HubUser[] = [
    { name: 'a', admin: false, lastActivity: undefined, server: said === 'nothing' ? undefined : said },
  ];
  const servers = await observeServers(
    api as KubernetesApi,
    'jupyterhub',
    Promise.resolve(said === 'nothing' ? undefined : users),
  );
  return servers.map(({ profile }) => profile);
}

function asHubSays(profile: string | undefined): HubUser['server'] {
  return {
    user: 'a',
    profile,
    fingerprint: undefined,
    started: undefined,
    lastActivity: undefined,
    ready: true,
  };
}

test('the profile is that of the pod’s label', async () => {
  expect(await profiles({ 'hubwright/profile': 'large' }, asHubSays('gone'))).toEqual(['large']);
});

test('without a label it is what the hub says', async () => {
  expect(await profiles({}, asHubSays('python'))).toEqual(['python']);
});

test('the hub may say that none was chosen', async () => {
  expect(await profiles({}, asHubSays(undefined))).toEqual([null]);
});

test('where the hub does not answer, it is not known', async () => {
  expect(await profiles({}, 'nothing')).toEqual([undefined]);
});
