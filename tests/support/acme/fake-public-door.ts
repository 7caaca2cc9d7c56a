import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type SecureContext, createServer as createTls, createSecureContext } from 'node:tls';
import type { Challenges, Shown } from './fake-autohttps.ts';

/** Ports 80 and 443 of the hub as the world sees them: the load balancer, and behind it traefik. */
export interface PublicDoor {
  readonly address: string;
  /** Port 80. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** What port 443 shows instead of what traefik has: somebody else's certificate, or none. */
  instead: Shown | 'none' | undefined;
  /** Both ports. */
  end(): Promise<void>;
}

/**
 * On an address of loopback that nobody else uses.
 *
 * @returns undefined where this user may not listen on port 80.
 */
export async function fakePublicDoor(
  challenges: () => Challenges,
  loaded: (name: string) => Shown | undefined,
): Promise<PublicDoor | undefined> {
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
  /** A traefik that has just started takes a moment to load what it has. */
  const shownFor = async (name: string): Promise<Shown | undefined> => {
    for (let looks = 0; looks < 20 && door.instead === undefined; looks++) {
      const shown = loaded(name);
      if (shown !== undefined) return shown;
      await setTimeout(100);
    }
    return door.instead === 'none' ? undefined : door.instead;
  };
  const answer = async (
    name: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): Promise<void> => {
    const shown = await shownFor(name);
    if (shown === undefined) done(new Error('no certificate for that name'));
    else done(null, createSecureContext(shown));
  };
  const https = createTls({
    // As traefik with `sniStrict`: whose name it does not know it refuses.
    SNICallback: (name, done) => void answer(name, done),
  });
  https.listen(443, address);
  await once(https, 'listening');
  const door: PublicDoor = {
    address,
    open,
    close,
    instead: undefined,
    end: async () => {
      await close();
      https.close();
    },
  };
  return door;
}
