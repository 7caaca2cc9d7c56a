import { loadConfig } from '../src/config/load.ts';
import { planDeploy } from '../src/plan/kubernetes/plan-deploy.ts';
import type { ClusterObserved } from '../src/plan/kubernetes/observed.ts';
import { compileKubernetes } from '../src/platform/kubernetes/index.ts';
import { sideBySide, timed, type Row } from './measure.ts';

/** The plan of many environments whose cluster has been read: compile and compare, beside half as many. */
export async function planMany(): Promise<Row[]> {
  const whole = prepared(200);
  const half = prepared(100);
  await whole();
  const pair = await sideBySide(
    10,
    () => timed(whole),
    () => timed(half),
  );
  const what = 'plan of 200 environments × 20 profiles, their cluster read before';
  return [{ what, rival: 'of 100 × 20', pair, goal: '≤ 2 s, ≤ 2' }];
}

/** Every environment runs what it should, with 20 people at work, but one profile has changed. */
function prepared(count: number): () => Promise<void> {
  const { environments } = loadConfig({ file: 'hub.yaml', text: file(count) });
  if (environments.size !== count) throw new Error('the file of the benchmark has mistakes');
  const files = { accounts: '', oidc: '', templates: {} };
  const deployed = [...environments.values()].map((environment) => {
    const [hub] = compileKubernetes(environment, files).filter(({ id }) => id === 'jupyterhub');
    const { name = '', namespace = '', values = {} } = hub?.release ?? {};
    return { environment, observed: observed(`${namespace}/${name}`, { ...values, changed: true }) };
  });
  return async () => {
    for (const { environment, observed: seen } of deployed) {
      const systems = compileKubernetes(environment, files);
      planDeploy({ environment, systems, observed: seen, rendered: {} });
    }
  };
}

function observed(
  key: string,
  values: ClusterObserved['releases'][string]['newest']['values'],
): ClusterObserved {
  const newest = {
    number: 1,
    status: 'deployed',
    chart: { name: 'jupyterhub', version: '4.4.0' },
    values,
    objects: [],
    deployedAt: '2026-11-23T09:00:00Z',
    ageSeconds: 600,
  } as const;
  return {
    context: 'c',
    server: 'https://192.0.2.1:6443',
    kubernetesVersion: 'v1.36.3',
    helm: undefined,
    namespaces: [key.split('/')[0] ?? ''],
    namespaceMarked: true,
    releases: { [key]: { newest, lastGood: 1, applyMethod: 'csa' } },
    live: [],
    owned: [],
    charts: {},
    missingSecrets: [],
    accounts: [],
    nodes: [],
    servers: Array.from({ length: 20 }, (_, index) => ({
      user: `trainee-${index}`,
      profile: `p${index}`,
      fingerprint: undefined,
      started: undefined,
      lastActivity: undefined,
      ready: true,
    })),
    homes: [],
    kept: [],
    hubUsers: [],
    certificate: undefined,
    interrupted: undefined,
    neighbours: [],
  };
}

function file(count: number): string {
  const profiles = Array.from(
    { length: 20 },
    (_, index) =>
      `    p${index}: { displayName: P${index}, default: ${index === 0}, image: example.org/a:1, memory: { limit: 1.8G } }\n`,
  );
  const environments = Array.from(
    { length: count },
    (_, index) =>
      `  e${index}: { target: kubernetes, longhorn: off, homes: { storageClass: fast }, kubernetes: { context: c${index} } }\n`,
  );
  return `name: many
defaults:
  auth: { accounts: { users: { prefix: trainee, count: 30 } } }
  profiles:
${profiles.join('')}environments:
${environments.join('')}`;
}
