import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import { atWork, canLogIn, freePort, passwords, serverOf, small, until, up } from './kit.ts';

describe('down, and what happens until the next up', () => {
  let box: Sandbox;
  let url: string;

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small({ port: await freePort() }));
    url = await up(box);
  });
  afterAll(() => box.close());

  /** Asks the hub itself: the proxy may be gone. */
  async function startServer(name: string): Promise<number> {
    const { hubSettings, secrets } = box.state('small');
    const { hubPort } = JSON.parse(readFileSync(hubSettings, 'utf8')) as { hubPort: number };
    const token = readFileSync(join(secrets, 'service_token'), 'utf8');
    const answer = await fetch(`http://127.0.0.1:${hubPort}/hub/api/users/${name}/server`, {
      method: 'POST',
      headers: { Authorization: `token ${token}` },
    });
    return answer.status;
  }

  test('a server that somebody starts while it works does not outlive it', async () => {
    await atWork(box, { url, name: 'jo' });
    const { child, done } = box.start(['down', '--json']);
    let said = '';
    child.stdout?.on('data', (text) => (said += String(text)));
    await until('it has begun', () => said.includes('stepStarted'));
    // Whether the hub still takes it or not.
    await startServer('trainee-1').catch(() => undefined);
    expect((await done).exitCode).toBe(0);
    expect(await box.processes()).toEqual([]);
  });

  test('a server that is just being started ends too', async () => {
    url = await up(box);
    const asked = startServer('trainee-2');
    await until('its process is there', () => serverOf(box, 'trainee-2') > 0);
    await box.must(['down']);
    await asked.catch(() => undefined);
    expect(await box.processes()).toEqual([]);
  });

  test('somebody who is removed meanwhile, and added after the next up, can log in', async () => {
    await box.must(['users', 'remove', 'jo']);
    url = await up(box);
    await box.must(['users', 'add', 'jo']);
    expect(await canLogIn(url, 'jo', passwords(box).get('jo'))).toBe(true);
  });
});
