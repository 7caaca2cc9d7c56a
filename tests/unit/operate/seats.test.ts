import { expect, test } from 'vitest';
import { seats } from '../../../src/operate/seats.ts';
import type { Target } from '../../../src/operate/target.ts';
import { training } from '../plan/kubernetes/observed.ts';

const environment = training(
  '      gpu: { displayName: GPU, image: example.org/a:1, memory: { limit: 2G } }',
);

test('profiles of which nobody can have a server are left out, with the reason', async () => {
  const untried = [{ profile: 'gpu', why: 'no node offers nvidia.com/gpu now' }];
  const target = { environment, withoutSeat: async () => untried } as unknown as Target;
  expect(await seats(target)).toEqual({ profiles: ['standard'], untried });
});

test('where that is not known, all are tried', async () => {
  const target = { environment } as unknown as Target;
  expect(await seats(target)).toEqual({ profiles: ['standard', 'gpu'], untried: [] });
});
