import { describe, expect, test } from 'vitest';
import type { ClusterObserved, Revision } from '../../../../src/plan/kubernetes/observed.ts';
import { planRollback } from '../../../../src/plan/kubernetes/plan-rollback.ts';
import type { SavedDatabase } from '../../../../src/plan/kubernetes/plan-restore.ts';
import type { Values } from '../../../../src/config/values.ts';
import { deployment, hubSystem, released, running, training } from './observed.ts';

function revision(number: number, rest: Partial<Revision> = {}): Revision {
  return {
    ...released().newest,
    number,
    status: 'superseded',
    chart: { name: 'jupyterhub', version: '4.4.0', appVersion: '5.5.0' },
    description: 'hubwright deploy training',
    ...rest,
  };
}

const older = { name: 'jupyterhub', version: '4.2.0', appVersion: '5.3.0' };

interface Given {
  readonly history: readonly Revision[];
  readonly to?: number;
  readonly force?: boolean;
  readonly save?: boolean;
  readonly repair?: boolean;
  readonly saved?: SavedDatabase;
  readonly observed?: Partial<ClusterObserved>;
}

function plan({ history, to, force = false, save = true, repair = false, saved, observed = {} }: Given) {
  const [newest] = history;
  return planRollback({
    environment: training(),
    systems: [hubSystem()],
    observed: running(released(newest), observed),
    history,
    saved,
    intent: { kind: 'rollback', to, forceDatabase: force, save, repair },
  });
}

function values(limit: string): Values {
  return { singleuser: { memory: { limit } } };
}

describe('a rollback', () => {
  test('waits for a reinstall of Longhorn that has begun to delete, and is told of one that has not', () => {
    const history = [revision(2, { status: 'deployed' }), revision(1)];
    const during = (done: readonly string[]) =>
      plan({
        history,
        repair: true,
        observed: { reinstall: { environment: 'training', namespace: 'jupyterhub', done } },
      });
    const goesOn = '`hubwright longhorn training reinstall` goes on with it';
    expect(during(['removing']).refusal?.fix).toContain(goesOn);
    const saving = during([]);
    expect(saving.refusal).toBeUndefined();
    expect(saving.notes.some(({ text }) => text.includes(goesOn))).toBe(true);
  });

  test('goes to the last revision that was deployed before the current one, and shows what changes', () => {
    const history = [
      revision(4, { status: 'deployed', values: values('3G'), objects: [deployment('hub', 'hub:2')] }),
      revision(3, { status: 'failed' }),
      revision(2, { values: values('2G'), objects: [deployment('hub', 'hub:1')] }),
      revision(1, { values: values('1G') }),
    ];
    const { steps, changes, impacts, revisions } = plan({ history });
    expect(steps.map(({ action }) => action)).toEqual([
      { kind: 'rollbackRelease', name: 'jupyterhub', namespace: 'jupyterhub', to: 2 },
    ]);
    expect(changes?.[0]?.values).toEqual([
      { path: 'singleuser.memory.limit', before: '"3G"', after: '"2G"' },
    ]);
    expect(changes?.[0]?.objects.map(({ object, kind }) => [object, kind])).toEqual([
      ['Deployment hub', 'changed'],
    ]);
    expect(impacts.map(({ kind }) => kind)).toEqual(['loginAway']);
    expect(revisions?.map(({ number, is }) => [number, is])).toEqual([
      [4, 'current'],
      [2, 'chosen'],
      [1, 'other'],
    ]);
  });

  test('from a failed upgrade goes to the revision that still counts as deployed', () => {
    const history = [revision(3, { status: 'failed' }), revision(2, { status: 'deployed' }), revision(1)];
    expect(plan({ history }).steps[0]?.title).toBe('JupyterHub: back to revision 2');
  });

  test('that was killed inside Helm goes on to where it was going', () => {
    const history = [
      revision(4, { status: 'pending-rollback', description: 'Rollback to 1' }),
      revision(3, { status: 'deployed' }),
      revision(2),
      revision(1),
    ];
    expect(plan({ history }).steps[0]?.title).toBe('JupyterHub: back to revision 1');
  });

  test('that was killed after Helm goes neither forth nor back again, and waits', () => {
    const history = [
      revision(3, { status: 'deployed', description: 'Rollback to 1' }),
      revision(2),
      revision(1),
    ];
    const interrupted = {
      command: 'hubwright rollback training',
      host: 'here',
      begun: '',
      step: 'back',
      open: ['jupyterhub:rollback'],
    };
    expect(plan({ history, observed: { interrupted } }).steps).toMatchObject([
      { title: 'JupyterHub: see whether it is ready', action: { kind: 'waitReady' } },
    ]);
    expect(plan({ history, observed: { interrupted }, to: 2 }).steps[0]?.title).toContain('revision 2');
    expect(plan({ history }).steps[0]?.title).toContain('revision 2');
  });

  test('is refused while somebody else may be at work, unless they are said to be dead', () => {
    const history = [revision(2, { status: 'pending-upgrade' }), revision(1)];
    expect(plan({ history }).refusal?.fix).toContain('`hubwright rollback training --repair`');
    expect(plan({ history, repair: true }).refusal).toBeUndefined();
  });

  test.each([
    [3, 'Revision 3 is what is there now.'],
    [2, 'Revision 2 was never deployed (failed).'],
    [9, 'There is no revision 9.'],
  ])('to %i is refused: %s', (to, what) => {
    const history = [revision(3, { status: 'deployed' }), revision(2, { status: 'failed' }), revision(1)];
    expect(() => plan({ history, to })).toThrow(
      expect.objectContaining({ what, fix: 'Name one of: 1.', exitCode: 2 }),
    );
  });

  test('needs something to go back to', () => {
    expect(() => plan({ history: [revision(1, { status: 'deployed' })] })).toThrow(
      'no other was ever deployed',
    );
    expect(() => plan({ history: [] })).toThrow('training is not installed');
  });

  test.each([
    'Release "hub" failed: failed pre-install: timed out waiting for the condition',
    'Upgrade "hub" failed: context deadline exceeded',
    'Rollback "hub" failed: timed out',
  ])(
    'does not go to one that failed, which Helm calls superseded once a later one works: %s',
    (description) => {
      const failed = revision(1, { description });
      const history = [revision(2, { status: 'deployed' }), failed];
      expect(() => plan({ history })).toThrow('no other was ever deployed');
      const longer = [revision(3, { status: 'deployed' }), revision(2), failed];
      expect(() => plan({ history: longer, to: 1 })).toThrow('Revision 1 was never deployed (failed).');
      expect(plan({ history: longer }).revisions?.map(({ number }) => number)).toEqual([3, 2]);
    },
  );

  test('says what a revision of plain Helm lacks', () => {
    const { chartDigest: _, ...byHelm } = revision(1);
    const { notes } = plan({ history: [revision(2, { status: 'deployed' }), byHelm] });
    expect(notes.map(({ text }) => text).join()).toContain('revision 1 was not made by Hubwright');
  });
});

describe('over an upgrade of the database a rollback', () => {
  const history = [revision(2, { status: 'deployed' }), revision(1, { chart: older })];

  test('is refused, with the reason', () => {
    expect(() => plan({ history })).toThrow(
      expect.objectContaining({
        what: expect.stringContaining(
          "JupyterHub 5.5 has upgraded the hub's database, and the JupyterHub 5.3 of chart 4.2.0 refuses it.",
        ) as string,
        fix: expect.stringContaining('--to 1 --force-database') as string,
      }),
    );
  });

  test('that is forced saves the database first, and may be told not to', () => {
    const { steps, notes } = plan({ history, force: true });
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['save', []],
      ['jupyterhub:rollback', ['save']],
    ]);
    expect(notes.some(({ severity, text }) => severity === 'warning' && text.includes('may not start'))).toBe(
      true,
    );
    expect(plan({ history, force: true, save: false }).steps.map(({ id }) => id)).toEqual([
      'jupyterhub:rollback',
    ]);
  });

  test.each([
    ['the chart does not say which JupyterHub it has', { chart: { name: 'jupyterhub', version: '4.2.0' } }],
    ['the hub has another image there', { values: { hub: { image: { tag: 'own' } } } }],
  ])('is refused where %s', (_why, rest) => {
    expect(() => plan({ history: [revision(2, { status: 'deployed' }), revision(1, rest)] })).toThrow(
      /not safe/,
    );
  });

  test('to a newer hub is none, nor one of the same image of our own', () => {
    expect(
      plan({ history: [revision(2, { status: 'deployed', chart: older }), revision(1)] }).steps,
    ).toHaveLength(1);
    const own = { hub: { image: { tag: 'own' } } };
    const same = [
      revision(2, { status: 'deployed', values: own }),
      revision(1, { chart: older, values: own }),
    ];
    expect(plan({ history: same }).steps).toHaveLength(1);
  });
});

describe('a rollback with the database of that time', () => {
  const saved = { file: '/saved/jupyterhub.sqlite', savedAt: '2026-11-23T09:04:00.000Z' };
  const history = [revision(2, { status: 'deployed' }), revision(1, { chart: older })];

  test('is not refused, and the hub is down from the one to the other', () => {
    const { steps, notes } = plan({ history, saved });
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['save', []],
      ['jupyterhub:restore', ['save']],
      ['jupyterhub:rollback', ['jupyterhub:restore']],
      ['jupyterhub:start', ['jupyterhub:restore', 'jupyterhub:rollback']],
    ]);
    expect(steps[1]).toMatchObject({
      reason: 'as it was saved at 2026-11-23 09:04 UTC',
      action: { kind: 'restoreDatabase', file: '/saved/jupyterhub.sqlite' },
    });
    expect(notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('what changed since then is lost'),
    );
  });

  test('saves the one that is there, which a hub that does not run is no hindrance to', () => {
    expect(plan({ history, saved }).steps[0]?.action).toMatchObject({ kind: 'saveHub', needed: false });
    expect(plan({ history, saved, save: false }).steps[0]?.id).toBe('jupyterhub:restore');
  });

  test('leaves a hub where it is that was installed anew and has no revision to go back to', () => {
    const { steps } = plan({ history: [revision(1, { status: 'deployed' })], saved });
    expect(steps.map(({ id }) => id)).toEqual(['save', 'jupyterhub:restore', 'jupyterhub:start']);
  });

  test('names whose server the hub of then does not know', () => {
    const at = (user: string, started: string) => ({
      user,
      profile: undefined,
      fingerprint: undefined,
      started,
      lastActivity: undefined,
      ready: true,
    });
    const servers = [at('trainee-1', '2026-11-23T08:00:00Z'), at('trainee-2', '2026-11-23T10:00:00Z')];
    const { impacts } = plan({ history, saved, observed: { servers } });
    expect(impacts.map(({ kind, people }) => [kind, people])).toEqual([
      ['websocketsCut', ['trainee-2']],
      ['loginAway', []],
      ['untouched', ['trainee-1', 'trainee-2']],
    ]);
  });

  test('leaves the release where it is at that revision already', () => {
    expect(plan({ history, saved, to: 2 }).steps.map(({ id }) => id)).toEqual([
      'save',
      'jupyterhub:restore',
      'jupyterhub:start',
    ]);
    expect(() => plan({ history, to: 2 })).toThrow('Revision 2 is what is there now.');
  });
});
