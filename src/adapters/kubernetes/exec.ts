import { PassThrough } from 'node:stream';
import { UserError } from '../../errors.ts';
import type { KubernetesApi } from './api.ts';
import { socketConfig } from './socket-config.ts';

interface Exec {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

interface Status {
  readonly status?: string;
  readonly message?: string;
}

/** The channels of Kubernetes' remote command protocol (`v4.channel.k8s.io`). */
const channels = { stdout: 1, stderr: 2, status: 3 };

/**
 * Runs a program in a container. @returns what it wrote to its standard output, byte by byte.
 *
 * @throws UserError with what it complained of, when it failed.
 */
export async function execInPod(
  api: KubernetesApi,
  { namespace, pod, container, command }: Exec,
): Promise<Buffer> {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`;
  const { WebSocketHandler } = await import('@kubernetes/client-node/dist/web-socket-handler.js');
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const handler = new WebSocketHandler(await socketConfig(api), undefined, streams);
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  let status: Status = {};
  const socket = await handler.connect(path, null, (channel, data) => {
    if (channel === channels.stdout) output.push(data);
    if (channel === channels.stderr) complaints.push(data);
    if (channel === channels.status) status = JSON.parse(data.toString('utf8')) as Status;
    return true;
  });
  await new Promise((resolve) => socket.on('close', resolve));
  if (status.status === 'Success') return Buffer.concat(output);
  throw new UserError({
    what: `\`${command[0]}\` failed in the pod ${pod}${status.message ? `: ${status.message}` : ', or the connection was lost'}.`,
    where: `namespace ${namespace}, container ${container}`,
    fix: 'See whether the pod runs, then run the command again.',
    details: Buffer.concat(complaints).toString('utf8').trim() || undefined,
  });
}
