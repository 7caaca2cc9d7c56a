import { expect, test } from 'vitest';
import { listPeople } from '../../../src/operate/users.ts';
import type { Target } from '../../../src/operate/target.ts';
import type { HubApi } from '../../../src/ports.ts';
import { course, localEnvironment } from '../environment.ts';

/** Two people; with a hub, trainee-2 has chosen a password. */
function target(hub: 'runs' | 'stopped'): Target {
  const api: Partial<HubApi> = {
    users: async () => [],
    changedPasswords: async () => new Set(['trainee-2']),
  };
  const accounts = ['trainee-1', 'trainee-2'].map((name) => ({ name, admin: false, password: 'x' }));
  const opened: Partial<Target> = {
    environment: localEnvironment(course),
    accounts: { list: async () => accounts } as unknown as Target['accounts'],
    hub: async () => {
      if (hub === 'stopped') throw new Error('The hub is not running.');
      return { url: '', api: api as HubApi, person: () => expect.unreachable() };
    },
  };
  return opened as Target;
}

const passwords = async (hub: 'runs' | 'stopped'): Promise<string[]> =>
  (await listPeople(target(hub))).map(({ password }) => password);

test('whose password still is the initial one is told where a hub runs', async () => {
  expect(await passwords('runs')).toEqual(['initial', 'changed']);
});

test('without a hub nobody’s password is called initial', async () => {
  expect(await passwords('stopped')).toEqual(['unknown', 'unknown']);
});
