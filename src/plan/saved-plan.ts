import { z } from 'zod';
import { UserError } from '../errors.ts';
import { fingerprint } from '../platform/fingerprint.ts';
import type { Impact, Plan } from './plan.ts';

const texts = z.record(z.string(), z.string());
const field = z.object({ path: z.string(), before: z.string().optional(), after: z.string().optional() });

const shape = z.object({
  hubwrightPlan: z.literal(1),
  /** Version of the Hubwright that made it. */
  madeBy: z.string(),
  environment: z.string(),
  basis: z.object({ facts: texts, wanted: texts }),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      reason: z.string(),
      needs: z.array(z.string()),
      action: z.string(),
      incidental: z.literal(true).optional(),
    }),
  ),
  changes: z.array(
    z.object({
      title: z.string(),
      values: z.array(field),
      objects: z.array(
        z.object({
          object: z.string(),
          kind: z.enum(['created', 'changed', 'deleted', 'restored']),
          fields: z.array(field),
        }),
      ),
    }),
  ),
  impacts: z.array(z.object({ kind: z.string(), people: z.array(z.string()), text: z.string() })),
  notes: z.array(z.object({ severity: z.enum(['info', 'warning']), text: z.string() })),
});

/**
 * A plan as it is kept in a file: what was shown, and what it was made from. What its actions hold and what the file
 * asks for is there as a fingerprint only, and neither holds a secret.
 */
export type SavedPlan = z.infer<typeof shape>;

/** What is written into the file of `plan --out`. */
export function savedPlan(plan: Plan, madeBy: string): SavedPlan {
  const { environment, steps, changes = [], impacts, notes, basis } = plan;
  const wanted = Object.entries(basis?.wanted ?? {}).map(([title, value]) => [title, fingerprint(value)]);
  const whole = {
    hubwrightPlan: 1,
    madeBy,
    environment,
    basis: { facts: basis?.facts ?? {}, wanted: Object.fromEntries(wanted) },
    steps: steps.map((step) => ({ ...step, action: fingerprint(step.action) })),
    changes,
    impacts,
    notes,
  };
  // As it comes out of a file: without what is undefined, and in arrays of its own.
  return shape.parse(JSON.parse(JSON.stringify(whole)));
}

/** The plan in a file; undefined where the text is none. */
export function readSavedPlan(text: string): SavedPlan | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What is not as it was when the plan was made, in a line each; nothing where it still holds. */
export function movedSince(saved: SavedPlan, now: SavedPlan): string[] {
  return [
    ...moved({ Hubwright: saved.madeBy }, { Hubwright: now.madeBy }),
    ...moved(saved.basis.facts, now.basis.facts),
    ...movedWishes(saved.basis.wanted, now.basis.wanted),
    ...moved(changesByName(saved.changes), changesByName(now.changes)),
    ...movedSteps(saved.steps, now.steps),
    ...graverFor(saved.impacts, now.impacts),
  ];
}

/** @throws UserError that names what is not as it was when the plan was made. */
export function refuseMoved(saved: SavedPlan, now: SavedPlan, remedy: string): void {
  const lines = movedSince(saved, now);
  if (lines.length === 0) return;
  throw new UserError({
    what: `The plan does not hold any more: ${lines.length === 1 ? 'something is' : `${lines.length} things are`} not as when it was made. Nothing was changed.`,
    where: `environment ${now.environment}`,
    fix: remedy,
    details: lines.join('\n'),
  });
}

type Texts = Readonly<Record<string, string>>;

function moved(before: Texts, after: Texts): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    if (was === undefined) return [`${name}: ${is}; the plan has nothing of it`];
    return [`${name}: ${was} in the plan, ${is === undefined ? 'not any more' : `${is} now`}`];
  });
}

/** Nobody can read their fingerprints. */
function movedWishes(before: Texts, after: Texts): string[] {
  const titles = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...titles]
    .filter((title) => before[title] !== after[title])
    .map((title) => `${title}: the file asks for something else`);
}

function changesByName(changes: readonly SavedPlan['changes'][number][]): Record<string, string> {
  const entries = changes.flatMap(({ title, values, objects }) => [
    ...values.map((value) => [`${title}, ${value.path}`, fieldText(value)] as const),
    ...objects.flatMap(({ object, kind, fields }) => [
      [`${title}, ${object}`, kind] as const,
      ...fields.map((one) => [`${title}, ${object}, ${one.path}`, fieldText(one)] as const),
    ]),
  ]);
  return Object.fromEntries(entries);
}

function fieldText({ before = '(nothing)', after = '(nothing)' }: z.infer<typeof field>): string {
  return `${before} → ${after}`;
}

type SavedStep = SavedPlan['steps'][number];

/** Why a step has to be done may be told in other words later: a release is stuck for longer, say. */
function movedSteps(before: readonly SavedStep[], after: readonly SavedStep[]): string[] {
  const [was, is] = [comparable(before), comparable(after)];
  const gone = [...was.values()].filter(({ id }) => !is.has(id));
  const come = [...is.values()].filter(({ id }) => !was.has(id));
  const others = [...is.values()].filter((step) => {
    const old = was.get(step.id);
    return old !== undefined && JSON.stringify(old.same) !== JSON.stringify(step.same);
  });
  return [
    ...gone.map(({ title }) => `step “${title}”: not needed any more`),
    ...come.map(({ title, reason }) => `step “${title}”: needed now (${reason})`),
    ...others.map(({ title }) => `step “${title}”: does something else now`),
  ];
}

/** By id. */
function comparable(steps: readonly SavedStep[]) {
  const counted = steps.filter(({ incidental }) => incidental !== true);
  const ids = new Set(counted.map(({ id }) => id));
  return new Map(
    counted.map(({ id, title, reason, needs, action }) => {
      const same = [title, action, needs.filter((need) => ids.has(need)).toSorted()];
      return [id, { id, title, reason, same }];
    }),
  );
}

/** People come and go all day; what counts is whether it is worse for them than was agreed on. */
function graverFor(before: SavedPlan['impacts'], after: SavedPlan['impacts']): string[] {
  const grave: readonly string[] = [
    'serverStops',
    'websocketsCut',
    'accessEnds',
    'loginAway',
  ] satisfies readonly Impact['kind'][];
  const known = new Set(before.map(({ kind }) => kind));
  return after
    .filter(({ kind }) => grave.includes(kind) && !known.has(kind))
    .map(({ text }) => `for people: ${text}`);
}
