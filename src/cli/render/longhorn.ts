import type { LonghornReport } from '../../plan/kubernetes/longhorn/report.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { table } from './table.ts';
import { ago, bytes } from './words.ts';
import { widthOf, wrap } from './wrap.ts';

interface Shown {
  readonly environment: string;
  readonly report: LonghornReport;
  readonly now: Date;
}

/** Volumes, where they are saved, and what is wrong. */
export function renderLonghorn({ environment, report, now }: Shown, io: Io): string {
  const { namespace, version, volumes, targets, broken, reinstall } = report;
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const line = (mark: string, text: string): string => `${wrap(`${mark} ${text}`, width, 2)}\n`;
  const wrong = [
    ...(version === undefined
      ? [`it is not installed: \`hubwright deploy ${environment}\` installs it`]
      : []),
    ...broken.map((text) => `${text}; \`hubwright logs ${environment} longhorn\``),
    ...(reinstall === undefined
      ? []
      : [
          `a reinstall has not come to its end (${reinstall.saved} saved): \`hubwright longhorn ${reinstall.environment} reinstall\` goes on with it`,
        ]),
  ];
  return [
    `${colours.bold(`Longhorn ${version ?? ''} of ${environment}`.replace('  ', ' '))}, namespace ${namespace}\n`,
    volumes.length === 0 ? 'It has no volumes.\n' : volumesTable(report, now),
    ...targets.map((target) => line(colours.dim('·'), targetText(target))),
    ...wrong.map((text) => line(colours.red('✖'), text)),
  ].join('');
}

function volumesTable({ volumes }: LonghornReport, now: Date): string {
  const rows = volumes.map(({ name, claim, size, state, robustness, lastBackup, usedBy }) => [
    claim === undefined ? name : `${claim.namespace}/${claim.name}`,
    bytes(size),
    state,
    robustness,
    lastBackup === undefined ? 'never' : `${ago(lastBackup, now)} ago`,
    usedBy ?? '–',
  ]);
  return table([['VOLUME OF', 'SIZE', 'STATE', 'COPIES', 'LAST BACKUP', 'USED BY'], ...rows]);
}

function targetText({ name, url, available, message }: LonghornReport['targets'][number]): string {
  if (url === '') return `backup target ${name}: nowhere; no volume can be saved there`;
  return `backup target ${name}: ${url}${available ? '' : `, not available${message === undefined ? '' : `: ${message}`}`}`;
}
