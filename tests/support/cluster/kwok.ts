import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiextensionsV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import type { Processes } from './processes.ts';
import { freePorts } from './processes.ts';
import { stages } from './stages.ts';

/** What every container has logged, in the format of container runtimes. */
const logged = '2026-01-01T00:00:00.000000000Z stdout F This container is KWOK: it runs nothing.\n';

/** Objects by which KWOK is told what becomes of a connection to a pod. */
const kinds = {
  clusterportforwards: 'ClusterPortForward',
  clusterexecs: 'ClusterExec',
  logs: 'Logs',
} as const;
const kwok = { group: 'kwok.x-k8s.io', version: 'v1alpha1' };

/**
 * Starts KWOK, which plays the kubelets: see stages.ts for what pods do. `logs` works too, and forwarding of ports
 * that `forwardPods` named; `exec` only where `execInPods` says so.
 */
export async function startKwok(
  processes: Processes,
  program: string,
  { kubeconfig, admin }: { readonly kubeconfig: string; readonly admin: KubeConfig },
): Promise<void> {
  await defineKinds(admin);
  const [port] = (await freePorts(1)) as [number];
  const logsFile = join(processes.folder, 'container.log');
  const config = join(processes.folder, 'kwok.yaml');
  await writeFile(logsFile, logged);
  await writeFile(config, documents([...stages, clusterLogs(logsFile)]));
  await processes.start('kwok', program, [
    `--kubeconfig=${kubeconfig}`,
    `--config=${config}`,
    `--enable-crds=${Object.values(kinds).join(',')}`,
    '--manage-all-nodes',
    '--cidr=10.244.0.0/16',
    '--node-ip=127.0.0.1',
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
  ]);
}

/** Has connections that are forwarded to a port of any pod of the namespace end at a port of this machine. */
export function forwardPods(
  config: KubeConfig,
  namespace: string,
  { port, to }: { readonly port: number; readonly to: number },
): Promise<void> {
  const target = { address: '127.0.0.1', port: to };
  return tell(config, 'clusterportforwards', `${namespace}-${port}`, {
    selector: { matchNamespaces: [namespace] },
    forwards: [{ ports: [port], target }],
  });
}

/** Has programs that are run in any pod of the namespace run on this machine, in that folder. */
export function execInPods(config: KubeConfig, namespace: string, folder: string): Promise<void> {
  return tell(config, 'clusterexecs', namespace, {
    selector: { matchNamespaces: [namespace] },
    execs: [{ local: { workDir: folder } }],
  });
}

async function tell(
  config: KubeConfig,
  plural: Exclude<keyof typeof kinds, 'logs'>,
  name: string,
  spec: object,
): Promise<void> {
  const apiVersion = `${kwok.group}/${kwok.version}`;
  const body = { apiVersion, kind: kinds[plural], metadata: { name }, spec };
  await config.makeApiClient(CustomObjectsApi).createClusterCustomObject({ ...kwok, plural, body });
}

/** KWOK watches objects of these kinds, and so needs them to be there. */
async function defineKinds(config: KubeConfig): Promise<void> {
  const { group, version: name } = kwok;
  const anything = { type: 'object', x_kubernetes_preserve_unknown_fields: true };
  const api = config.makeApiClient(ApiextensionsV1Api);
  for (const [plural, kind] of Object.entries(kinds)) {
    await api.createCustomResourceDefinition({
      body: {
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          scope: kind === 'Logs' ? 'Namespaced' : 'Cluster',
          names: { kind, plural },
          versions: [{ name, served: true, storage: true, schema: { openAPIV3Schema: anything } }],
        },
      },
    });
  }
}

function clusterLogs(logsFile: string): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'every-pod' },
    spec: { logs: [{ logsFile }] },
  };
}

function documents(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
