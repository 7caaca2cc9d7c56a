import { describe, expect, test } from 'vitest';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import { movedSince, readSavedPlan, refuseMoved, savedPlan } from '../../../src/plan/saved-plan.ts';

const step: Step = {
  id: 'jupyterhub:release',
  title: 'JupyterHub: release hub',
  reason: '1 value changes',
  needs: ['namespace:hub', 'secrets'],
  action: { kind: 'upgradeRelease', values: { limit: '3G' } },
};

function plan(rest: Partial<Plan> = {}): Plan {
  return {
    environment: 'training',
    steps: [step],
    changes: [
      {
        title: 'JupyterHub',
        values: [{ path: 'singleuser.limit', before: '"1G"', after: '"3G"' }],
        objects: [
          {
            object: 'Deployment hub',
            kind: 'changed',
            fields: [{ path: 'spec.replicas', before: undefined, after: '1' }],
          },
        ],
      },
    ],
    impacts: [],
    notes: [{ severity: 'info', text: 'context admin' }],
    basis: { facts: { context: 'admin' }, wanted: { JupyterHub: { release: 'hub' } } },
    ...rest,
  };
}

function moved(before: Plan, after: Plan): string[] {
  const file = readSavedPlan(JSON.stringify(savedPlan(before, '0.1.0')));
  return file === undefined ? ['no plan'] : movedSince(file, savedPlan(after, '0.1.0'));
}

describe('a plan in a file', () => {
  test('holds what was shown, and of actions and wishes a fingerprint alone', () => {
    const saved = savedPlan(plan(), '0.1.0');
    expect(saved.steps[0]?.action).toMatch(/^[0-9a-f]{16}$/);
    expect(saved.basis.wanted['JupyterHub']).toMatch(/^[0-9a-f]{16}$/);
    expect(saved.changes[0]?.values[0]?.path).toBe('singleuser.limit');
    expect(JSON.stringify(saved)).not.toContain('upgradeRelease');
  });

  test.each(['', '{}', '[1]', '{"hubwrightPlan":2}', 'name: course'])('is not what reads %j', (text) => {
    expect(readSavedPlan(text)).toBeUndefined();
  });
});

describe('what has moved since', () => {
  test('is nothing where all is the same, told in other words or not', () => {
    const later = plan({ steps: [{ ...step, reason: 'told in other words' }], notes: [] });
    expect(moved(plan(), later)).toEqual([]);
  });

  test('is nothing where an incidental step comes or goes', () => {
    const namespace: Step = { ...step, id: 'namespace:hub', title: 'Namespace hub', incidental: true };
    expect(moved(plan({ steps: [namespace, step] }), plan())).toEqual([]);
  });

  test('is named: cluster, file, value, object, step', () => {
    const later = plan({
      steps: [
        { ...step, action: { kind: 'upgradeRelease', values: { limit: '4G' } } },
        { ...step, id: 'prune', title: 'Delete Secret old', reason: 'not asked for', needs: [] },
      ],
      changes: [
        {
          title: 'JupyterHub',
          values: [{ path: 'singleuser.limit', before: '"1G"', after: '"4G"' }],
          objects: [{ object: 'Service hub', kind: 'restored', fields: [] }],
        },
      ],
      basis: { facts: { context: 'other' }, wanted: { JupyterHub: { release: 'other' } } },
    });
    expect(moved(plan(), later)).toEqual([
      'context: admin in the plan, other now',
      'JupyterHub: the file asks for something else',
      'JupyterHub, singleuser.limit: "1G" → "3G" in the plan, "1G" → "4G" now',
      'JupyterHub, Deployment hub: changed in the plan, not any more',
      'JupyterHub, Deployment hub, spec.replicas: (nothing) → 1 in the plan, not any more',
      'JupyterHub, Service hub: restored; the plan has nothing of it',
      'step “Delete Secret old”: needed now (not asked for)',
      'step “JupyterHub: release hub”: does something else now',
    ]);
  });

  test('is another Hubwright', () => {
    expect(movedSince(savedPlan(plan(), '0.1.0'), savedPlan(plan(), '0.2.0'))).toEqual([
      'Hubwright: 0.1.0 in the plan, 0.2.0 now',
    ]);
  });

  test('is what becomes worse for people, and not who has come or gone', () => {
    const keeps = { kind: 'untouched', people: ['a'], text: '1 server keeps running: a.' } as const;
    const cut = { kind: 'websocketsCut', people: ['a'], text: 'Open notebooks of a are cut.' } as const;
    expect(moved(plan(), plan({ impacts: [keeps] }))).toEqual([]);
    expect(moved(plan({ impacts: [cut] }), plan({ impacts: [{ ...cut, people: ['a', 'b'] }] }))).toEqual([]);
    expect(moved(plan(), plan({ impacts: [cut] }))).toEqual(['for people: Open notebooks of a are cut.']);
  });

  test('is refused, each thing in a line', () => {
    const refuse = () =>
      refuseMoved(savedPlan(plan(), '1'), savedPlan(plan({ steps: [] }), '1'), 'Make a new one.');
    expect(refuse).toThrow(
      expect.objectContaining({
        what: 'The plan does not hold any more: something is not as when it was made. Nothing was changed.',
        fix: 'Make a new one.',
        details: 'step “JupyterHub: release hub”: not needed any more',
        exitCode: 1,
      }),
    );
  });
});
