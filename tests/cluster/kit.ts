import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Cluster, ClusterClient } from '../support/cluster.ts';
import { miniChart, miniChartOf } from '../support/helm.ts';
import { type Sandbox, sandbox } from '../support/hubwright.ts';

interface Course {
  readonly namespace: string;
  readonly environment?: string;
  /** Folder of the hub's chart; the miniature one. */
  readonly chart?: string;
  readonly people?: string;
  /** Memory of the profile `standard`. */
  readonly memory?: string;
  readonly placeholders?: number;
  /** Further lines of the environment, not indented. */
  readonly more?: string;
}

/** One environment of the deployment `course` on the test cluster, with the miniature chart of the hub. */
export function course({
  namespace,
  environment = 'training',
  chart = miniChart('jupyterhub'),
  people = '{ admins: [alex], users: { prefix: trainee, count: 2 } }',
  memory = '1.8G',
  placeholders = 2,
  more = '',
}: Course): string {
  return `name: course
environments:
  ${environment}:
    target: kubernetes
    kubernetes: { context: admin, namespace: ${namespace}, release: ${namespace} }
    auth: { accounts: ${people} }
    longhorn: off
    homes: { storageClass: standard }
    charts: { jupyterhub: { source: ${chart} } }
    profiles:
      standard:
        displayName: Python
        default: true
        image: example.org/scipy-notebook:1
        cpu: { guarantee: 0.05, limit: 2 }
        memory: { guarantee: 1G, limit: ${memory} }
        placeholders: ${placeholders}
      large:
        displayName: Large
        image: example.org/scipy-notebook:1
        memory: { guarantee: 2G, limit: 4G }
${more.replaceAll(/^(?=.)/gm, '    ')}`;
}

/** What a command needs to reach the test cluster. */
export type ClusterEnv = Readonly<Record<string, string>>;

interface Reached {
  readonly kubeconfig: string;
  readonly helm: string;
}

type Work = (box: Sandbox, env: ClusterEnv) => Promise<void>;

/** A folder with the file of a course whose charts are locked. */
export function inCourse(given: Course & Reached, work: Work): Promise<void> {
  return withFile(course(given), given, work);
}

/** The same with a whole cluster, which ends with it. */
export async function onCluster(
  file: string,
  { cluster, helm }: { readonly cluster: Cluster; readonly helm: string },
  work: Work,
): Promise<void> {
  try {
    await withFile(file, { kubeconfig: cluster.kubeconfig, helm }, work);
  } finally {
    await cluster.stop();
  }
}

async function withFile(file: string, { kubeconfig, helm }: Reached, work: Work): Promise<void> {
  const box = sandbox();
  const env = { KUBECONFIG: kubeconfig, HUBWRIGHT_HELM: helm };
  try {
    await box.write('hub.yaml', file);
    await box.must(['charts', 'lock'], { env });
    await work(box, env);
  } finally {
    await box.close();
  }
}

/** What a person at work has in the cluster: a home, and a server. */
export async function atWork(
  { cluster, namespace }: { readonly cluster: ClusterClient; readonly namespace: string },
  user: string,
  image: string,
): Promise<void> {
  const core = cluster.config().makeApiClient(CoreV1Api);
  const annotations = { 'hub.jupyter.org/username': user };
  const labels = (component: string) => ({ app: 'jupyterhub', component });
  await core.createNamespacedPersistentVolumeClaim({
    namespace,
    body: {
      metadata: { name: `claim-${user}`, labels: labels('singleuser-storage'), annotations },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    },
  });
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name: `jupyter-${user}`, labels: labels('singleuser-server'), annotations },
      spec: { containers: [{ name: 'notebook', image }] },
    },
  });
}

/** A miniature chart of the hub with an older version, of itself and of JupyterHub. @returns its folder. */
async function olderHub(folder: string): Promise<string> {
  const chart = await miniChartOf('jupyterhub', '4.2.0', folder);
  const file = join(chart, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^appVersion: .*$/m, 'appVersion: "5.3.0"'));
  return chart;
}

/** An older hub is there, and the file asks for a newer one, which upgrades the database. */
export async function beforeUpgrade(box: Sandbox, env: ClusterEnv, namespace: string): Promise<void> {
  const chart = await olderHub(box.folder);
  await box.write('hub.yaml', course({ namespace, chart }));
  await box.must(['charts', 'lock'], { env });
  await box.must(['deploy', 'training', '--no-verify'], { env });
  await box.write('hub.yaml', course({ namespace }));
  await box.must(['charts', 'lock'], { env });
}
