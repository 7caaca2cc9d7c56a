import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { Challenges } from './fake-autohttps.ts';

/** Port 80 of the hub as the world sees it: the load balancer, and behind it traefik's answers to challenges. */
export interface PublicDoor {
  readonly address: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * On an address of loopback that nobody else uses.
 *
 * @returns undefined where this user may not listen on port 80.
 */
export async function fakePublicDoor(challenges: () => Challenges): Promise<PublicDoor | undefined> {
  const number = (): number => 1 + Math.floor(Math.random() * 250);
  const address = `127.${number()}.${number()}.${number()}`;
  let server: Server | undefined;
  const open = async (): Promise<void> => {
    server = createServer((request, response) => {
      const token = /^\/\.well-known\/acme-challenge\/(.+)$/.exec(request.url ?? '')?.[1] ?? '';
      const answer = challenges().get(token);
      if (answer === undefined) response.writeHead(302, { location: '/hub/' }).end();
      else response.end(answer);
    });
    server.listen(80, address);
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    server?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    server = undefined;
  };
  try {
    await open();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
  return { address, open, close };
}
