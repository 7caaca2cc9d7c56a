import { join } from 'node:path';
import { expect } from 'vitest';
import { type Sandbox, events, repo } from '../support/hubwright.ts';
import type { ClusterEnv } from './kit.ts';

type Event = ReturnType<typeof events>[number];

const preload = join(repo, 'tests', 'support', 'kill-at.ts');

/** What may be done to its end again and again: it changes nothing. */
const harmless =
  /^(save|proof|accounts:sync|certificate:(conditions|switch)|keep-servers|follow:.*|\w+:ready)$/;

/** What a cluster may have done by itself until the next run looks. */
const byItself = /^(volumes|certificate:issued|follow:.*)$/;

/**
 * Calls the command again and again. Each time it is killed at the first boundary of its steps (one was begun, one is
 * done) at which it has not been killed before, until it comes to its end by itself.
 *
 * Of steps that are done side by side a kill at one's end may come a moment after the others' ends: then there is no such
 * boundary of theirs left.
 *
 * @param at How the ids of the steps begin at which it is killed; all of them.
 * @returns the steps. None of them was done to its end twice.
 */
export async function killedAtEachBoundary(
  box: Sandbox,
  args: readonly string[],
  env: ClusterEnv,
  at = '',
): Promise<string[]> {
  const course = new Course(at);
  for (;;) {
    const more = {
      HUBWRIGHT_TEST_PASSED: course.boundaries.join(','),
      HUBWRIGHT_TEST_AT: at,
      // Helm does not live on either.
      HUBWRIGHT_TEST_KILLS: 'group',
    };
    const run = box.start([...args, '--json'], { preload, env: { ...env, ...more }, ownGroup: true });
    const { exitCode, stdout, stderr } = await run.done;
    const last = course.note(events(stdout));
    if (exitCode !== null) {
      expect(exitCode, `${course.boundaries.at(-1)}: ${stdout}${stderr}`).toBe(0);
      expect(course.missed()).toEqual([]);
      expect(course.twice()).toEqual([]);
      return [...course.planned];
    }
    course.boundaries.push(last);
  }
}

class Course {
  readonly #at: string;
  readonly boundaries: string[] = [];
  readonly #done = new Map<string, number>();
  readonly planned = new Set<string>();
  /** Steps that were under way when the command was killed at a boundary of another: theirs may have been passed. */
  readonly #beside = new Set<string>();

  constructor(at: string) {
    this.#at = at;
  }

  /** @returns the boundary that came last. */
  note(seen: readonly Event[]): string {
    const underWay = new Set<string>();
    for (const { type, id, steps } of seen) {
      if (type === 'stepsPlanned') for (const step of steps as { id: string }[]) this.planned.add(step.id);
      if (type === 'stepStarted') underWay.add(String(id));
      if (type !== 'stepDone') continue;
      underWay.delete(String(id));
      this.#done.set(String(id), (this.#done.get(String(id)) ?? 0) + 1);
    }
    const { type, id } = seen.at(-1) ?? { type: 'nothing' };
    for (const step of underWay) if (step !== id) this.#beside.add(step);
    return `${type} ${String(id)}`;
  }

  twice(): string[] {
    return [...this.#done].filter(([id, count]) => count > 1 && !harmless.test(id)).map(([id]) => id);
  }

  /** Boundaries at which it was never killed. */
  missed(): string[] {
    const steps = [...this.planned].filter((id) => id.startsWith(this.#at) && !byItself.test(id));
    const begun = steps.map((id) => `stepStarted ${id}`);
    const done = steps.filter((id) => !this.#beside.has(id)).map((id) => `stepDone ${id}`);
    return [...begun, ...done].filter((boundary) => !this.boundaries.includes(boundary));
  }
}
