import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { codes, load, local, onlyProblem } from './support.ts';

const profiles = { standard: { displayName: 'Python', memory: { limit: '1G' } } };
const file = (defaults: object, environments: object) =>
  JSON.stringify({ name: 'hub', defaults, environments }, undefined, 2);
const accounts = { auth: { accounts: { admins: ['alex'] } } };

describe('what comes back', () => {
  test('a valid environment has its names and every default', () => {
    const { name, environments, problems } = load(local());
    expect(problems).toEqual([]);
    expect(name).toBe('hub');
    expect(environments.get('one')).toMatchObject({
      deployment: 'hub',
      name: 'one',
      target: 'local',
      protect: false,
      https: 'off',
      homes: { size: '10Gi' },
    });
  });

  test('an environment with an error is named and not handed out; the others are', () => {
    const { environments, environmentNames } = load(
      file({ ...accounts, profiles }, { good: { target: 'local' }, bad: { target: 'moon' } }),
    );
    expect(environmentNames).toEqual(['good', 'bad']);
    expect([...environments.keys()]).toEqual(['good']);
  });

  test('an environment with a warning is handed out', () => {
    const { environments, problems } = load(local({ contactEmail: null }));
    expect(problems.map((problem) => problem.severity)).toEqual(['warning']);
    expect(environments.has('one')).toBe(true);
  });

  test('an environment with nothing behind it has what defaults has', () => {
    const { environments, problems } = load(
      `name: hub\ndefaults:\n  target: local\n  auth: { accounts: { admins: [alex] } }\n  profiles: { a: { displayName: A } }\nenvironments:\n  one:\n`,
    );
    expect(problems).toEqual([]);
    expect(environments.get('one')?.target).toBe('local');
  });

  test('one environment can be looked at alone', () => {
    const text = file({ ...accounts, profiles }, { good: { target: 'local' }, bad: { target: 'moon' } });
    const { problems, environmentNames, environments } = loadConfig(
      { file: 'hub.yaml', text },
      { environment: 'good' },
    );
    expect(problems).toEqual([]);
    expect([...environments.keys()]).toEqual(['good']);
    expect(environmentNames).toEqual(['good', 'bad']);
  });

  test('without a valid name there is no environment, since its data would have no place', () => {
    const { name, environments } = load(local().replace('"hub"', '"My Hub"'));
    expect(name).toBeUndefined();
    expect(environments.size).toBe(0);
  });

  test('a file that is not YAML has its problem and nothing else', () => {
    expect(load('a: [')).toMatchObject({
      name: undefined,
      environmentNames: [],
      problems: [{ code: 'yaml-syntax' }],
    });
  });
});

describe('all problems at once', () => {
  test('shape, unknown keys and rules of all parts are said together, in the order of the file', () => {
    const text = local({
      contactEmail: 'nobody',
      auth: { accounts: { admins: ['admin-alex'] } },
      profiles: {
        a: { displayName: 'A', colour: 'blue', cpu: { guarantee: 3, limit: 2 } },
        b: { displayName: 3 },
      },
      culling: { timeout: '1h' },
      materiels: {},
    });
    expect(codes(text)).toEqual([
      'admin-prefix',
      'unknown-key',
      'guarantee-above-limit',
      'type',
      'format',
      'cull-too-early',
      'unknown-key',
    ]);
  });

  test('a mistyped key does not hide what is wrong beside it', () => {
    expect(
      codes(
        local({
          profiles: { a: { displayName: 'A', colour: 'blue', memory: { guarantee: '2G', limit: '1G' } } },
        }),
      ),
    ).toEqual(['unknown-key', 'guarantee-above-limit']);
  });

  test('a field that was mistyped is not also called missing', () => {
    expect(codes(local({ profiles: { a: { display_name: 'A' } } }))).toEqual(['unknown-key']);
    expect(
      codes(
        local({
          auth: {
            oidc: {
              preset: 'iris-iam',
              client_id: 'a',
              clientSecret: { fromEnv: 'A' },
              adminGroups: ['a'],
              allowedGroups: ['b'],
            },
          },
        }),
      ),
    ).toEqual(['unknown-key']);
  });
});

describe('where it is written', () => {
  test('a value of defaults is said once, at defaults, for all environments it concerns', () => {
    const text = file(
      { ...accounts, profiles: { a: { displayName: 'A', memory: { limit: '1GB' } } } },
      { one: { target: 'local' }, two: { target: 'local' } },
    );
    expect(onlyProblem(text)).toMatchObject({
      path: ['defaults', 'profiles', 'a', 'memory', 'limit'],
      environments: ['one', 'two'],
    });
  });

  test('not for the environment that replaces it', () => {
    const text = file(
      { ...accounts, profiles: { a: { displayName: 'A', memory: { limit: '1GB' } } } },
      { one: { target: 'local' }, two: { target: 'local', profiles: { a: { memory: { limit: '1G' } } } } },
    );
    expect(onlyProblem(text)).toMatchObject({ environments: ['one'] });
  });

  test('a value of the environment is said there', () => {
    const text = file(
      { ...accounts, profiles },
      { one: { target: 'local', profiles: { standard: { memory: { limit: '1GB' } } } } },
    );
    expect(onlyProblem(text).path).toEqual([
      'environments',
      'one',
      'profiles',
      'standard',
      'memory',
      'limit',
    ]);
  });

  test('a rule over both points to the part that it speaks of', () => {
    const text = file(
      { ...accounts, profiles },
      { one: { target: 'local', profiles: { standard: { memory: { guarantee: '2G' } } } } },
    );
    expect(onlyProblem(text)).toMatchObject({
      code: 'guarantee-above-limit',
      path: ['environments', 'one', 'profiles', 'standard', 'memory', 'guarantee'],
    });
  });

  test('a missing field of a profile that both write is said at defaults', () => {
    const text = file(
      { ...accounts, profiles: { a: { description: 'x' } } },
      { one: { target: 'local', profiles: { a: { cpu: { limit: 1 } } } }, two: { target: 'local' } },
    );
    expect(onlyProblem(text)).toMatchObject({
      code: 'missing',
      path: ['defaults', 'profiles', 'a', 'displayName'],
      environments: ['one', 'two'],
    });
  });

  test('a field that the environment removed and that must be there is said where it was removed', () => {
    const text =
      'name: hub\ndefaults:\n  auth: { accounts: { admins: [alex] } }\n  profiles: { a: { displayName: A } }\nenvironments:\n  one:\n    target: local\n    profiles:\n      a:\n        displayName:\n';
    expect(onlyProblem(text)).toMatchObject({ code: 'missing', place: { line: 10, column: 9 } });
  });

  test('a removed profile is gone, and nothing of it is said', () => {
    const text = file(
      { ...accounts, profiles: { ...profiles, gpu: { displayName: 3 } } },
      { one: { target: 'local', profiles: { gpu: null } } },
    );
    expect(codes(text)).toEqual([]);
  });
});

describe('YAML 1.2', () => {
  test.each(['off', 'false'])('https: %s turns it off', (off) => {
    const { environments } = load(
      local().replace('"target"', `"longhorn": ${off === 'off' ? '"off"' : off}, "target"`),
    );
    expect(environments.get('one')?.longhorn).toBe(off === 'off' ? 'off' : false);
  });

  test('keys that Object has are unknown like others', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(codes(local({ [key]: { a: 1 } })), key).toEqual(['unknown-key']);
      expect(codes(local({ profiles: { standard: { displayName: 'A', [key]: 1 } } })), key).toEqual([
        'unknown-key',
      ]);
    }
  });

  test('a profile named like a part of Object is refused by its name, not by a crash', () => {
    expect(codes(local({ profiles: { constructor: { displayName: 'A' } } }))).toEqual([]);
  });
});
