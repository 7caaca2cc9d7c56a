import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CoreV1Api } from '@kubernetes/client-node';
import { expect, onTestFinished } from 'vitest';
import { type ClusterClient, until } from '../support/cluster.ts';
import { test } from '../support/cluster-test.ts';
import { sandbox } from '../support/hubwright.ts';
import { course } from './kit.ts';

/** Answers as Prometheus does; what KWOK plays is none. @returns its port. */
async function fakePrometheus(namespace: string): Promise<number> {
  const answer = (query: string) => {
    if (query.startsWith(`up{namespace="${namespace}"}`))
      return { result: [{ metric: { job: 'hub', instance: '10.0.0.7:8081' }, value: [0, '1'] }] };
    const value = [0, String(query.includes('server:info') ? 3.5 : 0)];
    const known = query.includes(`namespace="${namespace}"`) && query.includes('sum by (user)');
    return { result: known ? [{ metric: { user: 'ann' }, value }] : [] };
  };
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const data = answer(new URLSearchParams(await text(request)).get('query') ?? '');
    response.end(JSON.stringify({ status: 'success', data }));
  };
  const server = createServer((request, response) => {
    void reply(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

interface Pod {
  readonly namespace: string;
  /** Of the hub whose series it has. */
  readonly hub: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

/** A pod that is ready, whose port leads to the fake. */
async function prometheusPod(cluster: ClusterClient, { namespace, hub, labels, port }: Pod): Promise<void> {
  await cluster.forwardPods(namespace, { port, to: await fakePrometheus(hub) });
  const api = cluster.config().makeApiClient(CoreV1Api);
  const container = {
    name: 'prometheus',
    image: 'example.org/prometheus:1',
    ports: [{ name: 'web', containerPort: port }],
  };
  const body = { metadata: { name: 'prometheus-0', labels }, spec: { containers: [container] } };
  await api.createNamespacedPod({ namespace, body });
  await until('the pod is ready', async () => {
    const { status } = await api.readNamespacedPod({ namespace, name: 'prometheus-0' });
    return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  });
}

const usage = ['usage', 'training', '--from', '12h'];

async function runWith(
  cluster: ClusterClient,
  namespace: string,
  monitoring: string,
  args: readonly string[] = usage,
) {
  const box = sandbox();
  onTestFinished(() => box.close());
  await box.write('hub.yaml', course({ namespace, more: `monitoring: ${monitoring}` }));
  const env = { KUBECONFIG: cluster.kubeconfig };
  return box.run(args, { env });
}

test('usage is asked of the stack’s Prometheus, through a forwarded port, and the doctor asks it too', async ({
  cluster,
  namespace,
}) => {
  const stack = `${namespace}-stack`;
  const api = cluster.config().makeApiClient(CoreV1Api);
  await api.createNamespace({ body: { metadata: { name: stack } } });
  onTestFinished(async () => void (await api.deleteNamespace({ name: stack })));
  const before = await runWith(cluster, namespace, `{ namespace: ${stack} }`);
  expect(before.stderr).toMatch(
    new RegExp(
      `^error Nothing behind the Service monitoring-kube-prometheus-prometheus is ready\\.\nwhere namespace ${stack}`,
    ),
  );

  const labels = { 'app.kubernetes.io/name': 'prometheus' };
  await prometheusPod(cluster, { namespace: stack, hub: namespace, labels, port: 9090 });
  const service = {
    metadata: { name: 'monitoring-kube-prometheus-prometheus' },
    spec: { selector: labels, ports: [{ port: 9090, targetPort: 'web' }] },
  };
  await api.createNamespacedService({ namespace: stack, body: service });
  const { stdout, stderr } = await runWith(cluster, namespace, `{ namespace: ${stack} }`);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\nann +3\.5 /);

  const doctor = ['doctor', 'training', '--only', 'hub-unrecorded', '--json'];
  const diagnosis = await runWith(cluster, namespace, `{ namespace: ${stack} }`, doctor);
  const { findings } = JSON.parse(diagnosis.stdout) as { findings: { what: string }[] };
  expect(findings.map(({ what }) => what)).toEqual([
    'Prometheus does not know the proxy.',
    'Series carry addresses where the names of nodes should be.',
  ]);
});

test('usage is asked of a Prometheus that was there, by the name of its Service', async ({
  cluster,
  namespace,
}) => {
  await prometheusPod(cluster, {
    namespace,
    hub: namespace,
    labels: { app: 'their-prometheus' },
    port: 9191,
  });
  const body = {
    metadata: { name: 'theirs' },
    spec: { selector: { app: 'their-prometheus' }, ports: [{ port: 9090, targetPort: 'web' }] },
  };
  await cluster.config().makeApiClient(CoreV1Api).createNamespacedService({ namespace, body });
  const existing = `{ existingPrometheus: http://theirs.${namespace}:9090 }`;
  const { stdout, stderr } = await runWith(cluster, namespace, existing);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\nann +3\.5 /);
});
