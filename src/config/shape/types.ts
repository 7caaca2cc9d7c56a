import { isMap } from '../merge.ts';
import type { Finding } from '../problem.ts';
import { formatHint } from './formats.ts';
import { finding, forExample, quotedNumber, wrongChoice } from './mismatch.ts';
import type { Mismatch } from './mismatch.ts';
import { isSecretName } from './secret-names.ts';
import { branchesOf, choicesOf, elementOf, exampleOf, fieldsOf, formatOf, kindOf } from './tree.ts';
import {
  capital,
  containerName,
  inline,
  label,
  nested,
  oneOf,
  plainText,
  scalar,
  typeName,
} from './words.ts';

/** A value of the wrong type. */
export function wrongType(mismatch: Mismatch): Finding {
  const { path, value } = mismatch;
  if (value === null) return emptyItem(mismatch);
  const branches = branchesOf(mismatch.schema);
  const kinds = new Set(branches.map(kindOf));
  if (kinds.has('literal')) return notOffNorMap(mismatch);
  if (kinds.has('enum'))
    return typeof value === 'string'
      ? wrongChoice(mismatch)
      : finding(
          'choice',
          mismatch,
          `${label(path)} is ${oneOf(choicesOf(branches[0] ?? mismatch.schema))}`,
          'Write one of them.',
        );
  if (kinds.has('string')) return notText(mismatch);
  if (kinds.has('number') || kinds.has('int')) return notNumber(mismatch);
  if (kinds.has('boolean')) return notBoolean(mismatch);
  return kinds.has('array') ? notList(mismatch) : notMap(mismatch);
}

function emptyItem(mismatch: Mismatch): Finding {
  const list = label(mismatch.path.slice(0, -1));
  return finding(
    'empty',
    mismatch,
    `An item of ${list} is empty`,
    'Write something behind the dash, or delete the line.',
    'key',
  );
}

function notText(mismatch: Mismatch): Finding {
  const { path, value, written } = mismatch;
  const name = label(path);
  if (typeof value === 'number' || typeof value === 'boolean') {
    const text = written ?? String(value);
    return finding(
      'type',
      mismatch,
      `${name} must be text, and YAML reads \`${text}\` as ${typeName(value)}`,
      `Put it in quotes: \`'${text}'\`.`,
    );
  }
  const format = formatOf(mismatch.schema);
  const pair = isMap(value) && format === undefined ? Object.entries(value) : [];
  if (pair.length === 1 && typeof pair[0]?.[1] !== 'object') {
    const line = `${pair[0]?.[0] ?? ''}: ${plainText(pair[0]?.[1])}`;
    return finding(
      'type',
      mismatch,
      `${name} must be text, and YAML takes the colon in it for the end of a key`,
      `Put the whole value in quotes: \`${scalar(line)}\`.`,
    );
  }
  const only =
    Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : undefined;
  const one = format === undefined ? 'Write one text.' : forExample(mismatch.schema, format);
  const fix = only === undefined ? one : `Write \`${inline(only)}\` without the list.`;
  return finding(
    'type',
    mismatch,
    `${name} must be ${format === undefined ? 'text' : formatHint(format, value).expects}, and here is ${typeName(value)}`,
    fix,
  );
}

function notNumber(mismatch: Mismatch): Finding {
  const { path, value } = mismatch;
  const name = label(path);
  if (typeof value === 'number') {
    return finding(
      'type',
      mismatch,
      `${name} must be a whole number`,
      `Write ${String(Math.max(1, Math.round(value)))}, for example.`,
    );
  }
  if (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value)) return quotedNumber(mismatch);
  const number = typeof value === 'string' ? /\d[\d_' ]*/.exec(value)?.[0].replaceAll(/\D/g, '') : undefined;
  const fix = number === undefined || number === '' ? 'Write a number.' : `Write only the number: ${number}.`;
  return finding('type', mismatch, `${name} must be a number, and here is ${typeName(value)}`, fix);
}

function notBoolean(mismatch: Mismatch): Finding {
  const text = plainText(mismatch.value).toLowerCase();
  const name = label(mismatch.path);
  const isYes = ['yes', 'y', 'on', 'true', '1'].includes(text);
  const isNo = ['no', 'n', 'off', 'false', '0'].includes(text);
  if (!isYes && !isNo)
    return finding(
      'type',
      mismatch,
      `${name} must be true or false, and here is ${typeName(mismatch.value)}`,
      'Write `true` or `false`.',
    );
  const why =
    text === 'true' || text === 'false'
      ? 'in quotes it is text'
      : `\`${text}\` is ${typeName(mismatch.value)} to YAML`;
  return finding(
    'type',
    mismatch,
    `${name} must be true or false, and ${why}`,
    `Write \`${String(isYes)}\`.`,
  );
}

function notList(mismatch: Mismatch): Finding {
  const { schema, path, value } = mismatch;
  const element = elementOf(schema);
  const takesText =
    element !== undefined && branchesOf(element).some((branch) => kindOf(branch) === 'string');
  const isSimple = typeof value === 'string' || typeof value === 'number';
  const fix =
    isSimple && takesText
      ? `Put it on a line of its own that starts with a dash: \`- ${scalar(String(value))}\`.`
      : 'Start each item on a line of its own with `- `.';
  return finding('type', mismatch, `${label(path)} must be a list, and here is ${typeName(value)}`, fix);
}

function notMap(mismatch: Mismatch): Finding {
  const { path, value, schema } = mismatch;
  const name = path[0] === 'profiles' && path.length === 2 ? containerName(path) : label(path);
  if (path.length === 1 && path[0] === 'profiles' && Array.isArray(value)) {
    return finding(
      'type',
      mismatch,
      '`profiles` must be a map from names to profiles, and here is a list',
      'Give each profile a name of its own instead of the dash: `standard:`, and its fields below it.',
    );
  }
  const example = exampleOf(schema);
  const field = fieldWithoutColon(mismatch);
  if (field !== undefined) return field;
  const fix =
    example === undefined
      ? 'Write its fields on lines of their own below the key, indented by two spaces.'
      : `Write, for example, \`${nested([String(path.at(-1))], example)}\`.`;
  return finding(
    'type',
    mismatch,
    `${capital(name)} must be a map with fields of its own, and here is ${typeName(value)}`,
    fix,
  );
}

/** `every 1h` below `culling:` */
function fieldWithoutColon(mismatch: Mismatch): Finding | undefined {
  const [, key, text] = /^([A-Za-z_]\w*)\s+(\S+)$/.exec(plainText(mismatch.value)) ?? [];
  if (key === undefined || text === undefined || isSecretName(key)) return undefined;
  const isField = branchesOf(mismatch.schema).some((branch) => Object.hasOwn(fieldsOf(branch) ?? {}, key));
  if (!isField) return undefined;
  return finding('type', mismatch, `There is no colon behind \`${key}\``, `Write \`${key}: ${text}\`.`);
}

function notOffNorMap(mismatch: Mismatch): Finding {
  const { path, value, schema } = mismatch;
  const field = fieldWithoutColon(mismatch);
  if (field !== undefined) return field;
  const key = String(path.at(-1));
  const off = ['no', 'false', 'none', 'disabled', 'disable', 'never'].includes(String(value).toLowerCase());
  const example = exampleOf(schema);
  const fix =
    off || example === undefined
      ? `Write \`${key}: off\`${off ? '' : ', or fields of its own below the key'}.`
      : `Write \`${nested([key], example)}\`, for example, or \`${key}: off\`.`;
  return finding(
    'type',
    mismatch,
    `${label(path)} must be \`off\` or a map with fields of its own, and here is ${typeName(value)}`,
    fix,
  );
}
