import { expect, test } from 'vitest';
import {
  changeHeld,
  destroyHeld,
  savingNotes,
} from '../../../../../src/plan/kubernetes/longhorn/under-way.ts';
import type { ClusterObserved } from '../../../../../src/plan/kubernetes/observed.ts';
import { hubSystem, released, running, training } from '../observed.ts';

/** What holds an environment whose file has `longhorn: off`. */
function held(observed: Partial<ClusterObserved>) {
  const looked = {
    environment: training('    longhorn: off'),
    systems: [hubSystem()],
    observed: running(released(), observed),
  };
  return {
    destroy: destroyHeld(looked)?.fix,
    change: changeHeld(looked)?.fix,
    notes: savingNotes(looked).map(({ text }) => text),
  };
}

test('`longhorn: off` written into the file in the middle of a reinstall hides it from nobody', () => {
  const own = (done: readonly string[]) =>
    held({ reinstall: { environment: 'training', namespace: 'jupyterhub', done } });
  const goesOn =
    '`hubwright longhorn training reinstall` goes on with it, once `longhorn: off` is out of its file';
  const going = { destroy: `${goesOn}.`, change: `${goesOn}.`, notes: [] };
  expect(own(['removing'])).toEqual(going);
  const saving = { destroy: `${goesOn}.`, change: undefined, notes: [expect.stringContaining(goesOn)] };
  expect(own([])).toEqual(saving);
});

test('that of another environment holds one without Longhorn only where volumes of its are at stake', () => {
  const reinstall = { environment: 'dev', namespace: 'course-dev', done: ['removing'] };
  expect(held({ reinstall })).toEqual({ destroy: undefined, change: undefined, notes: [] });
  const volume = {
    name: 'pvc-1',
    driver: 'driver.longhorn.io',
    claim: { namespace: 'jupyterhub', name: 'claim-ann' },
    claimDeleted: false,
    goesWithClaim: true,
    labels: {},
  };
  const goesOn = '`hubwright longhorn dev reinstall` goes on with it.';
  expect(held({ reinstall, volumes: [volume] })).toEqual({ destroy: goesOn, change: goesOn, notes: [] });
});
