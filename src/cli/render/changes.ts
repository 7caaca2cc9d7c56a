import type { FieldChange, ObjectChange, SystemChange } from '../../plan/plan.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';

/** As many fields of one object or release as people read; `--json` has all. */
const mostFields = 12;

/** What changes, system by system: values by path, then objects with their fields. */
export function renderChanges(changes: readonly SystemChange[], io: Io): string {
  const colours = paint(io, 'stdout');
  const parts = changes.map(({ title, values, objects }) => {
    const lines = [...fieldLines(values, '    ', io), ...objects.flatMap((one) => objectLines(one, io))];
    return `  ${title}\n${lines.join('')}`;
  });
  return `${colours.bold('What changes')}\n${parts.join('')}`;
}

const marks: Readonly<Record<ObjectChange['kind'], readonly [sign: string, words: string]>> = {
  created: ['+', ''],
  changed: ['~', ''],
  deleted: ['-', ''],
  restored: ['!', ' (changed by hand; put back)'],
};

function objectLines({ object, kind, fields }: ObjectChange, io: Io): string[] {
  const [sign, words] = marks[kind];
  return [`    ${sign} ${object}${words}\n`, ...fieldLines(fields, '        ', io)];
}

function fieldLines(fields: readonly FieldChange[], indent: string, io: Io): string[] {
  const colours = paint(io, 'stdout');
  const lines = fields.slice(0, mostFields).map(({ path, before, after }) => {
    const values = [before ?? '(nothing)', after ?? '(nothing)'].map(short);
    return `${indent}${path}: ${colours.dim(values[0] ?? '')} → ${values[1]}\n`;
  });
  const rest = fields.length - mostFields;
  return rest > 0 ? [...lines, `${indent}… and ${rest} more (\`--json\` has all)\n`] : lines;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
