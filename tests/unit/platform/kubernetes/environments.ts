import { readFileSync } from 'node:fs';
import { loadConfig } from '../../../../src/config/load.ts';
import type { Environment } from '../../../../src/config/schema/environment.ts';
import type { RuntimeFiles } from '../../../../src/platform/kubernetes/index.ts';

/** Stand-ins, so that a change of those files is not a change of every golden file. */
export const shortFiles: RuntimeFiles = {
  accounts: '# accounts.py\n',
  oidc: '# oidc.py\n',
  dashboards: { hub: '{}\n' },
  certificate: '# certificate.py\n',
  metrics: '# metrics.py\n',
  choice: '# choice.py\n',
  spawner: '# cluster_spawner.py\n',
  templates: { 'page.html': '{# page.html #}\n', 'error.html': '{# error.html #}\n' },
};

/** The environments of a file's text; fails when one of those that are asked for has mistakes. */
function environmentsOf(text: string, names: readonly string[]): Environment[] {
  const { environments, problems } = loadConfig({ file: 'hub.yaml', text });
  return names.map((name) => {
    const environment = environments.get(name);
    if (!environment) {
      throw new Error(
        problems
          .filter(({ severity }) => severity === 'error')
          .map(({ message, place }) => `${place?.line}: ${message}`)
          .join('\n'),
      );
    }
    return environment;
  });
}

/** The environment `course` on a cluster, of a file with these lines under it. */
export function clusterEnvironment(yaml: string): Environment {
  const lines = yaml.split('\n').map((line) => `    ${line}`);
  const text = [
    'name: lessons',
    'environments:',
    '  course:',
    '    target: kubernetes',
    ...(/^kubernetes:/m.test(yaml) ? [] : ['    kubernetes: { context: admin@cluster }']),
    ...lines,
  ].join('\n');
  return environmentsOf(text, ['course'])[0] as Environment;
}

const standard =
  'standard: { displayName: Python, default: true, image: example.org/a:1, cpu: { guarantee: 0.05, limit: 2 }, memory: { guarantee: 1.8G, limit: 1.8G } }';

const minimal = `
auth: { accounts: { admins: [alex] } }
https: off
profiles: { only: { displayName: Only, image: example.org/a:1 } }
`;

const gpu = `
auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
https: off
profiles:
  ${standard}
  gpu:
    displayName: GPU
    image: example.org:5000/torch:1@sha256:${'0123456789abcdef'.repeat(4)}
    cpu: { guarantee: 4 }
    memory: { limit: 25G }
    gpus: { count: 2, toleration: { key: nvidia.com/gpu, operator: Exists, effect: NoSchedule } }
    nodeSelector: { node-group: gpu }
    environment: { PATTERN: '{x}', JUPYTERHUB_API_TOKEN: mine }
    commands: ['git clone https://example.org/course.git', "echo 'it''s' {here}"]
    placeholders: 2
`;

const oidc = `
address: { domain: hub.example.org }
https: { letsEncrypt: { staging: true } }
contactEmail: support@example.org
auth:
  oidc:
    clientId: lessons
    clientSecret: { fromEnv: SECRET }
    authorizeUrl: https://iam.example.org/authorize
    tokenUrl: https://iam.example.org/token
    userdataUrl: https://iam.example.org/userinfo
    usernameClaim: preferred_username
    adminGroups: [lessons/admins]
    allowedGroups: [lessons/users]
profiles: { ${standard} }
`;

const ownCertificate = `
address: { domain: hub.example.org, floatingIp: 192.0.2.50, idleConnectionTimeout: 90s }
https: { files: { certificate: tls.pem, key: { fromFile: key.pem } } }
auth: { accounts: { admins: [alex] } }
profiles: { ${standard} }
`;

const everyOption = `
protect: true
kubernetes: { context: admin@cluster, namespace: lessons, release: lessons-hub }
address: { domain: hub.example.org }
https: { secretName: hub-tls }
auth: { accounts: { admins: [alex], minimumPasswordLength: 12 } }
homes: { size: 20Gi, storageClass: fast }
sharedMemory: false
longhorn: off
culling: { timeout: 2h, every: 10m, concurrency: 5, maxAge: 7d }
materials: { nfs: { server: files.example.org, path: '/srv/{a}', capacity: 5Gi }, mountPath: '/mnt/{b}' }
hub:
  startTimeout: 10m
  httpTimeout: 30s
  concurrentSpawnLimit: 100
  consecutiveFailureLimit: 5
  initSpawnersTimeout: 10s
  activityResolution: 1m
  lastActivityInterval: 2m
  activityInterval: 3m
  defaultUrl: /lab/tree/{username}
profiles:
  ${standard}
helmValues:
  jupyterhub:
    singleuser: { extraEnv: { MORE: 'yes' }, extraTolerations: [{ key: more, operator: Exists }] }
    scheduling: { userPods: { nodeAffinity: { matchNodePurpose: require } } }
    prePuller: { hook: { enabled: false } }
`;

const monitored = `
contactEmail: support@example.org
address: { domain: hub.example.org }
https: { letsEncrypt: {} }
auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 } } }
profiles: { ${standard} }
monitoring:
  retention: 30d
  storage: 50Gi
  receivers:
    ops: { email: [ops@example.org], webhook: { fromEnv: HOOK } }
    chat: { slack: { fromEnv: CHAT } }
  smtp: { host: mail.example.org, username: hub, password: { fromEnv: MAIL } }
  grafana: { expose: loadBalancer, floatingIp: 192.0.2.52 }
  prices: { nodeHour: { l3.small: 0.12 } }
`;

const monitoredByOidc = `${oidc}
longhorn: off
monitoring: { namespace: watch, grafana: { expose: path } }
`;

const monitoredElsewhere = `${minimal}
monitoring: { existingPrometheus: 'http://prometheus.watch:9090' }
`;

const two = `
name: lessons
defaults:
  auth: { accounts: { admins: [alex] } }
  https: off
  materials: { nfs: { server: 192.0.2.20 } }
  profiles: { standard: { displayName: Python, image: example.org/a:1, placeholders: 1 } }
environments:
  morning:
    target: kubernetes
    kubernetes: { context: admin@cluster }
  evening:
    target: kubernetes
    kubernetes: { context: admin@cluster, namespace: evening, release: evening }
`;

/** What `import ansible` makes of the three environments of the deployment that we replace, with a context filled in. */
function imported(): Environment[] {
  const text = readFileSync('tests/unit/import-ansible/golden/03-three-environments/hub.yaml', 'utf8');
  const names = ['prod', 'training', 'dev'];
  const contexts = names.values();
  const filled = text.replaceAll(/# (context): .*/g, () => `context: ${contexts.next().value}`);
  return environmentsOf(filled, names);
}

/** Environments of every kind, by the name of their golden file. */
export function goldenEnvironments(): Readonly<Record<string, Environment>> {
  const [prod, training, dev] = imported() as [Environment, Environment, Environment];
  const [morning, evening] = environmentsOf(two, ['morning', 'evening']) as [Environment, Environment];
  const example = readFileSync('examples/training/hub.yaml', 'utf8');
  return {
    'imported-prod': prod,
    'imported-training': training,
    'imported-dev': dev,
    example: environmentsOf(example, ['training'])[0] as Environment,
    minimal: clusterEnvironment(minimal),
    gpu: clusterEnvironment(gpu),
    oidc: clusterEnvironment(oidc),
    'own-certificate': clusterEnvironment(ownCertificate),
    'every-option': clusterEnvironment(everyOption),
    monitored: clusterEnvironment(monitored),
    'monitored-by-oidc': clusterEnvironment(monitoredByOidc),
    'monitored-elsewhere': clusterEnvironment(monitoredElsewhere),
    'two-in-one-cluster-morning': morning,
    'two-in-one-cluster-evening': evening,
  };
}
