import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/operate/events.ts';
import { commandsThatFailed } from '../../../src/operate/failed-commands.ts';
import type { Target } from '../../../src/operate/target.ts';
import { type VerifyReport, verify } from '../../../src/operate/verify.ts';
import { renderVerify } from '../../../src/cli/render/verify.ts';
import type { HubApi, Person } from '../../../src/ports.ts';
import { localEnvironment } from '../environment.ts';
import { training } from '../plan/kubernetes/observed.ts';
import type { Environment } from '../../../src/config/schema/environment.ts';

const accounts = 'auth: { accounts: { admins: [alex] } }';
const oidc = `auth: { oidc: { preset: iris-iam, clientId: hub, clientSecret: { fromEnv: SECRET }, allowedGroups: [a] } }`;

/** What commands.py of the runtime writes, of a person for whom one of two commands failed. */
const log = `=== 2026-11-23 09:00:00 UTC  command 1 of 2: git clone https://example.org/a b
=== exit code 128 after 0.4 s
=== 2026-11-23 09:00:01 UTC  command 2 of 2: true
=== exit code 0 after 0.0 s
`;

/** A hub on this machine in which everybody can work; reading the log of a profile's commands gives that. */
function target(yaml: string, commandLog = ''): Target {
  const environment = localEnvironment(
    `${yaml}\nprofiles: { standard: { displayName: Python, default: true, commands: [a, b] } }`,
  );
  return targetOf(environment, (code) => (code.includes('6 * 7') ? '42\n' : commandLog));
}

/** A hub in which everybody can work, and whose kernels answer so. */
function targetOf(environment: Environment, answer: (code: string) => string): Target {
  const person: Person = {
    logIn: async () => undefined,
    startServer: async () => undefined,
    startKernel: async () => ({ run: async (code) => answer(code), close: async () => undefined }),
    stopServer: async () => undefined,
  };
  const nothing = async (): Promise<void> => undefined;
  const api = {
    createUser: nothing,
    createToken: async () => 'x',
    syncAccounts: nothing,
    deleteUser: nothing,
  } as unknown as HubApi;
  const book = {
    addTemporary: async () => ({ name: 'x', admin: false, password: 'x' }),
    removeTemporary: nothing,
    deleteHome: nothing,
    deleteLog: nothing,
  } as unknown as Target['accounts'];
  const opened: Partial<Target> = {
    environment,
    accounts: book,
    hub: async () => ({ url: 'http://127.0.0.1:8000/', api, person: () => person }),
  };
  return opened as Target;
}

async function verified(
  opened: Target,
  profile = 'standard',
  untried: VerifyReport['untried'] = [],
): Promise<{ report: VerifyReport; notes: string[]; text: string }> {
  const events: Event[] = [];
  const clock = { now: () => new Date(0), sleep: async () => undefined };
  const report = await verify({
    target: opened,
    profiles: [profile],
    untried,
    clock,
    id: 'x',
    emit: (event) => events.push(event),
  });
  const io = {
    stdout: { write: () => undefined },
    stderr: { write: () => undefined },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd: '/',
  };
  const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  return { report, notes, text: renderVerify(report, io) };
}

describe('log-in', () => {
  test('with a password is tried and timed', async () => {
    const { notes, text } = await verified(target(accounts));
    expect(text).toContain('standard  0.0 s');
    expect(notes).toEqual([]);
  });

  test('through a provider is not tested, which is said', async () => {
    const { notes, text, report } = await verified(target(oidc));
    expect(text).toContain('standard  not tested');
    expect(notes).toEqual([
      'log-in through the provider is not tested: it takes a person; log in once yourself',
    ]);
    expect(report.profiles[0]?.checks[0]).toEqual({ name: 'log in', seconds: 0, untested: true });
  });
});

describe("a profile's command that fails", () => {
  test('is a warning and no failure: the server starts without it', async () => {
    const { report, notes } = await verified(target(accounts, log));
    expect(report.ok).toBe(true);
    expect(notes).toEqual([
      'a command of profile standard failed: git clone https://example.org/a b: exit code 128',
    ]);
  });

  test.each([
    ['stopped: it took longer than 300 s, and ended'],
    ['ended by signal 9'],
    ['not started (No such file or directory)'],
  ])('is recognised: %s', (outcome) => {
    const begun = '=== 2026-11-23 09:00:00 UTC  command 1 of 1: make it';
    expect(commandsThatFailed(`${begun}\n=== ${outcome} after 300.1 s\n`)).toEqual([`make it: ${outcome}`]);
  });
});

describe('a GPU profile on a cluster', () => {
  const environment = training(
    '      gpu: { displayName: GPU, image: example.org/a:1, memory: { limit: 2G }, gpus: { count: 2 } }',
  );
  const kernel = (gpus: string) => (code: string) => {
    if (code.includes('6 * 7')) return '42\n';
    return code.includes('nvidia-smi') ? `${gpus}\n` : '';
  };

  test('is fine when its server sees as many GPUs as it asks for', async () => {
    const { report } = await verified(targetOf(environment, kernel('2')), 'gpu');
    expect(report.profiles[0]?.checks.map(({ name }) => name)).toContain('GPU');
    expect(report.ok).toBe(true);
  });

  test('fails when it sees none, or has no driver', async () => {
    const none = await verified(targetOf(environment, kernel('0')), 'gpu');
    expect(none.text).toContain('gpu: GPU: 0 instead of 2 GPUs (see `hubwright logs training hub`)');
    const noDriver = await verified(
      targetOf(environment, kernel('nvidia-smi: No such file or directory')),
      'gpu',
    );
    expect(noDriver.report.ok).toBe(false);
  });
});

test('a profile of which nobody can have a server is named, and is no failure', async () => {
  const { report, notes, text } = await verified(target(accounts), 'standard', [
    { profile: 'gpu', why: 'no node offers nvidia.com/gpu now' },
  ]);
  expect(report).toMatchObject({ ok: true, untried: [{ profile: 'gpu' }] });
  expect(notes).toEqual(['profile gpu is not tried: no node offers nvidia.com/gpu now']);
  expect(text).toContain('gpu was not tried: no node offers nvidia.com/gpu now');
});
