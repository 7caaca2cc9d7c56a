import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKernel } from '../../src/adapters/hub/kernel.ts';
import type { MachineCapabilities } from '../../src/plan/local/observed.ts';
import { type Sandbox, repo, sandbox } from '../support/hubwright.ts';
import { type AtWork, atWork, freePort, isRunning, small, until, up } from './kit.ts';

const question = join(repo, 'runtime', 'hubwright_hub', 'capabilities.py');
const machine = JSON.parse(
  execFileSync('python3', ['-E', question], { encoding: 'utf8' }),
) as MachineCapabilities;

/** What stands in a file of the control group that the kernel is in. */
const inGroup = (file: string): string => `
groups = [line[3:].strip() for line in open("/proc/self/cgroup") if line.startswith("0::")]
print(open(f"/sys/fs/cgroup{groups[0]}/${file}").read())`;
const allocate = (megabytes: number): string =>
  `ballast = bytearray(${megabytes} * 1024 * 1024); print("there")`;

describe('a server of a profile with half a core and 600 MB', () => {
  let box: Sandbox;
  let url: string;
  let jo: AtWork;
  const enforced = machine.limits !== 'none';
  const needLimits = ({ skip }: TestContext): void =>
    skip(!enforced, `limits are not enforced here: ${machine.limitsReason}`);

  beforeAll(async () => {
    if (!enforced) return;
    box = sandbox();
    await box.writeConfig(
      small({ port: await freePort(), profile: 'cpu: { limit: 0.5 }\nmemory: { limit: 600M }' }),
    );
    url = await up(box);
    jo = await atWork(box, { url, name: 'jo' });
  });
  afterAll(() => box?.close());

  test('gets half of each tenth of a second', async (context) => {
    needLimits(context);
    expect(await jo.kernel.run(inGroup('cpu.max'))).toContain('50000 100000');
  });

  test('may use less memory than that', async (context) => {
    needLimits(context);
    expect(await jo.kernel.run(allocate(100))).toBe('there\n');
  });

  test('loses the kernel that uses more, and nothing else', async (context) => {
    needLimits(context);
    const beside = await openKernel(jo.browser, `${url}user/jo/`);
    const greedy = Number(await jo.kernel.run('import os; print(os.getpid())'));
    // Nothing comes back from a kernel that is killed.
    void jo.kernel.run(allocate(900)).catch(() => undefined);
    await until('the kernel is killed', async () => !(await isRunning(greedy)));
    expect(await beside.run(inGroup('memory.events'))).toMatch(/^oom_kill [1-9]/m);
    expect(await isRunning(jo.pid)).toBe(true);
  });
});
