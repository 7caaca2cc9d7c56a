import type { ClusterObserved, ObservedRelease, Revision } from '../../../../src/plan/kubernetes/observed.ts';
import type { KubernetesObject, System } from '../../../../src/platform/kubernetes/system.ts';
import type { Values } from '../../../../src/config/values.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import type { Environment } from '../../../../src/config/schema/environment.ts';

/** The environment `training` of a file; fails when the file has mistakes. */
export function training(lines = ''): Environment {
  const text = `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: test, namespace: jupyterhub }
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/a:1, memory: { limit: 1.8G } }
${lines}`;
  const { environments, problems } = loadConfig({ file: 'hub.yaml', text });
  const environment = environments.get('training');
  if (!environment) throw new Error(problems.map(({ message }) => message).join('\n'));
  return environment;
}

/** A cluster with nothing of ours in it. */
export const empty: ClusterObserved = {
  context: 'test',
  server: 'https://192.0.2.1:6443',
  kubernetesVersion: 'v1.36.3',
  helm: { version: '3.22.0', path: '/usr/bin/helm' },
  namespaces: ['default'],
  namespaceMarked: false,
  releases: {},
  live: [],
  owned: [],
  charts: { jupyterhub: { version: '4.4.0', digest: 'aaaa' } },
  missingSecrets: ['cookieSecret', 'proxyToken'],
  idleStack: undefined,
  accounts: undefined,
  nodes: [],
  servers: [],
  homes: [],
  volumes: [],
  loadBalancers: [],
  kept: [],
  hubUsers: undefined,
  certificate: undefined,
  interrupted: undefined,
  neighbours: [],
};

export function deployment(name: string, image: string, replicas = 1): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'jupyterhub' },
    spec: { replicas, template: { spec: { containers: [{ name, image }] } } },
  };
}

export function hubSystem(values: Values = {}): System {
  return {
    id: 'jupyterhub',
    title: 'JupyterHub',
    scope: 'environment',
    needs: [],
    release: { name: 'jupyterhub', namespace: 'jupyterhub', chart: 'jupyterhub', values },
    objects: [],
  };
}

/** What the cluster shares. */
export const longhornSystem: System = {
  id: 'longhorn',
  title: 'Longhorn',
  scope: 'cluster',
  needs: [],
  release: { name: 'longhorn', namespace: 'longhorn-system', chart: 'longhorn', values: {} },
  objects: [],
};

export function released(
  revision: Partial<Revision> = {},
  rest: Partial<ObservedRelease> = {},
): ObservedRelease {
  return {
    newest: {
      number: 3,
      status: 'deployed',
      chart: { name: 'jupyterhub', version: '4.4.0' },
      chartDigest: 'aaaa',
      values: {},
      objects: [],
      deployedAt: '2026-11-23T09:00:00Z',
      ageSeconds: 600,
      ...revision,
    },
    lastGood: 2,
    applyMethod: 'csa',
    ...rest,
  };
}

/** A cluster that runs that release of the hub, as it was sent. */
export function running(release: ObservedRelease, rest: Partial<ClusterObserved> = {}): ClusterObserved {
  return {
    ...empty,
    namespaces: ['default', 'jupyterhub'],
    namespaceMarked: true,
    releases: { 'jupyterhub/jupyterhub': release },
    live: release.newest.objects,
    missingSecrets: [],
    accounts: [
      { name: 'admin-alex', admin: true, temporary: false },
      { name: 'trainee-1', admin: false, temporary: false },
      { name: 'trainee-2', admin: false, temporary: false },
    ],
    hubUsers: [
      { name: 'admin-alex', admin: true },
      { name: 'trainee-1', admin: false },
      { name: 'trainee-2', admin: false },
    ],
    ...rest,
  };
}
