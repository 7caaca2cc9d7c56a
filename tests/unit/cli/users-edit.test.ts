import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/adapters/config-file.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import * as files from '../../../src/adapters/files.ts';
import type { Adapters } from '../../../src/cli/adapters.ts';
import { catalog } from '../../../src/cli/catalog.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { UserError } from '../../../src/errors.ts';
import type { LocalHost } from '../../../src/operate/targets/local-host.ts';
import type { LocalObserved } from '../../../src/plan/local/observed.ts';
import type { LocalAction } from '../../../src/plan/local/actions.ts';
import { empty } from '../plan/observed.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-users-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

const text = (extra: string): string => `name: course
environments:
  local:
    target: local
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 2 }, extra: [${extra}] } }
    profiles: { standard: { displayName: Python } }
`;
const write = (extra: string): void => writeFileSync(join(cwd, 'hub.yaml'), text(extra));
const file = (): string => readFileSync(join(cwd, 'hub.yaml'), 'utf8');

/** A machine on which a hub runs that knows these extra people. */
function machine(extra: readonly string[]): LocalObserved {
  const names = ['admin-alex', 'trainee-1', 'trainee-2', ...extra];
  const people = names.map((name) => ({ name, admin: name.startsWith('admin-') }));
  const process = { pid: 1, startTime: 'x' };
  return {
    ...empty,
    hub: { state: 'running', process, since: '2026-11-23T09:00:00Z', startedWith: 'x', port: 40001 },
    accounts: people.map((person) => ({ ...person, temporary: false })),
    hubUsers: people,
  };
}

interface Machine {
  readonly extra: readonly string[];
  readonly homes?: readonly string[];
  /** Called when the lock has been taken. */
  readonly onLock?: () => void;
  /** Called with each action; a machine on which all goes well does nothing here. */
  readonly perform?: (action: LocalAction) => void;
}

function localHost({ extra, homes = [], onLock, perform }: Machine): LocalHost {
  const left = new Set(homes);
  const host: Partial<LocalHost> = {
    lock: async () => {
      onLock?.();
      return { release: async () => undefined };
    },
    observe: async () => machine(extra),
    perform: async (action) => perform?.(action),
    accounts: {
      list: async () => (machine(extra).accounts ?? []).map((account) => ({ ...account, password: '' })),
      hasHome: async (name: string) => left.has(name),
      deleteHome: async (name: string) => left.delete(name),
    } as unknown as LocalHost['accounts'],
  };
  return host as LocalHost;
}

async function users(words: string, on: Machine) {
  const [out, err]: [string[], string[]] = [[], []];
  const adapters: Partial<Adapters> = {
    clock: async () => systemClock,
    readConfigFile: async () => readConfigFile,
    files: async () => files,
    localHost: async () => () => localHost(on),
  };
  const io = {
    stdout: { write: (part: string) => out.push(part) },
    stderr: { write: (part: string) => err.push(part) },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd,
  };
  const program = createProgram({ catalog, adapters: adapters as Adapters, io });
  return {
    exitCode: await program(['users', ...words.split(' ')]),
    stdout: out.join(''),
    stderr: err.join(''),
  };
}

const failsAt =
  (kind: LocalAction['kind'], meanwhile = () => {}) =>
  (action: LocalAction): void => {
    if (action.kind !== kind) return;
    meanwhile();
    throw new UserError({ what: 'The hub does not answer.', fix: 'none' });
  };

describe('an edit of the file', () => {
  test('keeps what somebody else wrote there until the lock was free', async () => {
    write('jo');
    const { exitCode } = await users('add lee', { extra: ['jo', 'kim'], onLock: () => write('jo, kim') });
    expect({ exitCode, file: file() }).toEqual({ exitCode: 0, file: text('jo, kim, lee') });
  });

  test('that was made by who had the lock before is not made twice', async () => {
    write('jo');
    const { exitCode, stderr } = await users('add kim', { extra: ['jo'], onLock: () => write('jo, kim') });
    expect(stderr).toContain('kim is there already.');
    expect({ exitCode, file: file() }).toEqual({ exitCode: 2, file: text('jo, kim') });
  });
});

describe.each([
  ['add kim', 'jo', 'jo, kim'],
  ['remove kim', 'jo, kim', 'jo'],
])('a `users %s` that fails', (words, before, after) => {
  const extra = before.split(', ');

  test('before anybody’s account was written puts the file back', async () => {
    write(before);
    const { exitCode, stderr } = await users(words, { extra, perform: failsAt('writeAccounts') });
    expect(stderr).toContain('The hub does not answer.');
    expect({ exitCode, file: file() }).toEqual({ exitCode: 1, file: text(before) });
  });

  test('then leaves the file alone when somebody has saved another text', async () => {
    write(before);
    const saved = failsAt('writeAccounts', () => write('robin'));
    const { exitCode, stderr } = await users(words, { extra, perform: saved });
    expect(stderr).toContain('`hubwright up local` finishes it');
    expect({ exitCode, file: file() }).toEqual({ exitCode: 1, file: text('robin') });
  });

  test('after that keeps the file’s edit, and says that `up` finishes it', async () => {
    write(before);
    const { exitCode, stderr } = await users(words, { extra, perform: failsAt('syncAccounts') });
    expect(stderr).toContain('The hub does not answer.');
    expect(stderr).toContain('hub.yaml keeps the change, and `hubwright up local` finishes it.');
    expect({ exitCode, file: file() }).toEqual({ exitCode: 1, file: text(after) });
  });
});

test('a `remove --with-home` that fails names the command that deletes the home', async () => {
  write('jo, kim');
  const { stderr } = await users('remove kim --with-home', {
    extra: ['jo', 'kim'],
    homes: ['kim'],
    perform: failsAt('syncAccounts'),
  });
  expect(stderr).toContain('; then `hubwright users local remove kim --with-home` deletes');
});

describe('remove of somebody who is not in the file any more', () => {
  test('--with-home deletes the home that is left', async () => {
    write('jo');
    const { exitCode, stdout } = await users('remove gone --with-home', { extra: ['jo'], homes: ['gone'] });
    expect(stdout).toBe('gone was not in hub.yaml any more. 1 home deleted.\n');
    expect({ exitCode, file: file() }).toEqual({ exitCode: 0, file: text('jo') });
  });

  test('takes them off the hub when it still knows them', async () => {
    write('jo');
    const actions: LocalAction[] = [];
    const perform = (action: LocalAction): number => actions.push(action);
    const { exitCode, stdout } = await users('remove kim', { extra: ['jo', 'kim'], perform });
    expect(stdout).toContain('kim was not in hub.yaml any more. Homes stay');
    expect(exitCode).toBe(0);
    expect(actions).toContainEqual({ kind: 'removePeople', names: ['kim'] });
  });

  test.for([
    [
      'remove gone',
      'A home of that name is there: `hubwright users local remove gone --with-home` deletes it.',
    ],
    ['remove never --with-home', 'Nobody in the file is called never.'],
    ['remove jo never --with-home', 'Nobody in the file is called never.'],
  ])('changes nothing where it is not meant so: `users %s`', async ([words = '', said]) => {
    write('jo');
    const { exitCode, stderr } = await users(words, { extra: ['jo'], homes: ['gone'] });
    expect(stderr).toContain(said);
    expect({ exitCode, file: file() }).toEqual({ exitCode: 2, file: text('jo') });
  });
});

test('a `remove` of the last administrator says that there is none any more', async () => {
  write('jo');
  const said =
    'nobody is an administrator any more; `hubwright users local add NAME --admin` makes somebody one';
  expect((await users('remove jo', { extra: ['jo'] })).stderr).not.toContain(said);
  write('jo');
  const { exitCode, stderr } = await users('remove admin-alex', { extra: ['jo'] });
  expect({ exitCode, said: stderr.replaceAll(/\s+/g, ' ') }).toEqual({
    exitCode: 0,
    said: expect.stringContaining(said),
  });
});

describe('people of the numbered row', () => {
  test('are not removed one by one, and it says how the row is made shorter and their homes deleted', async () => {
    write('jo');
    const { exitCode, stderr } = await users('remove trainee-1 --with-home', {
      extra: ['jo'],
      homes: ['trainee-1'],
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('trainee-1 is one of the row trainee-1 to trainee-2.');
    expect(stderr).toContain('Lower `auth.accounts.users.count` and run `hubwright up local`');
    expect(stderr).toContain('`hubwright users local remove trainee-2 --with-home`');
  });

  test('who are beyond its end have only a home left, which can be deleted', async () => {
    write('jo');
    const { stdout } = await users('remove trainee-3 --with-home', { extra: ['jo'], homes: ['trainee-3'] });
    expect(stdout).toContain('1 home deleted.');
  });
});
