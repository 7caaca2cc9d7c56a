import type { HubActivity } from '../../operate/hub-activity.ts';
import type { PartStatus, TargetStatus } from '../../operate/target.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { ago, bytes, count, seconds } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

/** What runs, who works, what is wrong and the command for it. */
export function renderStatus(status: TargetStatus, now: Date, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const longest = Math.max(6, ...status.parts.map(({ name }) => name.length));
  const parts = [
    `${colours.bold(status.environment)}${status.url === undefined ? '' : `  ${status.url}`}\n`,
    ...status.parts.map((part) => partLines({ ...part, name: part.name.padEnd(longest) }, now, io)),
    peopleLines(status, now),
    ...(status.activity === undefined ? [] : [`${wrap(activityText(status.activity), width)}\n`]),
    ...status.notes.map((text) => `${wrap(`${colours.dim('·')} ${text}`, width, 2)}\n`),
    ...status.troubles.map(
      ({ what, fix }) => `${wrap(`${colours.red('✖')} ${what}`, width, 2)}\n  fix: \`${fix}\`\n`,
    ),
  ];
  return parts.join('');
}

function partLines(
  { name, state, since, url, reason, lastLines, log }: PartStatus,
  now: Date,
  io: Io,
): string {
  const colours = paint(io, 'stdout');
  if (state === 'running')
    return `${colours.green('✔')} ${name} running for ${ago(since, now)}${url === undefined ? '' : `  ${url}`}\n`;
  if (state === 'starting')
    return `${colours.yellow('◌')} ${name} not ready${reason === undefined ? '' : `: ${reason}`}\n`;
  if (state === 'missing') return `${colours.red('✖')} ${name} not there\n`;
  if (state === 'stopped') return `${colours.dim('○')} ${name} not running\n`;
  const lines = (lastLines ?? []).map((line) => colours.dim(`    ${line}\n`));
  return `${colours.red('✖')} ${name} stopped by itself; the end of ${log}:\n${lines.join('')}`;
}

/** `Since the hub started: 12 log-ins, 2 refused; 8 servers started (half within 2.1 s, 95 % within 4.8 s), 1 failed.` */
function activityText({ logIns, starts }: HubActivity): string {
  const refused = logIns?.failed ? `, ${logIns.failed} refused` : '';
  const people = logIns === undefined ? '' : `${count(logIns.succeeded, 'log-in')}${refused}; `;
  const { p50, p95 } = starts;
  const times =
    p50 === undefined || p95 === undefined
      ? ''
      : ` (half within ${seconds(p50)}, 95 % within ${seconds(p95)})`;
  const failed = starts.failed ? `, ${starts.failed} failed` : '';
  return `Since the hub started: ${people}${count(starts.succeeded, 'server')} started${times}${failed}.`;
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
  const memory = people.map((person) => person.memory ?? 0).reduce((sum, one) => sum + one, 0);
  const using = memory === 0 ? '' : ` (${bytes(memory)})`;
  return `${count(people.length, 'server')}${using}:\n${table([['  PERSON', 'PROFILE', 'UP FOR', 'IDLE FOR', 'MEMORY'], ...rows])}`;
}
