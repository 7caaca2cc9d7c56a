import { expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { Event } from '../../../src/operate/events.ts';
import { orGoBack } from '../../../src/operate/or-go-back.ts';
import type { Target } from '../../../src/operate/target.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const clock = { now: () => new Date(0), sleep: async () => undefined };
const deployed: Plan = { environment: 'training', steps: [], impacts: [], notes: [] };
const back: Plan = {
  ...deployed,
  steps: [{ id: 'return', title: 'JupyterHub: back to revision 3', reason: '', needs: [], action: {} }],
};
const failure = new UserError({ what: 'The image is not there.', fix: 'Name another.' });

interface Course {
  readonly back?: Plan;
  readonly perform?: () => Promise<void>;
  readonly planned?: boolean;
  readonly fails?: boolean;
}

async function attempt({ back: plan = back, perform, planned = true, fails = true }: Course) {
  const done: string[] = [];
  const events: Event[] = [];
  const target = {
    plan: async () => plan,
    perform: async ({ title }: { title: string }) => {
      done.push(title);
      await perform?.();
    },
    finished: async () => void done.push('finished'),
  } as unknown as Target;
  const thrown: unknown = await orGoBack({
    target,
    clock,
    emit: (event) => events.push(event),
    work: async (onPlan) => {
      if (planned) onPlan(deployed);
      if (fails) throw failure;
    },
  }).catch((reason: unknown) => reason);
  return { thrown, done, notes: events.filter(({ type }) => type === 'note') };
}

test('what went well stays', async () => {
  expect(await attempt({ fails: false })).toMatchObject({ done: [] });
});

test('what failed goes back, and says so beside the reason', async () => {
  const { thrown, done, notes } = await attempt({});
  expect(done).toEqual(['JupyterHub: back to revision 3', 'finished']);
  expect(thrown).toMatchObject({
    what: 'The image is not there. What it changed was taken back (JupyterHub: back to revision 3).',
    fix: 'Name another.',
  });
  expect(notes).toMatchObject([{ text: 'it failed, and goes back: The image is not there.' }]);
});

test('what failed before it changed anything is told as it is', async () => {
  expect(await attempt({ planned: false })).toMatchObject({ thrown: failure, done: [], notes: [] });
  expect(await attempt({ back: deployed })).toMatchObject({ thrown: failure, done: [], notes: [] });
});

test('where going back fails too, both are told', async () => {
  const { thrown, done } = await attempt({ perform: () => Promise.reject(new Error('no connection')) });
  expect(thrown).toMatchObject({ what: 'The image is not there. Going back failed too: no connection' });
  expect(done).not.toContain('finished');
});

test('what else can be done is offered, whether something went back or not', async () => {
  const offer = 'To take the hub back: `hubwright rollback training`.';
  for (const plan of [back, deployed]) {
    const { thrown } = await attempt({ back: { ...plan, offer } });
    expect(thrown).toMatchObject({ fix: `Name another. ${offer}` });
  }
});
