import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const flavors = [
  { name: 'tiny', vcpus: 1, ram: 1024 },
  { name: 'small', vcpus: 8, ram: 32_768 },
  { name: 'large', vcpus: 16, ram: 65_536 },
].map((flavor) => ({ id: flavor.name, disk: 40, extra_specs: {}, ...flavor }));

const absolute = {
  maxTotalCores: 200,
  totalCoresUsed: 24,
  maxTotalRAMSize: -1,
  totalRAMUsed: 0,
  maxTotalInstances: 20,
  totalInstancesUsed: 3,
  maxServerGroups: 10,
  maxServerGroupMembers: 10,
};

/** Nova's flavours and limits, as its documented API has them: itself it needs more than can be had from PyPI alone. */
export async function startFakeNova(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://nova');
    const body = pathname.endsWith('/limits')
      ? { limits: { absolute } }
      : // All of them are on the first page.
        { flavors: searchParams.has('marker') ? [] : flavors };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
