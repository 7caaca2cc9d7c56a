import type { PartStatus, TargetStatus } from '../../operate/target.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { ago, bytes, count } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

/** What runs, who works, what is wrong and the command for it. */
export function renderStatus(status: TargetStatus, now: Date, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const parts = [
    `${colours.bold(status.environment)}${status.url === undefined ? '' : `  ${status.url}`}\n`,
    ...status.parts.map((part) => partLines(part, now, io)),
    peopleLines(status, now),
    ...status.notes.map((text) => `${wrap(`${colours.dim('·')} ${text}`, width, 2)}\n`),
    ...status.troubles.map(
      ({ what, fix }) => `${wrap(`${colours.red('✖')} ${what}`, width, 2)}\n  fix: \`${fix}\`\n`,
    ),
  ];
  return parts.join('');
}

function partLines({ name, state, since, reason, lastLines, log }: PartStatus, now: Date, io: Io): string {
  const colours = paint(io, 'stdout');
  if (state === 'running') return `${colours.green('✔')} ${name.padEnd(6)} running for ${ago(since, now)}\n`;
  if (state === 'starting')
    return `${colours.yellow('◌')} ${name.padEnd(6)} not ready${reason === undefined ? '' : `: ${reason}`}\n`;
  if (state === 'stopped') return `${colours.dim('○')} ${name.padEnd(6)} not running\n`;
  const lines = (lastLines ?? []).map((line) => colours.dim(`    ${line}\n`));
  return `${colours.red('✖')} ${name.padEnd(6)} stopped by itself; the end of ${log}:\n${lines.join('')}`;
}

function peopleLines({ people }: TargetStatus, now: Date): string {
  if (people.length === 0) return 'Nobody is working.\n';
  const rows = people.map(({ name, admin, profile, started, lastActivity, memory }) => [
    `  ${name}${admin ? ' (admin)' : ''}`,
    profile ?? '–',
    ago(started, now),
    ago(lastActivity, now),
    bytes(memory),
  ]);
  return `${count(people.length, 'server')}:\n${table([['  PERSON', 'PROFILE', 'UP FOR', 'IDLE FOR', 'MEMORY'], ...rows])}`;
}
