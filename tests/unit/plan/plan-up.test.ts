import { describe, expect, test } from 'vitest';
import { inOrder } from '../../../src/plan/order.ts';
import type { LocalObserved } from '../../../src/plan/local/observed.ts';
import { course } from '../environment.ts';
import { after, empty, planFor, stepIds, working } from './observed.ts';

const installed: LocalObserved = {
  ...empty,
  pythonSets: { hub: { python: '/data/python/hub', installed: true } },
};
const deployed = after(planFor(course, installed), installed);
const busy: LocalObserved = {
  ...deployed,
  servers: [working('trainee-1', 'standard', deployed), working('trainee-2', 'large', deployed)],
};

const impacts = (yaml: string, observed: LocalObserved) =>
  planFor(yaml, observed).impacts.map(({ kind, text }) => `${kind}: ${text}`);

describe('on a new machine', () => {
  test('everything is installed, written and started', () => {
    expect(stepIds(planFor(course, empty))).toEqual(['python:hub', 'accounts', 'settings', 'proxy', 'hub']);
  });

  test('the hub does not start before the accounts have their passwords', () => {
    const hub = planFor(course, empty).steps.find(({ id }) => id === 'hub');
    expect(hub?.needs).toContain('accounts');
  });
});

describe('on a machine that is as the file says', () => {
  test('there is nothing to do', () => {
    expect(planFor(course, busy).steps).toEqual([]);
  });

  test('people are told that they keep running', () => {
    expect(impacts(course, busy)).toEqual(['untouched: 2 servers keep running: trainee-1, trainee-2.']);
  });
});

describe('a change restarts only what it must', () => {
  test('a limit of a profile restarts nothing', () => {
    expect(stepIds(planFor(course.replace('limit: 6', 'limit: 4'), busy))).toEqual(['settings']);
  });

  test('and holds for those who use the profile from their next start', () => {
    expect(impacts(course.replace('limit: 6', 'limit: 4'), busy)).toContain(
      'nextStart: trainee-2 keeps the running server as it is; the change of profile large holds from their next start.',
    );
  });

  test('a new label of a profile touches nobody', () => {
    expect(impacts(course.replace('Large', 'Huge'), busy)).toEqual([
      'untouched: 2 servers keep running: trainee-1, trainee-2.',
    ]);
  });

  test('a profile that goes leaves its running servers alone', () => {
    const withoutLarge = course.replace(/ {2}large.*\n/, '');
    expect(impacts(withoutLarge, busy)).toContain(
      'nextStart: trainee-2 keeps the running server as it is; profile large is gone, and their next start uses another.',
    );
  });

  test('culling restarts the hub, and says that log-in is away', () => {
    const plan = planFor(`${course}\nculling: { timeout: 2d }`, busy);
    expect(stepIds(plan)).toEqual(['settings', 'hub']);
    expect(plan.impacts.map(({ kind }) => kind)).toEqual(['loginAway', 'untouched']);
  });

  test('another port restarts proxy and hub, and says whose websockets are cut', () => {
    const moved = { ...busy, ports: { ...busy.ports, public: 8010 } };
    const plan = planFor(`${course}\nlocal: { port: 8010 }`, moved);
    expect(stepIds(plan)).toEqual(['settings', 'proxy', 'hub']);
    expect(plan.impacts[0]).toMatchObject({ kind: 'websocketsCut', people: ['trainee-1', 'trainee-2'] });
  });

  test('a new version of Hubwright restarts the hub alone', () => {
    expect(stepIds(planFor(course, { ...busy, runtime: 'r2' }))).toEqual(['hub']);
  });

  test('a new client secret restarts the hub alone', () => {
    expect(stepIds(planFor(course, { ...busy, clientSecret: 'other' }))).toEqual(['hub']);
  });
});

describe('people', () => {
  const fewer = course.replace('count: 2', 'count: 1');

  test('one more is told to the running hub, and nothing restarts', () => {
    expect(stepIds(planFor(course.replace('count: 2', 'count: 3'), busy))).toEqual([
      'accounts',
      'accounts:sync',
    ]);
  });

  test('one less loses access at once', () => {
    expect(stepIds(planFor(fewer, busy))).toEqual(['accounts', 'accounts:sync', 'remove-people']);
  });

  test('and the plan says so, and that the running server stops', () => {
    expect(impacts(fewer, busy)[0]).toBe(
      'accessEnds: trainee-2 can no longer log in; homes stay. Running servers that stop: trainee-2.',
    );
  });

  test('somebody whom only the hub still knows is taken off it', () => {
    const leftOver = {
      ...deployed,
      hubUsers: [...(deployed.hubUsers ?? []), { name: 'ghost', admin: false }],
    };
    expect(planFor(course, leftOver).steps).toMatchObject([
      { id: 'remove-people', action: { names: ['ghost'] } },
    ]);
  });

  test('an administrator who becomes none is written anew', () => {
    const demoted = course.replace('admins: [alex], ', 'admins: [], extra: [admin-alex], ');
    expect(stepIds(planFor(demoted, busy))).toEqual(['accounts', 'accounts:sync']);
  });

  test('a person that a killed verify left behind is taken away', () => {
    const left = {
      ...deployed,
      accounts: [...(deployed.accounts ?? []), { name: 'hubwright-verify-x', admin: false, temporary: true }],
    };
    expect(stepIds(planFor(course, left))).toEqual(['accounts', 'accounts:sync', 'remove-people']);
  });
});

describe('from accounts to OIDC', () => {
  const oidc = course.replace(
    /auth: .*/,
    'auth: { oidc: { preset: iris-iam, clientId: a, clientSecret: { fromEnv: A }, adminGroups: [admins] } }',
  );
  const steps = inOrder(planFor(oidc, deployed).steps);

  test('the list that names the people goes last, when they are off the hub', () => {
    expect(steps.map(({ id }) => id)).toEqual(['settings', 'hub', 'remove-people', 'accounts:delete']);
  });

  test('and the plan says who can no longer log in', () => {
    expect(impacts(oidc, deployed)[0]).toBe(
      'accessEnds: admin-alex, trainee-1, trainee-2 can no longer log in; homes stay.',
    );
  });

  test.each(steps.map(({ id }, done) => [id, done] as const))(
    'killed before %s, the next up takes them off the hub all the same',
    (_id, done) => {
      const killed = after({ ...planFor(oidc, deployed), steps: steps.slice(0, done) }, deployed);
      // Meanwhile somebody has logged in through the provider.
      const others = done > 1 ? [{ name: 'ada', admin: false }] : [];
      const before = { ...killed, hubUsers: [...(killed.hubUsers ?? []), ...others] };
      const end = after(planFor(oidc, before), before);
      expect(end).toMatchObject({ accounts: undefined, hubUsers: others });
      expect(planFor(oidc, end).steps).toEqual([]);
    },
  );

  test('somebody whom only the hub still knows goes too, also when it did not run', () => {
    const down: LocalObserved = { ...deployed, hub: { state: 'stopped' }, hubUsers: undefined };
    const start = planFor(oidc, down).steps.find(({ id }) => id === 'hub');
    expect(start).toMatchObject({ action: { listed: [] } });
  });

  test('once it is done, only the provider decides who stays', () => {
    const done = after(planFor(oidc, deployed), deployed);
    const start = planFor(oidc, { ...done, runtime: 'r2' }).steps.find(({ id }) => id === 'hub');
    expect(start).toMatchObject({ action: { listed: undefined } });
  });
});

describe('what has stopped by itself', () => {
  test('the hub is started again, and nothing else', () => {
    const crashed = {
      ...busy,
      hub: { state: 'crashed', lastLines: [], log: 'hub.log' } as const,
      hubUsers: undefined,
    };
    const plan = planFor(course, crashed);
    expect(plan.steps.map(({ id, reason }) => `${id}: ${reason}`)).toEqual(['hub: it has stopped by itself']);
    expect(plan.impacts.map(({ kind }) => kind)).toEqual(['untouched']);
  });
});

describe('a port that the file names and somebody else has', () => {
  const taken = (neighbour?: NonNullable<LocalObserved['portTaken']>['neighbour']): LocalObserved => ({
    ...empty,
    portTaken: { port: 8000, by: '`python3` (process 7)', neighbour },
  });

  test('stands in the way, and the steps are told all the same', () => {
    const { refusal, steps } = planFor(course, taken());
    expect(steps.map(({ id }) => id)).toContain('proxy');
    expect(refusal).toEqual({
      what: 'Port 8000 is in use by `python3` (process 7).',
      where: 'local.port of environment local',
      fix: 'Stop that process, or write another port there. Without `local.port` a free one is found.',
    });
  });

  test('by an environment of ours, with the command that stops it', () => {
    const down = 'hubwright down morning --file /courses/hub.yaml';
    const { refusal } = planFor(course, taken({ deployment: 'lessons', environment: 'morning', down }));
    expect(refusal?.what).toContain('by environment morning of lessons');
    expect(refusal?.fix).toContain(`Stop it (\`${down}\`; homes and passwords stay), or`);
  });
});

describe('what this machine cannot do is said', () => {
  const notes = (observed: LocalObserved) =>
    planFor(course, observed)
      .notes.map(({ text }) => text)
      .join('\n');

  test('container images', () => {
    expect(notes(busy)).toContain('container images do not run here: standard, large get');
  });

  test('limits that are not enforced, with the reason', () => {
    const machine = {
      ...busy.machine,
      limits: 'none',
      limitsReason: 'no systemd runs for this user',
    } as const;
    expect(notes({ ...busy, machine })).toContain('not enforced: no systemd runs for this user');
  });

  test('another file that the environment was deployed from', () => {
    expect(notes({ ...busy, otherFile: '/elsewhere/hub.yaml' })).toContain('/elsewhere/hub.yaml');
  });
});
