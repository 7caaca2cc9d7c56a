import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { messageOf } from '../../errors.ts';
import type { KubernetesApi } from './api.ts';
import { socketConfig } from './socket-config.ts';

export interface ForwardedPort {
  /** Of this machine's loopback address. */
  readonly port: number;
  /** Why the last connection that failed did so; connections themselves are only cut. */
  failure(): string | undefined;
  close(): Promise<void>;
}

interface ForwardTarget {
  /** Asked for each connection: a pod that was replaced has another name. */
  readonly pod: () => Promise<{ readonly namespace: string; readonly name: string }>;
  readonly port: number;
}

const dataChannel = 0;

/** Makes a pod's port reachable on a free port of this machine, for this machine alone, until it is closed. */
export async function forwardPort(api: KubernetesApi, target: ForwardTarget): Promise<ForwardedPort> {
  // This file of the library alone: the whole takes 0.4 s to load.
  const { WebSocketHandler } = await import('@kubernetes/client-node/dist/web-socket-handler.js');
  const sockets = new Set<Socket>();
  let failure: string | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A peer that goes away in the middle is an everyday thing.
    socket.on('error', () => socket.destroy());
    connect(socket).catch((error: unknown) => {
      failure = messageOf(error);
      socket.destroy();
    });
  });

  const connect = async (socket: Socket): Promise<void> => {
    const { namespace, name } = await target.pod();
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=${target.port}`;
    // Streams of its own: by default the library means this process's standard input and output.
    const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    const handler = new WebSocketHandler(await socketConfig(api), undefined, streams);
    const begun = new Set<number>();
    const websocket = await handler.connect(path, null, (channel, data) => {
      // The first message of each channel only repeats the port.
      if (!begun.has(channel)) begun.add(channel);
      else if (channel === dataChannel) socket.write(data);
      else {
        // The other channel says that nothing listens there.
        failure = data.toString('utf8').trim();
        return false;
      }
      return true;
    });
    websocket.on('close', () => socket.end());
    socket.on('close', () => websocket.close());
    socket.on('end', () => websocket.close());
    socket.on('data', (data: Buffer) => websocket.send(Buffer.concat([Buffer.from([dataChannel]), data])));
    if (socket.destroyed) websocket.close();
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    failure: () => failure,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
