import type { Impact, Plan, Refusal } from '../../plan/plan.ts';
import type { Io } from '../io.ts';
import { renderChanges } from './changes.ts';
import { paint } from './paint.ts';
import { renderRevisions } from './revisions.ts';
import { count } from './words.ts';

/** The plan for machines. What its actions hold is no part of it. */
export function planEvent(plan: Plan): object {
  const { environment, steps, impacts, notes, changes = [], revisions, refusal } = plan;
  return {
    type: 'plan',
    environment,
    hasChanges: steps.length > 0,
    steps: steps.map(({ id, title, reason, needs }) => ({ id, title, reason, needs })),
    changes,
    impacts,
    notes,
    ...(revisions === undefined ? {} : { revisions }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

/** The steps with their reasons, what they mean for people, and what to know. */
export function renderPlan(plan: Plan, io: Io): string {
  const { environment, steps, impacts, notes, changes = [], revisions = [] } = plan;
  const colours = paint(io, 'stdout');
  const parts: string[] = [];
  if (revisions.length > 0) parts.push(renderRevisions(revisions, io));
  if (steps.length === 0) parts.push(`Nothing to do: ${environment} is as the file says.\n`);
  else {
    const lines = steps.map(
      ({ title, reason }) => `  ${colours.cyan('•')} ${title} ${colours.dim(`(${reason})`)}\n`,
    );
    parts.push(`${colours.bold(`${count(steps.length, 'step')} for ${environment}`)}\n${lines.join('')}`);
  }
  if (changes.length > 0) parts.push(renderChanges(changes, io));
  if (impacts.length > 0) {
    parts.push(
      `${colours.bold('For people')}\n${impacts.map((impact) => `  ${mark(impact, io)} ${impact.text}\n`).join('')}`,
    );
  } else if (steps.length > 0)
    parts.push(`${colours.bold('For people')}\n  ${colours.green('✔')} Nobody is working right now.\n`);
  if (notes.length > 0) {
    const lines = notes.map(
      ({ severity, text }) =>
        `  ${severity === 'warning' ? colours.yellow('!') : colours.dim('·')} ${text}\n`,
    );
    parts.push(`${colours.bold('To know')}\n${lines.join('')}`);
  }
  if (plan.refusal) parts.push(renderRefusal(plan.refusal, io));
  return parts.join('\n');
}

/** At the end, where people look first. */
function renderRefusal({ what, where, fix, details }: Refusal, io: Io): string {
  const colours = paint(io, 'stdout');
  const lines = [what, where, `${colours.green('fix')} ${fix}`, ...(details === undefined ? [] : [details])];
  return `${colours.red(colours.bold('A deploy is refused'))}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function mark({ kind }: Impact, io: Io): string {
  const colours = paint(io, 'stdout');
  return kind === 'untouched' ? colours.green('✔') : colours.yellow('!');
}
