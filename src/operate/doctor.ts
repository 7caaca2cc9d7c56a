import { UserError } from '../errors.ts';
import type { Check, Evidence, Examined, Seen, SourceName } from '../plan/doctor/check.ts';
import { applicable, examineAll, inOrderOfHarm } from '../plan/doctor/examine.ts';
import type { Plan, Step } from '../plan/plan.ts';
import type { Target } from './target.ts';

/** The checks that an environment of this kind can be looked at with. */
export function checksFor({ environment, sources = {} }: Target, all: readonly Check[]): readonly Check[] {
  const known = ['status', ...Object.keys(sources)] as SourceName[];
  return applicable(all, known, environment);
}

/** Reads what the checks need, side by side, and has them judge it. Changes nothing. */
export async function examine(target: Target, checks: readonly Check[]): Promise<readonly Examined[]> {
  const known = Object.keys(target.sources ?? {});
  const names = new Set(
    checks.flatMap(({ needs, also = [] }) => [...needs, ...also.filter((name) => known.includes(name))]),
  );
  const looked = [...names].map(async (name) => [name, await look(target, name)] as const);
  const evidence = Object.fromEntries(await Promise.all(looked)) as Evidence;
  return examineAll(checks, evidence, target.environment);
}

/** What cannot be reached is no reason for the checks of other sources not to run. */
async function look(target: Target, name: SourceName): Promise<Seen<unknown>> {
  try {
    if (name === 'status') return { seen: (await target.status()).troubles };
    const read = target.sources?.[name];
    if (read === undefined) throw new TypeError(`there is no source ${name}`);
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, fix } = error;
    return { notSeen: `${what} ${fix}`, failed: true };
  }
}

/** What `--fix` would do about all that was found, as a plan; without steps where it can do nothing. */
export function repairPlan({ environment }: Target, examined: readonly Examined[]): Plan {
  const steps = new Map<string, Step>();
  for (const { finding } of inOrderOfHarm(examined))
    for (const step of finding.repair ?? []) steps.set(step.id, step);
  return { environment: environment.name, steps: [...steps.values()], impacts: [], notes: [] };
}
