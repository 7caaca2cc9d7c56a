import { type ProfileReport, type VerifyReport, failuresOf } from '../../operate/verify.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { seconds } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

/** A row a profile, a column a step, times in the cells. */
export function renderVerify(report: VerifyReport, io: Io): string {
  const { profiles, untried, url, ok } = report;
  const colours = paint(io, 'stdout');
  const steps = [...new Set(profiles.flatMap(({ checks }) => checks.map(({ name }) => name)))];
  const rows = profiles.map(({ profile, checks }) => [
    profile,
    ...steps.map((step) => cell(checks.find(({ name }) => name === step))),
  ]);
  const verdict = ok
    ? `${colours.green('✔')} People can work at ${url}\n`
    : `${colours.red('✖')} People cannot work in every profile:\n${failuresOf(report)
        .map((line) => `${wrap(`  ${line}`, widthOf(io, 'stdout'), 4)}\n`)
        .join('')}`;
  const rest = untried.map(({ profile, why }) => `${colours.dim('·')} ${profile} was not tried: ${why}\n`);
  return `${table([['PROFILE', ...steps.map((step) => step.toUpperCase())], ...rows])}${verdict}${rest.join('')}`;
}

function cell(check: ProfileReport['checks'][number] | undefined): string {
  if (!check) return '–';
  if (check.failure !== undefined) return 'FAILED';
  return check.untested ? 'not tested' : seconds(check.seconds);
}
