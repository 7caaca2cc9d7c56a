import { describe, expect, test } from 'vitest';
import type { ClusterObserved, ObservedRelease } from '../../../../src/plan/kubernetes/observed.ts';
import { versionAdvice, versionNotes } from '../../../../src/plan/kubernetes/version-advice.ts';
import { released, running } from './observed.ts';

type Versions = Parameters<typeof versionAdvice>[0];

const longhornAt = (version: string, rest: Partial<ObservedRelease> = {}): ObservedRelease =>
  released({ chart: { name: 'longhorn', version } }, rest);

const hubAt = (version: string, rest: Partial<ObservedRelease> = {}): ObservedRelease =>
  released({ chart: { name: 'jupyterhub', version } }, rest);

function said(versions: Partial<Versions>): string[] {
  return versionAdvice({
    chart: 'longhorn',
    release: 'longhorn',
    live: undefined,
    wanted: '1.11.2',
    helm: { version: '3.22.0' },
    kubernetesVersion: 'v1.36.3',
    changes: true,
    ...versions,
  }).map(({ severity, what }) => `${severity}: ${what}`);
}

describe('Longhorn goes up one minor version at a time', () => {
  const steps: [from: string, to: string, expected: string[]][] = [
    ['1.11.1', '1.11.2', []],
    ['1.11.2', '1.11.2', []],
    ['1.10.2', '1.11.2', ['warning: Longhorn goes from 1.10.2 to 1.11.2, and a roll-back leaves it there.']],
    [
      '1.9.0',
      '1.11.2',
      [
        'refusal: Longhorn 1.9.0 is installed, and it goes up one minor version at a time: not to 1.11.2 at once.',
      ],
    ],
    ['1.11.2', '1.10.2', ['refusal: Longhorn 1.11.2 is installed, and it cannot go down to 1.10.2.']],
    ['1.11.2', '1.11.1', ['refusal: Longhorn 1.11.2 is installed, and it cannot go down to 1.11.1.']],
    [
      '1.9.2',
      '1.10.1',
      [
        'warning: Longhorn goes from 1.9.2 to 1.10.1, and a roll-back leaves it there.',
        'warning: Longhorn 1.10 no longer reads objects that are stored as v1beta1, as very old releases left them; 1.9.2 still does.',
      ],
    ],
  ];

  test.each(steps)('%s → %s', (from, to, expected) => {
    expect(said({ live: longhornAt(from), wanted: to })).toEqual(expected);
  });

  test('the fix of a skipped version names the step between, and how to stay', () => {
    const [advice] = versionAdvice({
      chart: 'longhorn',
      release: 'longhorn',
      live: longhornAt('1.9.0'),
      wanted: '1.11.2',
      helm: undefined,
      kubernetesVersion: 'v1.36.3',
      changes: true,
    });
    expect(advice?.fix).toContain('version: 1.10.2');
    expect(advice?.fix).toContain('to leave Longhorn as it is: 1.9.0');
    expect(advice?.source).not.toBe('');
  });

  test('where there is none yet, any version will do', () => {
    expect(said({ wanted: '1.11.2' })).toEqual([]);
  });
});

describe('Longhorn and the version of Kubernetes, which its chart does not say', () => {
  test.each(['1.11.3', '1.12.1', '1.13.0'])('%s needs 1.34', (wanted) => {
    expect(said({ wanted, kubernetesVersion: 'v1.33.9+build' })).toEqual([
      `refusal: Longhorn ${wanted} needs Kubernetes 1.34, and the cluster has v1.33.9+build.`,
    ]);
    expect(said({ wanted, kubernetesVersion: 'v1.34.0' })).toEqual([]);
  });

  test.each(['1.10.2', '1.11.2', '1.12.0'])('%s does not', (wanted) => {
    expect(said({ wanted, kubernetesVersion: 'v1.28.0' })).toEqual([]);
  });
});

describe('the hub', () => {
  const hub = { chart: 'jupyterhub', release: 'jupyterhub', wanted: '4.4.0' } as const;

  test('4.2.0 → 4.4.0 is nothing to warn of', () => {
    expect(said({ ...hub, live: hubAt('4.2.0') })).toEqual([]);
  });

  test('an older one may refuse the database', () => {
    expect(said({ ...hub, live: hubAt('5.0.0') })).toEqual([
      "warning: The hub's chart goes down from 5.0.0 to 4.4.0: an older hub refuses a database that a newer one has upgraded.",
    ]);
  });

  test('a version with a known fault is told with its source', () => {
    const [advice] = versionAdvice({
      ...hub,
      wanted: '4.2.0',
      live: undefined,
      helm: undefined,
      kubernetesVersion: 'v1.36.3',
      changes: true,
    });
    expect(advice).toMatchObject({ severity: 'warning', fix: 'Write `version: 4.4.0`.' });
    expect(advice?.what).toContain('leaks sockets');
    expect(advice?.source).toContain('changelog');
  });
});

describe('one major version of Helm for one release', () => {
  const hub = { chart: 'jupyterhub', release: 'jupyterhub', wanted: '4.4.0' } as const;
  const cases: [live: Partial<ObservedRelease>, helm: string | undefined, expected: RegExp[]][] = [
    [{ applyMethod: 'csa', helmMajor: 3 }, '3.22.0', []],
    [{ applyMethod: 'csa', helmMajor: 3 }, undefined, []],
    [{ applyMethod: 'ssa', helmMajor: 4 }, undefined, [/^refusal: .*the Helm 3 that would be downloaded/]],
    [
      { applyMethod: 'csa', helmMajor: 3 },
      '4.3.1',
      [/^warning: .*last changed with Helm 3, and this is Helm 4\.3\.1/],
    ],
    [{ applyMethod: 'csa', helmMajor: 4 }, '3.22', [/^warning: .*last changed with Helm 4/]],
    [{ applyMethod: 'ssa', helmMajor: 4 }, '4.3.1', []],
    [{ applyMethod: 'ssa', helmMajor: 4 }, '3.22.0', [/^refusal: .*made with Helm 4/]],
  ];

  test.each(cases)('%o with Helm %s', (live, version, expected) => {
    const found = said({
      ...hub,
      live: hubAt('4.4.0', live),
      helm: version === undefined ? undefined : { version },
    });
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(found[index]).toMatch(pattern));
  });

  test('where Helm has nothing to do, it does not matter', () => {
    const live = hubAt('4.4.0', { applyMethod: 'ssa', helmMajor: 4 });
    expect(said({ ...hub, live, changes: false })).toEqual([]);
  });
});

describe('in a plan', () => {
  const release = { name: 'longhorn', namespace: 'longhorn-system', chart: 'longhorn', values: {} } as const;
  const observed = (live: string, wanted: string): ClusterObserved =>
    running(released(), {
      releases: { 'longhorn-system/longhorn': longhornAt(live) },
      charts: { longhorn: { version: wanted, digest: 'a' } },
    });

  test('a warning is a note, with its source', () => {
    const { notes, refusal } = versionNotes([{ release, changes: true }], observed('1.10.2', '1.11.2'));
    expect(refusal).toBeUndefined();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatchObject({ severity: 'warning' });
    expect(notes[0]?.text).toMatch(/a roll-back leaves it there\..*\(longhorn\.io/);
  });

  test('a refusal is the plan’s, with its source, and its file has to change', () => {
    const { notes, refusal } = versionNotes([{ release, changes: true }], observed('1.9.0', '1.11.2'));
    expect(notes).toEqual([]);
    expect(refusal).toMatchObject({
      what: expect.stringContaining('not to 1.11.2 at once') as string,
      where: 'release longhorn, namespace longhorn-system',
      details: expect.stringContaining('Source: longhorn.io') as string,
      exitCode: 2,
    });
  });

  test('a second refusal is a warning beside the first', () => {
    const old = {
      ...observed('1.9.0', '1.11.3'),
      kubernetesVersion: 'v1.33.9',
    };
    const { notes, refusal } = versionNotes([{ release, changes: true }], old);
    expect(refusal?.what).toContain('not to 1.11.3 at once');
    expect(notes).toMatchObject([
      { severity: 'warning', text: expect.stringContaining('needs Kubernetes 1.34') as string },
    ]);
  });
});
