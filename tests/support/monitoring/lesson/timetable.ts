import { chance, minutes } from './samples.ts';

/** A node of the cluster; the last workers come while the lesson goes on, because seats run short. */
export interface Node {
  readonly name: string;
  readonly group?: string;
  readonly flavor: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly gpus: number;
  /** The minute from which it is there. */
  readonly from: number;
}

const worker = { group: 'workers', flavor: 'l3.small', cores: 8, memory: 16, gpus: 0 };

export const nodes: readonly Node[] = [
  { name: 'training-control-plane-1', flavor: 'l3.micro', cores: 2, memory: 8, gpus: 0, from: 0 },
  { ...worker, name: 'training-workers-1', from: 0 },
  { ...worker, name: 'training-workers-2', from: 0 },
  { ...worker, name: 'training-workers-3', from: 0 },
  { ...worker, name: 'training-workers-4', from: 26 },
  { ...worker, name: 'training-workers-5', from: 34 },
  { name: 'training-gpu-1', group: 'gpu', flavor: 'l3.gpu', cores: 16, memory: 64, gpus: 2, from: 0 },
];

export interface Person {
  readonly name: string;
  readonly profile: 'standard' | 'gpu';
  readonly group: string;
  /** When they pressed the button. */
  readonly asked: number;
  /** When the server ran; undefined: it never did. */
  readonly ran: number | undefined;
  /** Where; undefined: no node had room. */
  readonly node: string | undefined;
  /** Why it does not run. */
  readonly reason?: 'ImagePullBackOff' | 'Unschedulable';
  /** Seconds that the start took. */
  readonly took: number;
  readonly seed: number;
}

/** What a node takes beside the system's own pods. */
const seats = 6;
const workers = nodes.filter(({ group }) => group === 'workers');

/** Thirty people who come within twenty minutes, two of them with a GPU, and two for whom it goes wrong at the end. */
export const people: readonly Person[] = Array.from({ length: 30 }, (_, index): Person => {
  const random = chance(index + 1);
  const name = `trainee-${index + 1}`;
  const common = { name, group: index % 3 === 0 ? 'chemistry' : 'physics', seed: index + 1 };
  if (index === 28) {
    return {
      ...common,
      profile: 'gpu',
      asked: 178,
      ran: undefined,
      node: undefined,
      reason: 'Unschedulable',
      took: 0,
    };
  }
  if (index === 29) {
    const node = 'training-workers-5';
    return {
      ...common,
      profile: 'standard',
      asked: 181,
      ran: undefined,
      node,
      reason: 'ImagePullBackOff',
      took: 0,
    };
  }
  if (index >= 26) {
    const asked = 22 + index - 26;
    return {
      ...common,
      profile: 'gpu',
      asked,
      ran: asked + 2,
      node: 'training-gpu-1',
      took: 75 + random() * 30,
    };
  }
  const node = workers[Math.floor(index / seats)] as Node;
  const asked = Math.max(14 + Math.floor(index * 0.8 + random() * 2), node.from - Math.floor(random() * 4));
  // The first on a new node wait for their image.
  const slow = node.from > asked - 4 && node.from > 0;
  const took = slow ? 100 + random() * 80 : 12 + random() * 14;
  return { ...common, profile: 'standard', asked, ran: asked + (slow ? 3 : 1), node: node.name, took };
});

/** How many servers and placeholders are on a node: one is put wherever there is room for it. */
export function serversOn(name: string, minute: number): number {
  return people.filter(({ node, ran }) => node === name && ran !== undefined && ran <= minute).length;
}

/** Four seats are kept warm. Those for which there is no room wait, and a node comes for them. */
export function placeholders(minute: number): readonly (string | undefined)[] {
  const free = workers
    .filter(({ from }) => from <= minute)
    .flatMap(({ name }) => Array.from({ length: seats - serversOn(name, minute) }, () => name));
  return Array.from({ length: 4 }, (_, index) => free[index]);
}

/** People work harder while there is an exercise. */
export function exercise(minute: number): boolean {
  return (
    (minute > 55 && minute < 75) || (minute > 105 && minute < 130) || (minute > 150 && minute < minutes - 5)
  );
}
