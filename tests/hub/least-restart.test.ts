import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import {
  type AtWork,
  atWork,
  canLogIn,
  freePort,
  isRunning,
  passwords,
  recordOf,
  serverOf,
  small,
  stepsDone,
  up,
} from './kit.ts';

describe('a change of the file, while trainee-1 works', () => {
  let box: Sandbox;
  let url: string;
  let trainee: AtWork;

  /** Which processes run, told apart from later ones in their place. */
  const parts = (): { hub: number; proxy: number; server: number } => ({
    hub: recordOf(box, 'hub').pid,
    proxy: recordOf(box, 'proxy').pid,
    server: serverOf(box, 'trainee-1'),
  });
  const change = async (file: Parameters<typeof small>[0]): Promise<{ plan: string; steps: unknown[] }> => {
    await box.writeConfig(small(file));
    const plan = await box.must(['plan']);
    return { plan, steps: stepsDone(await box.must(['up', '--no-verify', '--json'])) };
  };

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
    url = await up(box);
    trainee = await atWork(box, { url, name: 'trainee-1' });
    await trainee.kernel.run('seen = 42');
  });
  afterAll(() => box.close());

  test('of a profile’s limits restarts nothing, and plan names whom it waits for', async () => {
    const before = parts();
    const { plan, steps } = await change({ profile: 'memory: { limit: 3G }' });
    expect(plan).toContain(
      'trainee-1 keeps the running server as it is; the change of profile standard holds from their next start.',
    );
    expect(plan).toContain('1 server keeps running: trainee-1.');
    expect(steps).toEqual(['settings']);
    expect(parts()).toEqual(before);
  });

  test('of culling restarts the hub alone: the kernel’s websocket stays open', async () => {
    const before = parts();
    const { plan, steps } = await change({
      profile: 'memory: { limit: 3G }',
      more: 'culling: { timeout: 2d }',
    });
    expect(plan).toContain('The hub restarts: for a few seconds nobody can log in or start a server.');
    expect(steps).toEqual(['settings', 'hub']);
    expect(parts()).toEqual({ ...before, hub: expect.not.toSatisfy((pid) => pid === before.hub) });
    expect(await trainee.kernel.run('print(seen)')).toBe('42\n');
  });

  test('that adds and removes an account restarts nothing, and holds at once', async () => {
    const before = parts();
    const more = 'culling: { timeout: 2d }';
    const accounts = '{ admins: [alex], users: { prefix: trainee, count: 2 }, extra: [sam] }';
    const { plan, steps } = await change({ accounts, more, profile: 'memory: { limit: 3G }' });
    expect(plan).toContain('jo can no longer log in; homes stay.');
    expect(steps).toEqual(['accounts', 'accounts:sync', 'remove-people']);
    expect(parts()).toEqual(before);
    expect(await canLogIn(url, 'sam', passwords(box).get('sam'))).toBe(true);
    expect(passwords(box).has('jo')).toBe(false);
  });

  test('that removes somebody who works stops the server and refuses the old cookie; the home stays', async () => {
    const sam = await atWork(box, { url, name: 'sam' });
    const { plan } = await change({
      accounts: '{ users: { prefix: trainee, count: 2 } }',
      more: 'culling: { timeout: 2d }',
      profile: 'memory: { limit: 3G }',
    });
    expect(plan).toContain(
      'admin-alex, sam can no longer log in; homes stay. Running servers that stop: sam.',
    );
    expect(await isRunning(sam.pid)).toBe(false);
    expect((await sam.browser.get(`${url}hub/home`)).url).toContain('/hub/login');
    expect((await sam.browser.get(`${url}hub/api/user`)).status).toBe(403);
    expect(existsSync(join(box.state('small').homes, 'sam'))).toBe(true);
  });

  test('of local.port restarts the proxy, and plan says whose notebooks lose their connection', async () => {
    const [before, port] = [parts(), await freePort()];
    const { plan } = await change({
      accounts: '{ users: { prefix: trainee, count: 2 } }',
      port,
      more: 'culling: { timeout: 2d }',
      profile: 'memory: { limit: 3G }',
    });
    expect(plan).toContain(
      'open notebooks of trainee-1 lose their connection for a few seconds; kernels keep running',
    );
    expect(parts().proxy).not.toBe(before.proxy);
    expect(parts().server).toBe(before.server);
    url = `http://127.0.0.1:${port}/`;
    const path = 'user/trainee-1/api/kernels';
    const kernels = JSON.parse((await trainee.browser.get(`${url}${path}`)).text) as unknown[];
    expect(kernels).toHaveLength(1);
  });

  test('down --keep-servers stops the hub alone, and the next up knows the same server', async () => {
    const before = parts();
    expect(await box.must(['down', '--keep-servers'])).toContain('Servers and proxy were left running.');
    expect(await Promise.all([before.hub, before.proxy, before.server].map(isRunning))).toEqual([
      false,
      true,
      true,
    ]);
    expect(await box.must(['status'])).toMatch(
      /hub +not running\n.*proxy +running.*\n1 server \(.+\):\n.*\n +trainee-1 /,
    );
    const steps = stepsDone(await box.must(['up', '--no-verify', '--json']));
    expect(steps).toEqual(['hub']);
    expect(parts()).toEqual({ ...before, hub: expect.any(Number) });
    expect(await box.must(['users', 'list'])).toMatch(/trainee-1 .* standard$/m);
  });

  test('down ends the server that outlived hubs', async () => {
    const { server } = parts();
    await box.must(['down']);
    expect(await isRunning(server)).toBe(false);
    expect(await box.processes()).toEqual([]);
  });
});
