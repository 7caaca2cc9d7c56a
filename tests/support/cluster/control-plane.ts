import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Parts } from '../parts.ts';
import { type Tokens, kubeconfig, makeTokens, tokenFile } from './kubeconfig.ts';
import { type Processes, freePorts } from './processes.ts';

export interface ControlPlane {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly tokens: Tokens;
}

/**
 * etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback, as processes of this user.
 * The API server makes its own certificate, which is also its CA; people and controllers come with tokens.
 */
export async function startControlPlane(
  processes: Processes,
  programs: Pick<Parts, 'kubernetes' | 'etcd'>,
): Promise<ControlPlane> {
  const [etcdPort, peerPort, port] = (await freePorts(3)) as [number, number, number];
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const server = `https://127.0.0.1:${port}`;
  const tokens = makeTokens();
  await startEtcd(processes, programs.etcd, etcd, `http://127.0.0.1:${peerPort}`);
  await processes.waitFor('etcd', async () => {
    const { ok, status } = await fetch(`${etcd}/health`);
    if (!ok) throw new Error(`/health: ${status}`);
  });
  await startApiServer(processes, programs.kubernetes, { etcd, port, tokens });

  const readCa = (): Promise<string> => readFile(join(processes.folder, 'api', 'apiserver.crt'), 'utf8');
  await processes.waitFor('kube-apiserver', async () => {
    await get(`${server}/readyz`, await readCa(), tokens.admin);
  });
  const ca = await readCa();
  await Promise.all([
    startController(processes, programs.kubernetes, 'kube-scheduler', kubeconfigOf('kube-scheduler'), []),
    startController(
      processes,
      programs.kubernetes,
      'kube-controller-manager',
      kubeconfigOf('kube-controller-manager'),
      [
        '--use-service-account-credentials',
        `--service-account-private-key-file=${join(processes.folder, 'accounts.key')}`,
        `--root-ca-file=${join(processes.folder, 'api', 'apiserver.crt')}`,
        // On a busy machine KWOK's nodes are late with their heartbeats, and their pods would never be ready again.
        '--node-monitor-grace-period=1h',
      ],
    ),
  ]);
  return { server, ca, tokens };

  function kubeconfigOf(name: 'kube-scheduler' | 'kube-controller-manager'): string {
    const user = `system:${name}` as const;
    return kubeconfig(server, ca, { [user]: tokens[user] });
  }
}

async function startEtcd(processes: Processes, folder: string, url: string, peer: string): Promise<void> {
  await processes.start('etcd', join(folder, 'etcd'), [
    `--data-dir=${join(processes.folder, 'etcd')}`,
    // The data does not outlive the run.
    '--unsafe-no-fsync',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ]);
}

async function startApiServer(
  processes: Processes,
  folder: string,
  { etcd, port, tokens }: { etcd: string; port: number; tokens: Tokens },
): Promise<void> {
  const keyFile = join(processes.folder, 'accounts.key');
  const tokensFile = join(processes.folder, 'tokens.csv');
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  await writeFile(keyFile, key.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  await writeFile(tokensFile, tokenFile(tokens), { mode: 0o600 });
  await processes.start('kube-apiserver', join(folder, 'kube-apiserver'), [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(processes.folder, 'api')}`,
    '--advertise-address=127.0.0.1',
    // Loopback may not stand in the endpoints of the Service `kubernetes`, and no pod here would use it.
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokensFile}`,
    '--allow-privileged=true',
    // Their own addresses lead nowhere; by this one KWOK is found.
    '--kubelet-preferred-address-types=ExternalIP',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
  ]);
}

async function startController(
  processes: Processes,
  folder: string,
  name: string,
  config: string,
  more: readonly string[],
): Promise<void> {
  const file = join(processes.folder, `${name}.kubeconfig`);
  await writeFile(file, config, { mode: 0o600 });
  await processes.start(name, join(folder, name), [
    `--kubeconfig=${file}`,
    '--leader-elect=false',
    // Nobody asks them anything.
    '--secure-port=0',
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
    ...more,
  ]);
}

/** @throws Error unless the answer is 2xx. */
function get(url: string, ca: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { ca, headers: { authorization: `Bearer ${token}` }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
        });
      },
    );
    call.on('error', reject).end();
  });
}
