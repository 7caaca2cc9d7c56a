import type { Examined } from '../../plan/doctor/check.ts';
import { inOrderOfHarm } from '../../plan/doctor/examine.ts';
import type { Finding, Harm } from '../../plan/doctor/finding.ts';
import { groupBy } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { count } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

/** What a doctor has to say, for people and for machines. */
export interface Diagnosis {
  readonly findings: readonly (Omit<Finding, 'repair'> & {
    readonly check: string;
    /** Of the documentation. */
    readonly page: string;
    /** Titles of the steps that `--fix` would do. */
    readonly repair: readonly string[];
  })[];
  readonly healthy: readonly { readonly check: string; readonly title: string }[];
  readonly notRun: readonly {
    readonly check: string;
    readonly title: string;
    readonly why: string;
    readonly failed: boolean;
  }[];
}

/** @param pasteable Makes the commands in a text ones that can be typed as they stand. */
export function diagnosis(examined: readonly Examined[], pasteable: (text: string) => string): Diagnosis {
  return {
    findings: inOrderOfHarm(examined).map(({ check, finding: { repair = [], fix, meaning, ...rest } }) => ({
      check: check.id,
      page: `docs/runbook/${check.page}.md`,
      ...rest,
      meaning: pasteable(meaning),
      fix: pasteable(fix),
      repair: repair.map(({ title }) => title),
    })),
    healthy: examined.flatMap((one) =>
      'findings' in one && one.findings.length === 0 ? [{ check: one.check.id, title: one.check.title }] : [],
    ),
    notRun: examined.flatMap((one) =>
      'notRun' in one
        ? [{ check: one.check.id, title: one.check.title, why: pasteable(one.notRun), failed: one.failed }]
        : [],
    ),
  };
}

const harmWords: Readonly<Record<Harm, string>> = {
  nobodyGetsIn: 'nobody gets in',
  someCannotWork: 'some cannot work',
  willStop: 'will stop working',
  leftOver: 'hurts nobody now',
};

/** What hurts people most comes first, what could not be looked at before what is healthy. */
export function renderDoctor(environment: string, found: Diagnosis, io: Io): string {
  const { findings, healthy, notRun } = found;
  const colours = paint(io, 'stdout');
  return [
    `${colours.bold(environment)}: ${summary(found)}\n`,
    ...findings.map((finding) => `\n${renderFinding(finding, io)}`),
    ...(notRun.length > 0 ? [`\n${renderNotRun(notRun, io)}`] : []),
    ...(healthy.length > 0
      ? [`\n${colours.green('✔')} ${count(healthy.length, 'check')} found nothing wrong\n`]
      : []),
  ].join('');
}

function summary({ findings, healthy, notRun }: Diagnosis): string {
  if (findings.length > 0) return count(findings.length, 'finding');
  if (healthy.length === 0) return 'nothing could be looked at';
  return notRun.some(({ failed }) => failed)
    ? 'nothing wrong in what could be looked at'
    : 'nothing wrong found';
}

export function renderFinding(finding: Diagnosis['findings'][number], io: Io): string {
  const { what, harm, evidence, meaning, fix, message, check, page } = finding;
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const mark = harm === 'leftOver' || harm === 'willStop' ? colours.yellow('!') : colours.red('✖');
  const lines = [
    `${mark} ${what} ${colours.dim(`(${harmWords[harm]})`)}`,
    ...evidence.map((line) => `  ${colours.dim('·')} ${line}`),
    `  ${meaning}`,
    `  ${colours.green('fix')} ${fix}`,
    `  ${colours.dim(`${check}, ${page}`)}`,
  ];
  const letter = message === undefined ? '' : `${quoted(message)}\n`;
  return `${lines.map((line) => `${wrap(line, width, 4)}\n`).join('')}${letter}`;
}

/** A message to others, as it is to be sent. */
function quoted(message: string): string {
  return message
    .trimEnd()
    .split('\n')
    .map((line) => `    | ${line}`)
    .join('\n');
}

/** Those that lack the same are told of once. */
function renderNotRun(notRun: Diagnosis['notRun'], io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  return [...groupBy(notRun, ({ why }) => why).entries()]
    .map(([why, ones]) => {
      const mark = ones[0]?.failed ? colours.red('✖') : colours.dim('○');
      const names = ones.map(({ check }) => check).join(', ');
      return `${wrap(`${mark} Not looked at: ${why}`, width, 2)}\n${wrap(`  ${colours.dim(names)}`, width, 2)}\n`;
    })
    .join('');
}

/** What `--fix` is about to do. */
export function renderRepair({ steps }: Plan, io: Io): string {
  const colours = paint(io, 'stderr');
  const lines = steps.map(
    ({ title, reason }) => `  ${colours.cyan('•')} ${title} ${colours.dim(`(${reason})`)}\n`,
  );
  return `${colours.bold(`${count(steps.length, 'step')} would mend that`)}\n${lines.join('')}`;
}
