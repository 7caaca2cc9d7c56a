import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, events, sandbox } from '../support/hubwright.ts';
import { isRunning, recordOf, small, until } from './kit.ts';

/** An escape sequence of a terminal: a colour, or a movement of the cursor. */
const escape = '\u001b';

describe('a hub from its first up to its last down', () => {
  let box: Sandbox;
  let first = '';

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
  });
  afterAll(() => box.close());

  test('before the first up, status and plan say that nothing runs and what would be done', async () => {
    const [status, plan, detailed] = await Promise.all([
      box.run(['status']),
      box.run(['plan']),
      box.run(['plan', '--detailed-exitcode']),
    ]);
    expect(status.stdout).toMatch(/hub +not running/);
    expect(plan.stdout).toContain('Start the hub (it is not running)');
    expect([status.exitCode, plan.exitCode, detailed.exitCode]).toEqual([0, 0, 2]);
  });

  test('up ends with the address and how to log in', async () => {
    const { exitCode, stdout, stderr } = await box.run(['up']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(
      /Ready in .*\n\n {2}Open +http:\/\/127\.0\.0\.1:\d+\/\n {2}Log in .*\n {2}Stop +hubwright down local\n$/,
    );
    expect(stderr).toContain('✔ Start the hub');
    expect(stderr).toContain('✔ Work as a person does, in profile standard');
    first = JSON.stringify([recordOf(box, 'hub'), recordOf(box, 'proxy')]);
  });

  test('up again changes nothing, and says so', async () => {
    const { stdout, stderr } = await box.run(['up', '--no-verify']);
    expect(stdout).toContain('Nothing has changed');
    // What is to be known was said when it was done.
    expect(stderr).toBe('');
    expect(JSON.stringify([recordOf(box, 'hub'), recordOf(box, 'proxy')])).toBe(first);
  });

  test('plan of an environment that is as the file says has no changes', async () => {
    const { exitCode, stdout } = await box.run(['plan', '--detailed-exitcode']);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing to do'),
    });
  });

  test('status names the address and what runs', async () => {
    const { exitCode, stdout } = await box.run(['status']);
    expect(stdout).toMatch(
      /^local {2}http:\/\/127\.0\.0\.1:\d+\/\n✔ hub +running for .*\n✔ proxy +running for /,
    );
    expect(exitCode).toBe(0);
  });

  test('verify prints a table of times and leaves nobody behind', async () => {
    const { exitCode, stdout } = await box.run(['verify']);
    expect(stdout).toMatch(
      /^PROFILE +LOG IN +START SERVER +OPEN KERNEL +RUN CELL +STOP SERVER\nstandard( +\d+\.\d s){5}\n✔ People can work/,
    );
    expect(exitCode).toBe(0);
    expect(await box.must(['users', 'list'])).not.toContain('hubwright-verify');
    expect(readdirSync(box.state('small').serverLogs)).not.toContainEqual(expect.stringContaining('verify'));
  });

  test('verify of a profile that is not there says which there are', async () => {
    const { exitCode, stderr } = await box.run(['verify', '--profile', 'gpu']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Name some of: standard.'),
    });
  });

  test('logs shows the last lines of hub, proxy and a person’s server', async () => {
    const [hub, proxy, none] = await Promise.all([
      box.must(['logs', 'hub', '--lines', '3']),
      box.must(['logs', 'local', 'proxy']),
      box.run(['logs', 'user', 'nobody']),
    ]);
    expect(hub.trimEnd().split('\n')).toHaveLength(3);
    expect(proxy).toMatch(/ConfigProxy\] info: Proxying http/);
    expect(none.stderr).toContain('Nobody is called nobody.');
  });

  test('logs --json gives one object a line', async () => {
    expect(events(await box.must(['logs', 'hub', '--json', '-n', '5']))).toHaveLength(5);
  });

  test('logs --follow goes on as the log grows', async () => {
    const { child, done } = box.start(['logs', 'hub', '--follow', '--lines', '1']);
    let shown = '';
    child.stdout?.on('data', (text) => (shown += String(text)));
    await until('the last line is shown', () => shown !== '');
    const url = events(await box.must(['status', '--json'])).at(-1)?.['url'];
    // Pages that are not there are logged as warnings, others only with --debug.
    await fetch(`${String(url)}hub/follow-me`);
    await until('the new line is shown', () => shown.includes('follow-me'));
    child.kill();
    await done;
  });

  test('every line of --json is an object, with the result at the end', async () => {
    const outputs = await Promise.all(
      [['up', '--no-verify'], ['plan'], ['users', 'list']].map((args) => box.must([...args, '--json'])),
    );
    expect(outputs.map((output) => events(output).length > 0)).toEqual([true, true, true]);
    expect(events(outputs[0] ?? '').at(-1)).toMatchObject({
      type: 'result',
      environment: 'local',
      changed: false,
    });
  });

  test('an error of --json is one object too, with the fix', async () => {
    const { exitCode, stdout, stderr } = await box.run(['users', 'reset', 'nobody', '--json']);
    expect(events(stdout).at(-1)).toMatchObject({ type: 'error', what: 'Nobody is called nobody.' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  });

  test('what is piped has no colours, not even when colours are asked for', async () => {
    const { stdout, stderr } = await box.run(['up', '--no-verify'], {
      env: { FORCE_COLOR: '1', TERM: 'xterm-256color' },
    });
    expect(stdout + stderr).not.toContain(escape);
  });

  test('down stops everything', async () => {
    const pids = [recordOf(box, 'hub').pid, recordOf(box, 'proxy').pid];
    expect(await box.must(['down'])).toContain('Stopped. Homes and passwords stay.');
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]);
    expect(await box.processes()).toEqual([]);
  });

  test('down again has nothing to do', async () => {
    expect(await box.must(['down'])).toBe('Nothing was running.\n');
  });

  test('what needs a running hub names the command that starts it, with the file that was named', async () => {
    const { exitCode, stderr } = await box.run(['verify', '--file', `${box.folder}/hub.yaml`], { cwd: '/' });
    expect(stderr).toContain('The hub is not running.');
    expect(stderr).toMatch(/`hubwright up local --file \S+\/hub\.yaml` starts it/);
    expect(exitCode).toBe(1);
  });
});
