import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiextensionsV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import type { Processes } from './processes.ts';
import { freePorts } from './processes.ts';
import { stages } from './stages.ts';

/** What every container has logged, in the format of container runtimes. */
const logged = '2026-01-01T00:00:00.000000000Z stdout F This container is KWOK: it runs nothing.\n';

const forwards = { group: 'kwok.x-k8s.io', version: 'v1alpha1', plural: 'clusterportforwards' };
const forwardKind = 'ClusterPortForward';

/**
 * Starts KWOK, which plays the kubelets: see stages.ts for what pods do. `logs` works too, and forwarding of ports
 * that `forwardPods` named; `exec` does not.
 */
export async function startKwok(
  processes: Processes,
  program: string,
  { kubeconfig, admin }: { readonly kubeconfig: string; readonly admin: KubeConfig },
): Promise<void> {
  await defineForwards(admin);
  const [port] = (await freePorts(1)) as [number];
  const logsFile = join(processes.folder, 'container.log');
  const config = join(processes.folder, 'kwok.yaml');
  await writeFile(logsFile, logged);
  await writeFile(config, documents([...stages, clusterLogs(logsFile)]));
  await processes.start('kwok', program, [
    `--kubeconfig=${kubeconfig}`,
    `--config=${config}`,
    `--enable-crds=${forwardKind}`,
    '--manage-all-nodes',
    '--cidr=10.244.0.0/16',
    '--node-ip=127.0.0.1',
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
  ]);
}

/** Has connections that are forwarded to a port of any pod of the namespace end at a port of this machine. */
export async function forwardPods(
  config: KubeConfig,
  namespace: string,
  { port, to }: { readonly port: number; readonly to: number },
): Promise<void> {
  const body = {
    apiVersion: `${forwards.group}/${forwards.version}`,
    kind: forwardKind,
    metadata: { name: `${namespace}-${port}` },
    spec: {
      selector: { matchNamespaces: [namespace] },
      forwards: [{ ports: [port], target: { address: '127.0.0.1', port: to } }],
    },
  };
  await config.makeApiClient(CustomObjectsApi).createClusterCustomObject({ ...forwards, body });
}

/** KWOK watches objects of this kind, and so needs it to be there. */
async function defineForwards(config: KubeConfig): Promise<void> {
  const { group, plural, version: name } = forwards;
  const anything = { type: 'object', x_kubernetes_preserve_unknown_fields: true };
  await config.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
    body: {
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Cluster',
        names: { kind: forwardKind, plural },
        versions: [{ name, served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    },
  });
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
