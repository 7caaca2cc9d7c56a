import { PassThrough } from 'node:stream';
import type { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { UserError } from '../../errors.ts';
import type { KubernetesApi } from './api.ts';
import { socketConfig } from './socket-config.ts';

interface Exec {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** What it reads from its standard input. How much that is it has to know: the protocol cannot say that it is all. */
  readonly input?: Buffer;
}

interface Status {
  readonly status?: string;
  readonly message?: string;
}

/** The channels of Kubernetes' remote command protocol (`v4.channel.k8s.io`). */
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3 };

/** Bytes that are sent at once. */
const partSize = 32 * 1024;
/** A connection that was lost silently would be waited for without end. */
const longestSeconds = 600;

/**
 * Runs a program in a container. @returns what it wrote to its standard output, byte by byte.
 *
 * @throws UserError with what it complained of, when it failed.
 */
export async function execInPod(
  api: KubernetesApi,
  { namespace, pod, container, command, input }: Exec,
): Promise<Buffer> {
  const stdin = input === undefined ? {} : { stdin: 'true' };
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true', ...stdin });
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
  const over = new Promise((resolve) => socket.on('close', resolve));
  const timer = setTimeout(() => socket.terminate(), longestSeconds * 1000);
  if (input !== undefined) await send(socket, input);
  await over;
  clearTimeout(timer);
  if (status.status === 'Success') return Buffer.concat(output);
  throw new UserError({
    what: `\`${command[0]}\` failed in the pod ${pod}${status.message ? `: ${status.message}` : ', or the connection was lost'}.`,
    where: `namespace ${namespace}, container ${container}`,
    fix: 'See whether the pod runs, then run the command again.',
    details: Buffer.concat(complaints).toString('utf8').trim() || undefined,
  });
}

type Socket = Awaited<ReturnType<WebSocketHandler['connect']>>;

/** Part by part, each when the one before is on its way. What a program that has ended does not read is not sent. */
async function send(socket: Socket, input: Buffer): Promise<void> {
  for (let at = 0; at < input.length && socket.readyState === socket.OPEN; at += partSize) {
    const part = Buffer.concat([Buffer.from([channels.stdin]), input.subarray(at, at + partSize)]);
    // That it failed the end of the connection tells.
    await new Promise<void>((resolve) => socket.send(part, () => resolve()));
  }
}
