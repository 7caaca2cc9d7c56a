import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, type Sandbox, sandbox } from '../support/hubwright.ts';
import { kill, small, until } from './kit.ts';

describe('two commands at the same time', () => {
  let box: Sandbox;

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
  });
  afterAll(() => box.close());

  /** An `up` that holds the lock: it has begun with its steps. */
  async function busy(): Promise<Running> {
    await box.must(['down']);
    const running = box.start(['up', '--json', '--no-verify']);
    let shown = '';
    running.child.stdout?.on('data', (text) => (shown += String(text)));
    await until('up has begun', () => shown.includes('stepStarted'));
    return running;
  }

  test('the second is refused, and told who is at it, since when and with what', async () => {
    const { child, done } = await busy();
    const { exitCode, stderr } = await box.run(['up']);
    expect((await done).exitCode).toBe(0);
    expect(stderr).toContain('Environment local is being changed by somebody else.');
    expect(stderr).toMatch(
      new RegExp(`\`hubwright up local\`, process ${child.pid} on \\S+, since \\d{4}-\\d\\d-\\d\\dT`),
    );
    expect(stderr).toContain(`\`kill ${child.pid}\``);
    expect(exitCode).toBe(1);
  });

  test('status, plan and logs need no lock', async () => {
    const { done } = await busy();
    const results = await Promise.all([['status'], ['plan'], ['logs', 'hub']].map((args) => box.run(args)));
    await done;
    expect(results.map(({ stderr }) => stderr)).toEqual(['', '', '']);
  });

  test('the lock of a process that was killed is free at once', async () => {
    const { child, done } = await busy();
    await kill(child.pid ?? 0);
    const { exitCode, stderr } = await box.run(['up', '--no-verify']);
    await done;
    expect(exitCode, stderr).toBe(0);
  });
});
