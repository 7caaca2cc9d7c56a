import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { existsSync, readdirSync } from 'node:fs';
import { type RunOptions, type Sandbox, events } from '../support/hubwright.ts';
import { canLogIn, freePort, inSandbox, passwords, recordOf, small, until } from './kit.ts';

type Event = ReturnType<typeof events>[number];

/** As shells have them. The other signals end it without one. */
const exitCodes: Readonly<{ [signal: string]: number }> = { SIGINT: 130, SIGTERM: 143 };

/** Runs `up` in a process group of its own and ends the group at that moment, as a closed terminal does. */
async function endAt(
  box: Sandbox,
  isMoment: (seen: readonly Event[]) => boolean,
  {
    signal = 'SIGKILL',
    later = 0,
    env = {},
  }: {
    readonly signal?: NodeJS.Signals;
    readonly later?: number;
    readonly env?: NonNullable<RunOptions['env']>;
  } = {},
): Promise<void> {
  const { child, done } = box.start(['up', '--json'], { ownGroup: true, env });
  let shown = '';
  child.stdout?.on('data', (text) => (shown += String(text)));
  await until('the moment has come', () => isMoment(events(shown.slice(0, shown.lastIndexOf('\n') + 1))));
  await sleep(later);
  process.kill(-(child.pid ?? 0), signal);
  expect((await done).exitCode).toBe(exitCodes[signal] ?? null);
}

/** The next `up` has to end with one hub and one proxy, and nobody's password changed. */
async function continues(box: Sandbox, known: ReadonlyMap<string, string>): Promise<void> {
  const { exitCode, stdout, stderr } = await box.run(['up', '--no-verify']);
  expect(exitCode, stderr).toBe(0);
  const url = /Open +(\S+)/.exec(stdout)?.[1] ?? '';
  const commands = (await box.processes()).map(({ command }) => command);
  expect(commands.filter((command) => command.includes('-m jupyterhub'))).toHaveLength(1);
  expect(commands.filter((command) => command.includes('configurable-http-proxy'))).toHaveLength(1);
  const now = passwords(box);
  for (const [name, password] of known) expect(now.get(name)).toBe(password);
  expect(await canLogIn(url, 'trainee-1', now.get('trainee-1'))).toBe(true);
  expect(await box.must(['up', '--no-verify'])).toContain('Nothing has changed');
}

function knownPasswords(box: Sandbox): Map<string, string> {
  const kept = existsSync(box.state('small').accounts) ? [...passwords(box)] : [];
  return new Map(kept.filter(([name]) => !name.startsWith('hubwright-verify-')));
}

/** Some step was begun, or is done. */
const step =
  (type: 'stepStarted' | 'stepDone', id: string) =>
  (seen: readonly Event[]): boolean =>
    seen.some((event) => event.type === type && event['id'] === id);

// One after the other: a port that one finds free must not be another's.
describe('a first up that is killed, and the next one', () => {
  const moments: [name: string, isMoment: (seen: readonly Event[]) => boolean, later?: number][] = [
    ['before its first step', (seen) => seen.some(({ type }) => type === 'stepsPlanned')],
    ['when the accounts are written', step('stepDone', 'accounts')],
    ['when the settings are written', step('stepDone', 'settings')],
    ['while the proxy starts', step('stepStarted', 'proxy'), 40],
    ['when the proxy runs', step('stepDone', 'proxy')],
    ['when the hub has just been started', step('stepStarted', 'hub'), 30],
    ['while the hub makes its tables', step('stepStarted', 'hub'), 900],
    ['when the hub runs', step('stepDone', 'hub')],
  ];

  test.for(moments)('%s', async ([, isMoment, later = 0]) => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      await endAt(box, isMoment, { later });
      await continues(box, knownPasswords(box));
    });
  });

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('with %s', async (signal) => {
    await inSandbox(async (box) => {
      await box.writeConfig(small({ port: await freePort() }));
      await endAt(box, step('stepStarted', 'hub'), { signal, later: 100 });
      await continues(box, knownPasswords(box));
    });
  });
});

test('a verify that is killed leaves nobody behind after the next up: no account, no server, no home', async () => {
  await inSandbox(async (box) => {
    await box.writeConfig(small({ port: await freePort() }));
    const isProgress = (text: string) => (seen: readonly Event[]) =>
      seen.some((event) => event.type === 'stepProgress' && event['text'] === text);
    await endAt(box, isProgress('open kernel'));
    const { homes } = box.state('small');
    expect(readdirSync(homes)).toHaveLength(1);
    const hub = recordOf(box, 'hub').pid;

    expect(await box.must(['plan'])).toContain('(a verify that was interrupted left them behind)');
    await continues(box, knownPasswords(box));
    expect(recordOf(box, 'hub').pid).toBe(hub);
    expect(readdirSync(homes)).toEqual([]);
    expect([...passwords(box).keys()]).toEqual(['admin-alex', 'trainee-1', 'trainee-2', 'jo']);
    expect(await box.must(['status'])).toContain('Nobody is working.');
  });
});

describe('a change from accounts to OIDC that is killed', () => {
  const oidc = `oidc:
        clientId: hub
        clientSecret: { fromEnv: OIDC_SECRET }
        authorizeUrl: https://iam.example.org/auth
        tokenUrl: https://iam.example.org/token
        userdataUrl: https://iam.example.org/me
        usernameClaim: preferred_username
        loginService: IAM
        adminGroups: [admins]`;

  test.for([
    ['when the settings are written', step('stepDone', 'settings')],
    ['when the hub runs', step('stepDone', 'hub')],
  ] as const)('%s, leaves nobody of before on the hub after the next up', async ([, isMoment]) => {
    await inSandbox(async (box) => {
      const accounts = small({ port: await freePort() });
      const env = { OIDC_SECRET: 'a-client-secret' };
      await box.writeConfig(accounts);
      await box.must(['up', '--no-verify']);
      await box.writeConfig(accounts.replace(/accounts: .*/, oidc));
      await endAt(box, isMoment, { env });

      await box.must(['up', '--no-verify'], { env });
      expect(await box.must(['users', 'list', '--json'], { env })).not.toMatch(/admin-alex|trainee|"jo"/);
      expect(existsSync(box.state('small').accounts)).toBe(false);
      expect(await box.must(['up', '--no-verify'], { env })).toContain('Nothing has changed');
    });
  });
});
