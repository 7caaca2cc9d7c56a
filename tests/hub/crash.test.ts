import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/hubwright.ts';
import {
  type AtWork,
  atWork,
  isRunning,
  kill,
  recordOf,
  serverOf,
  small,
  stepsDone,
  until,
  up,
} from './kit.ts';

describe('while trainee-1 and trainee-2 work', () => {
  let box: Sandbox;
  let url: string;
  let [one, two]: AtWork[] = [];

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
    url = await up(box);
    [one, two] = await Promise.all(['trainee-1', 'trainee-2'].map((name) => atWork(box, { url, name })));
  });
  afterAll(() => box.close());

  test('a hub that was killed is shown with its last lines and the command, and comes back to the same servers', async () => {
    const last = readFileSync(box.state('small').hubLog, 'utf8').trimEnd().split('\n').at(-1);
    await kill(recordOf(box, 'hub').pid);
    const { exitCode, stdout } = await box.run(['status', '--file', 'hub.yaml']);
    expect(stdout).toContain('hub    stopped by itself; the end of');
    expect(stdout).toContain(last);
    expect(stdout).toContain(
      '✖ the hub has stopped by itself: nobody can log in or start a server\n  fix: `hubwright up local`',
    );
    expect(exitCode).toBe(1);

    expect(await one?.kernel.run('print(1)')).toBe('1\n');
    expect(stepsDone(await box.must(['up', '--no-verify', '--json']))).toEqual(['hub']);
    expect(await box.must(['status'])).toMatch(/2 servers \(.+\):/);
    expect(await one?.kernel.run('print(2)')).toBe('2\n');
  });

  test('the idle culler of a hub that was killed ends too, so that there is one', async () => {
    const cullers = async (): Promise<number> =>
      (await box.processes()).filter(({ command }) => command.includes('culler')).length;
    await until('one culler is left', async () => (await cullers()) === 1);
  });

  test('a proxy that was killed is shown, and comes back with everybody’s routes', async () => {
    await kill(recordOf(box, 'proxy').pid);
    const { exitCode, stdout } = await box.run(['status']);
    expect(stdout).toContain('the proxy has stopped by itself: nobody reaches the hub or their server');
    expect(exitCode).toBe(1);
    expect(stepsDone(await box.must(['up', '--no-verify', '--json']))).toEqual(['proxy']);
    const kernels = await two?.browser.get(`${url}user/trainee-2/api/kernels`);
    expect(JSON.parse(kernels?.text ?? '')).toHaveLength(1);
  });

  test('a server that was killed can be started again, and the others are not touched', async () => {
    await kill(one?.pid ?? 0);
    expect(await box.must(['status'])).toMatch(/1 server \(.+\):\n.*\n +trainee-2 /);
    one = await atWork(box, { url, name: 'trainee-1' });
    expect(await one.kernel.run('print(3)')).toBe('3\n');
    expect(serverOf(box, 'trainee-2')).toBe(two?.pid);
    expect(await isRunning(two?.pid ?? 0)).toBe(true);
  });

  test('a kernel’s memory counts as its person’s', async () => {
    const before = await memory('trainee-1');
    await one?.kernel.run('ballast = bytearray(300 * 1024 * 1024)');
    expect((await memory('trainee-1')) - before).toBeGreaterThan(250 * 1024 * 1024);
  });

  async function memory(name: string): Promise<number> {
    const status = JSON.parse(await box.must(['status', '--json'])) as {
      people: { name: string; memory: number }[];
    };
    return status.people.find((person) => person.name === name)?.memory ?? 0;
  }

  test('down ends a server with its kernels, and what is left of those whose server was killed', async () => {
    await box.must(['down']);
    await until('nothing is left', async () => (await box.processes()).length === 0);
  });

  test('a process that has the id of a dead hub is a stranger, and is not ended', async () => {
    const stranger = spawn('sleep', ['60'], { detached: true });
    const { hubRecord } = box.state('small');
    try {
      writeFileSync(
        hubRecord,
        JSON.stringify({ pid: stranger.pid, startTime: '0', startedWith: '', since: '' }),
      );
      expect(await box.must(['status']).catch(String)).toContain('hub    stopped by itself');
      await box.must(['down']);
      expect(await isRunning(stranger.pid ?? 0)).toBe(true);
    } finally {
      stranger.kill();
    }
  });
});
