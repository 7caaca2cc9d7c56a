import { describe, expect, test } from 'vitest';
import type { LocalObserved } from '../../../src/plan/local/observed.ts';
import { planAccounts } from '../../../src/plan/local/plan-up.ts';
import { compileLocal } from '../../../src/platform/local/compile.ts';
import { course, localEnvironment } from '../environment.ts';
import { after, empty, planFor, stepIds, working } from './observed.ts';

const installed: LocalObserved = {
  ...empty,
  pythonSets: { hub: { python: '/data/python/hub', installed: true } },
};
const deployed = after(planFor(course, installed), installed);
/** After `down --keep-servers`. */
const kept: LocalObserved = {
  ...deployed,
  hub: { state: 'stopped' },
  hubUsers: undefined,
  servers: [working('trainee-1', 'standard', deployed), working('trainee-2', 'large', deployed)],
};
const fewer = course.replace('count: 2', 'count: 1');

function accountsPlan(yaml: string, observed: LocalObserved) {
  const environment = localEnvironment(yaml);
  return planAccounts(environment, compileLocal(environment), observed);
}

describe('while no hub runs and servers were left running', () => {
  test('the server of somebody who has to go is stopped, once the list is written', () => {
    expect(accountsPlan(fewer, kept).steps).toMatchObject([
      { id: 'accounts' },
      {
        id: 'remove-people:servers',
        title: 'Stop the server of trainee-2',
        needs: ['accounts'],
        action: { kind: 'stopServersOf', names: ['trainee-2'] },
      },
    ]);
  });

  test('also when a run that was killed has already written the list', () => {
    const written = { ...kept, accounts: kept.accounts?.filter(({ name }) => name !== 'trainee-2') };
    expect(stepIds(accountsPlan(fewer, written))).toEqual(['remove-people:servers']);
  });

  test('nobody’s server is stopped when nobody has to go', () => {
    expect(accountsPlan(course.replace('count: 2', 'count: 3'), kept).steps).toMatchObject([
      { id: 'accounts' },
    ]);
  });

  test('an `up` names whose server stops, and takes them off the hub it starts', () => {
    const written = { ...kept, accounts: kept.accounts?.filter(({ name }) => name !== 'trainee-2') };
    for (const observed of [kept, written]) {
      const plan = planFor(fewer, observed);
      expect(plan.impacts[0]?.text).toContain('Running servers that stop: trainee-2.');
      expect(plan.steps.at(-1)).toMatchObject({
        needs: expect.arrayContaining(['hub']),
        action: { kind: 'removePeople', names: ['trainee-2'] },
      });
    }
  });

  test('with OIDC nobody is taken off for not being listed', () => {
    const oidc =
      '{ oidc: { preset: iris-iam, clientId: x, clientSecret: { fromEnv: X }, allowedGroups: [a] } }';
    const grouped = course.replace(/^auth: .*$/m, `auth: ${oidc}`);
    const observed = { ...kept, accounts: undefined };
    expect(planFor(grouped, observed).impacts.map(({ kind }) => kind)).not.toContain('accessEnds');
  });
});

describe('while the hub runs', () => {
  const demoted = course.replace('admins: [alex], ', 'extra: [admin-alex], ');
  const killed = after(
    { ...planFor(demoted, deployed), steps: planFor(demoted, deployed).steps.slice(0, 1) },
    deployed,
  );

  test('a list that a run wrote and did not tell the hub about is told by the next: a right ends there', () => {
    expect(killed.accounts).toContainEqual({ name: 'admin-alex', admin: false, temporary: false });
    expect(accountsPlan(demoted, killed).steps).toMatchObject([
      { id: 'accounts:sync', reason: 'it does not follow the list of people yet' },
    ]);
    expect(stepIds(planFor(demoted, killed))).toEqual(['accounts:sync']);
    expect(stepIds(planFor(demoted, after(planFor(demoted, killed), killed)))).toEqual([]);
  });

  test('somebody whom an admin has deleted or given rights on the hub’s own page is as the file says again', () => {
    const others = deployed.hubUsers?.filter(({ name }) => name !== 'trainee-1') ?? [];
    for (const one of [[], [{ name: 'trainee-1', admin: true }]])
      expect(stepIds(planFor(course, { ...deployed, hubUsers: [...others, ...one] }))).toEqual([
        'accounts:sync',
      ]);
  });

  test('one that does not answer is told nothing', () => {
    expect(accountsPlan(course, { ...deployed, hubUsers: undefined }).steps).toEqual([]);
  });
});
