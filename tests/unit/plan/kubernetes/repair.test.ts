import { describe, expect, test } from 'vitest';
import type { ClusterObserved, ObservedRelease, Revision } from '../../../../src/plan/kubernetes/observed.ts';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import { hookSeconds } from '../../../../src/ports.ts';
import { hubSystem, released, running, training } from './observed.ts';

const environment = training();
const ours = { lockedIn: 'jupyterhub' };

interface Left {
  readonly revision: Partial<Revision>;
  readonly rest?: Partial<ObservedRelease>;
  readonly observed?: Partial<ClusterObserved>;
  readonly repair?: boolean;
}

function planned({ revision, rest = {}, observed = {}, repair = false }: Left) {
  return planDeploy({
    environment,
    systems: [hubSystem()],
    observed: running(released(revision, rest), observed),
    rendered: {},
    repair,
  });
}

function cutOff(...open: string[]): Partial<ClusterObserved> {
  const interrupted = { command: 'hubwright deploy training', host: 'laptop', begun: '', step: '', open };
  return { interrupted };
}

describe('a release that a Helm left in the middle', () => {
  test('goes back to the last good revision before it is upgraded', () => {
    const { steps } = planned({ revision: { status: 'pending-upgrade' }, rest: { ...ours, lastGood: 2 } });
    expect(steps.map(({ id, title, mends }) => [id, title, mends])).toEqual([
      ['repair:jupyterhub/jupyterhub', 'JupyterHub: back to revision 2', true],
      ['jupyterhub:release', 'JupyterHub: release jupyterhub', undefined],
    ]);
    expect(steps[0]?.reason).toBe('revision 3 was left pending-upgrade 10 min ago');
  });

  test('is marked as failed when no revision was ever good: uninstalling would delete the database', () => {
    const revision = { status: 'pending-install', number: 1 } as const;
    const { steps } = planned({ revision, rest: { ...ours, lastGood: undefined } });
    expect(steps[0]).toMatchObject({
      title: 'JupyterHub: mark revision 1 as failed',
      action: { to: undefined },
    });
  });
});

describe('is repaired', () => {
  test.each([
    ['pending-install', ours, {}],
    ['pending-upgrade', ours, {}],
    ['pending-rollback', {}, cutOff('repair:jupyterhub/jupyterhub')],
    ['pending-rollback', {}, cutOff('return:jupyterhub/jupyterhub')],
    ['pending-rollback', {}, cutOff('jupyterhub:rollback')],
    ['uninstalling', {}, cutOff('jupyterhub:uninstall')],
  ] as const)('where it is %s by our own hand', (status, rest, observed) => {
    const { refusal, notes } = planned({ revision: { status }, rest, observed });
    expect(refusal).toBeUndefined();
    expect(notes.map(({ text }) => text)).toContain(
      'revision 3 of release jupyterhub is of a run of Hubwright that was cut off',
    );
  });

  test('where it is older than any hook may take', () => {
    const revision = { status: 'pending-upgrade', ageSeconds: hookSeconds + 1 } as const;
    const { refusal, notes } = planned({ revision });
    expect(refusal).toBeUndefined();
    expect(notes.map(({ text }) => text)).toContainEqual(
      expect.stringContaining("is of somebody else's Helm, which was cut off"),
    );
  });

  test('where it is asked for', () => {
    const { refusal, steps } = planned({ revision: { status: 'pending-upgrade' }, repair: true });
    expect(refusal).toBeUndefined();
    expect(steps[0]?.id).toBe('repair:jupyterhub/jupyterhub');
  });
});

describe('is shown, and refused', () => {
  test.each([
    ['of a Helm without a mark of ours', 'pending-upgrade', {}, {}],
    ['of a deploy under another lock', 'pending-upgrade', { lockedIn: 'another' }, {}],
    ['of a rollback that our journal does not know', 'pending-rollback', ours, cutOff('jupyterhub:release')],
    ['of a removal that our journal does not know', 'uninstalling', ours, {}],
  ] as const)('%s', (_, status, rest, observed) => {
    const { refusal, steps, notes } = planned({ revision: { status }, rest, observed });
    expect(steps[0]?.id).toBe('repair:jupyterhub/jupyterhub');
    expect(refusal?.what).toContain(`its revision 3 has been ${status} for 10 min. Nothing was changed.`);
    expect(refusal?.fix).toContain('In 15 min it counts as dead');
    expect(refusal?.fix).toContain('`hubwright deploy training --repair`');
    expect(notes.map(({ text }) => text)).toContainEqual(expect.stringContaining('may still be at work'));
  });
});
