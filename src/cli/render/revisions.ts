import type { RevisionChoice } from '../../plan/plan.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';

/** The revisions that one could go back to: number, when, chart, status, and how it came about. */
export function renderRevisions(revisions: readonly RevisionChoice[], io: Io): string {
  const colours = paint(io, 'stdout');
  const rows = revisions.map(({ number, deployedAt, chart, status, description, is, hindrance }) => [
    is === 'chosen' ? ' →' : '  ',
    String(number),
    `${deployedAt.slice(0, 16).replace('T', ' ')} UTC`,
    `chart ${chart}`,
    is === 'current' ? `${status} (now)` : status,
    `${description}${hindrance === undefined ? '' : ' (not safe)'}`,
  ]);
  return `${colours.bold('Revisions')}\n${table(rows)}`;
}
