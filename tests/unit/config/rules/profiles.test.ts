import { describe, expect, test } from 'vitest';
import { cluster, clusterProfile, codes, local, onlyProblem } from '../support.ts';

const profile = (fields: Readonly<Record<string, unknown>>) =>
  local({ profiles: { standard: { displayName: 'Python', ...fields } } });
const onCluster = (fields: Readonly<Record<string, unknown>>) =>
  cluster({ profiles: { standard: clusterProfile(fields) } });
const two = (one: object, other: object) =>
  local({ profiles: { one: { displayName: 'One', ...one }, two: { displayName: 'Two', ...other } } });

test('nothing is wrong with the environments that these tests start from', () => {
  expect(codes(local())).toEqual([]);
  expect(codes(cluster())).toEqual([]);
});

describe('oneDefaultProfile', () => {
  test('one default is right', () => expect(codes(two({ default: true }, {}))).toEqual([]));
  test('a single profile needs no default', () => expect(codes(profile({}))).toEqual([]));
  test('two defaults are an error at the second', () => {
    expect(onlyProblem(two({ default: true }, { default: true }))).toMatchObject({
      code: 'two-default-profiles',
      path: ['environments', 'one', 'profiles', 'two', 'default'],
    });
  });
  test('none is a warning that names the one that would win', () => {
    const { severity, message } = onlyProblem(two({}, {}));
    expect(severity).toBe('warning');
    expect(message).toContain('`one`');
  });
  test('none is not said where one profile is wrong, because that one may be the default', () => {
    expect(codes(two({}, { default: 'yes' }))).toEqual(['type']);
  });
  test('two are said although a third profile is wrong', () => {
    const profiles = {
      a: { displayName: 'A', default: true },
      b: { displayName: 'B', default: true },
      c: { displayName: 3 },
    };
    expect(codes(local({ profiles }))).toEqual(['two-default-profiles', 'type']);
  });
});

describe('someProfile', () => {
  test('none at all is an error', () => expect(codes(local({ profiles: {} }))).toEqual(['no-profile']));
});

describe('distinctDisplayNames', () => {
  test('the same name twice is a warning', () =>
    expect(codes(two({ default: true }, { displayName: 'One' }))).toEqual(['same-display-name']));
});

describe('imageOnKubernetes', () => {
  test('a profile without an image is an error on a cluster', () =>
    expect(codes(onCluster({ image: undefined }))).toEqual(['no-image']));
  test('and right on this machine', () => expect(codes(profile({}))).toEqual([]));
});

describe('imageIsPinned', () => {
  test.each([
    'quay.io/a/b:1',
    'b:1',
    'registry:5000/a:2026-10-01',
    'a/b@sha256:'.concat('0'.repeat(64)),
    'a/b:1@sha256:'.concat('0'.repeat(64)),
  ])('%s is right', (image) => {
    expect(codes(profile({ image }))).toEqual([]);
  });
  test.each(['quay.io/a/b', 'b', 'registry:5000/a'])('%s has no tag', (image) => {
    expect(codes(profile({ image }))).toEqual(['image-without-tag']);
  });
  test(':latest is a warning', () =>
    expect(onlyProblem(profile({ image: 'a/b:latest' }))).toMatchObject({
      code: 'image-latest',
      severity: 'warning',
    }));
});

describe('imageIsReference', () => {
  test.each(['https://quay.io/a/b:1', 'Quay.io/A/b:1', 'a b:1', 'a/b:', 'a/b:1@sha256:abc'])(
    '%s is no image',
    (image) => {
      expect(codes(profile({ image }))).toEqual(['image-format']);
    },
  );
});

describe('guarantee within limit', () => {
  test('equal is right', () =>
    expect(
      codes(profile({ memory: { guarantee: '1.8G', limit: '1.8G' }, cpu: { guarantee: 2, limit: 2 } })),
    ).toEqual([]));
  test('units are compared by what they mean', () => {
    expect(codes(profile({ memory: { guarantee: '1024M', limit: '1G' } }))).toEqual([]);
    expect(codes(profile({ memory: { guarantee: '1025M', limit: '1G' } }))).toEqual([
      'guarantee-above-limit',
    ]);
  });
  test('cpu too', () =>
    expect(codes(profile({ cpu: { guarantee: 2, limit: 1 } }))).toEqual(['guarantee-above-limit']));
  test('one alone cannot be above the other', () =>
    expect(codes(profile({ memory: { guarantee: '2G' }, cpu: { guarantee: 4 } }))).toEqual([]));
});

describe('memory', () => {
  test('a limit is asked for on a cluster', () =>
    expect(codes(onCluster({ memory: { guarantee: '2G' } }))).toEqual(['no-memory-limit']));
  test.each([2, '2', '2048K', '32M'])('a limit of %s is an error', (limit) =>
    expect(codes(profile({ memory: { limit } }))).toEqual(['tiny-memory']),
  );
  test('a small guarantee is right', () =>
    expect(codes(profile({ memory: { guarantee: '10M', limit: '1G' } }))).toEqual([]));
  test('more than machines have is a warning', () =>
    expect(codes(profile({ memory: { limit: '9000G' } }))).toEqual(['huge-memory']));
});

describe('cpu', () => {
  test('more cores than machines have are a warning', () =>
    expect(codes(profile({ cpu: { limit: 500 } }))).toEqual(['huge-cpu']));
});

describe('GPUs', () => {
  const toleration = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };
  test('count and toleration are right', () =>
    expect(codes(onCluster({ gpus: { count: 1, toleration } }))).toEqual([]));
  test('a profile that speaks of GPUs and asks for none is a warning', () => {
    expect(codes(onCluster({ displayName: 'GPU' }))).toEqual(['gpu-without-count']);
    expect(codes(onCluster({ image: 'a/pytorch:cuda12-1' }))).toEqual(['gpu-without-count']);
    expect(codes(onCluster({ displayName: 'Gpurov' }))).toEqual([]);
  });
  test('no toleration is a warning on a cluster', () =>
    expect(codes(onCluster({ gpus: { count: 1 } }))).toEqual(['gpu-without-toleration']));
  test('Equal without a value is a warning', () => {
    expect(codes(onCluster({ gpus: { count: 1, toleration: { key: 'a', operator: 'Equal' } } }))).toEqual([
      'toleration-value',
    ]);
    expect(
      codes(onCluster({ gpus: { count: 1, toleration: { key: 'a', operator: 'Equal', value: 'b' } } })),
    ).toEqual([]);
  });
  test('Exists with a value is an error', () => {
    expect(
      onlyProblem(onCluster({ gpus: { count: 1, toleration: { ...toleration, value: 'b' } } })),
    ).toMatchObject({ code: 'toleration-value', severity: 'error' });
  });
  test('a GPU for the default profile of this machine is a warning', () => {
    expect(codes(profile({ default: true, gpus: { count: 1, toleration } }))).toEqual(['local-gpu-default']);
  });
});

describe('commands', () => {
  test('git clone is right', () =>
    expect(codes(profile({ commands: ['git clone https://example.org/course.git'] }))).toEqual([]));
  test.each(['sudo ls', 'cd x && apt-get install y'])('%s needs root', (command) =>
    expect(codes(profile({ commands: [command] }))).toEqual(['command-needs-root']),
  );
  test('a word that only contains apt is right', () =>
    expect(codes(profile({ commands: ['python adapt.py'] }))).toEqual([]));
  test('typographic quotes are a warning', () =>
    expect(codes(profile({ commands: ['echo ‘x’'] }))).toEqual(['command-odd-character']));
  test.each([
    'git clone https://user:hunter2@example.org/x',
    'git clone https://ghp_aaaaaaaaaaaaaaaaaaaaaaaa@github.com/x',
  ])('a password in an address is an error that does not repeat it', (command) => {
    const problem = onlyProblem(profile({ commands: [command] }));
    expect(problem).toMatchObject({ code: 'secret-in-command', masked: true });
    expect(JSON.stringify({ ...problem, place: undefined })).not.toMatch(/hunter2|ghp_/);
  });
  test('an account name in an address is right', () =>
    expect(codes(profile({ commands: ['git clone https://git@example.org/x'] }))).toEqual([]));
  test('a variable that looks like a secret is a warning', () => {
    expect(onlyProblem(profile({ environment: { API_TOKEN: 'hunter2hunter2' } }))).toMatchObject({
      code: 'secret-in-variable',
      masked: true,
    });
    expect(codes(profile({ environment: { TOKENIZERS_PARALLELISM: 'true' } }))).toEqual([]);
  });
});
