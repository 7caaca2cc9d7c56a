import { describe, expect, test } from 'vitest';
import type { ClusterObserved, Revision } from '../../../../src/plan/kubernetes/observed.ts';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import { planReturn, withWaysBack } from '../../../../src/plan/kubernetes/ways-back.ts';
import type { System } from '../../../../src/platform/kubernetes/system.ts';
import { empty, hubSystem, released, running, training } from './observed.ts';

const environment = training();
const hub = hubSystem({ changed: true });
const longhorn: System = {
  ...hubSystem({ changed: true }),
  id: 'longhorn',
  title: 'Longhorn',
  scope: 'cluster',
  release: { name: 'longhorn', namespace: 'longhorn-system', chart: 'longhorn', values: { changed: true } },
};

function chart(version: string, appVersion: string): Partial<Revision> {
  return { chart: { name: 'jupyterhub', version, appVersion } };
}

function ways(history: readonly Revision[], jupyterHub: string | undefined = '5.5.0') {
  const observed = history[0] === undefined ? empty : running(released(history[0]));
  const plan = planDeploy({ environment, systems: [hub], observed, rendered: {} });
  const histories = { 'jupyterhub/jupyterhub': history };
  return withWaysBack(plan, { systems: [hub], observed, histories, jupyterHub });
}

describe('the plan of a deploy that goes back where it fails', () => {
  test('knows the revision that each release has', () => {
    const { newest } = released(chart('4.4.0', '5.5.0'));
    const { waysBack, notes, steps } = ways([newest]);
    expect(waysBack).toEqual([
      { title: 'JupyterHub', name: 'jupyterhub', namespace: 'jupyterhub', newest: 3, to: 3 },
    ]);
    expect(notes.map(({ text }) => text)).toContain('where this fails, JupyterHub goes back to revision 3');
    expect(steps.map(({ id }) => id)).not.toContain('save');
  });

  test('goes past a revision that failed', () => {
    const { newest } = released({ number: 3, status: 'failed' });
    const good = released({ number: 2, status: 'deployed' }).newest;
    expect(ways([newest, good]).waysBack).toMatchObject([{ newest: 3, to: 2 }]);
  });

  test('says where there is no way back, and saves the database first', () => {
    const { newest } = released(chart('4.2.0', '5.3.0'));
    const { waysBack, notes, steps } = ways([newest]);
    expect(waysBack).toEqual([]);
    expect(notes.at(-1)).toMatchObject({ severity: 'warning' });
    expect(notes.at(-1)?.text).toMatch(
      /JupyterHub is left as it is then: .*5\.3 of chart 4\.2\.0 refuses it/,
    );
    expect(steps[0]).toMatchObject({ id: 'save', incidental: true });
    expect(steps.find(({ id }) => id === 'jupyterhub:release')?.needs).toContain('save');
  });

  test('leaves a first install', () => {
    const { waysBack, notes, steps } = ways([]);
    expect(waysBack).toEqual([]);
    expect(steps.map(({ id }) => id)).not.toContain('save');
    expect(notes.at(-1)?.text).toContain('installed for the first time');
  });

  test('never takes Longhorn back', () => {
    const { newest } = released();
    const observed = running(released(), { releases: { 'longhorn-system/longhorn': released() } });
    const plan = planDeploy({ environment, systems: [longhorn], observed, rendered: {} });
    const histories = { 'longhorn-system/longhorn': [newest] };
    const { waysBack, notes, steps } = withWaysBack(plan, {
      systems: [longhorn],
      observed,
      histories,
      jupyterHub: undefined,
    });
    expect(waysBack).toEqual([]);
    expect(notes.at(-1)?.text).toContain('Longhorn never goes back');
    expect(steps.map(({ id }) => id)).not.toContain('save');
  });
});

describe('after a deploy that failed', () => {
  const failed = {
    ...ways([released(chart('4.4.0', '5.5.0')).newest]),
    waysBack: ['one', 'two', 'three'].map((name) => ({
      title: name,
      name,
      namespace: 'n',
      newest: 3,
      to: 3,
    })),
  };

  const after = (releases: ClusterObserved['releases']) =>
    planReturn({
      plan: failed,
      environment,
      observed: { ...empty, releases },
      histories: {},
      saved: undefined,
    });
  const at = (number: number, deployedAt: string, lockedIn = 'jupyterhub') =>
    released({ number, deployedAt }, { lockedIn });

  test('what it changed goes back, the last first', () => {
    const { steps } = after({
      'n/one': at(4, '2026-11-23T10:00:00.000Z'),
      'n/two': at(3, '2026-11-23T09:00:00.000Z'),
      'n/three': at(4, '2026-11-23T11:00:00.000Z'),
    });
    expect(steps.map(({ title, needs }) => [title, needs])).toEqual([
      ['three: back to revision 3', []],
      ['one: back to revision 3', ['return:n/three']],
    ]);
  });

  test('what somebody else has changed meanwhile is left to them', () => {
    const { steps } = after({
      'n/one': released({ number: 4, status: 'pending-upgrade' }),
      'n/two': at(4, '2026-11-23T09:00:00.000Z', 'another'),
    });
    expect(steps).toEqual([]);
  });

  describe('over an upgrade of the database', () => {
    const plan = ways([released(chart('4.2.0', '5.3.0')).newest]);
    const offered = (number: number, saved: string | undefined) => {
      const observed = running(released({ number }, { lockedIn: 'jupyterhub' }));
      return planReturn({ plan, environment, observed, histories: {}, saved });
    };

    test('the way back with the database that was saved is offered, and not gone', () => {
      const { steps, offer } = offered(4, '/data of mine/saved');
      expect(steps).toEqual([]);
      expect(offer).toContain(
        "`hubwright rollback training --to 3 --restore-database '/data of mine/saved'`",
      );
    });

    test('nothing is offered where nothing was changed, or no database was saved', () => {
      expect(offered(3, '/saved').offer).toBeUndefined();
      expect(offered(4, undefined).offer).toBeUndefined();
    });
  });
});
