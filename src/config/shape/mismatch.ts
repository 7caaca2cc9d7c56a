import type { z } from 'zod';
import type { Finding, Path } from '../problem.ts';
import type { Format } from '../schema/common.ts';
import { closest } from './distance.ts';
import { formatHint } from './formats.ts';
import { branchesOf, choicesOf, exampleOf, formatOf } from './tree.ts';
import type { Schema } from './tree.ts';
import { capital, containerName, inline, label, nested, oneOf, plainText } from './words.ts';

/** A value and the schema that it does not fit. */
export interface Mismatch {
  readonly schema: Schema;
  /** From the environment. */
  readonly path: Path;
  readonly value: unknown;
  /** The scalar as it stands in the file. */
  readonly written: string | undefined;
}

/** A finding that keeps the environment from being used. */
export function finding(
  code: string,
  { path }: { path: Path },
  message: string,
  fix: string,
  at: 'key' | 'value' = 'value',
): Finding {
  return { code, severity: 'error', path, at, message, fix };
}

/** A field that must be there. */
export function missing(schema: Schema, path: Path): Finding {
  const key = String(path.at(-1));
  const example = exampleOf(schema);
  const fix = example === undefined ? `Add \`${key}\`.` : `Add, for example, \`${nested([key], example)}\`.`;
  return finding(
    'missing',
    { path },
    `${capital(path.length === 1 ? 'the environment' : containerName(path.slice(0, -1)))} has no \`${key}\``,
    fix,
    'key',
  );
}

/** A text or number in another form than the field wants. */
export function wrongFormat(format: Format, mismatch: Mismatch): Finding {
  const value = mismatch.written ?? mismatch.value;
  const hint = formatHint(
    format,
    typeof mismatch.value === 'number' && format !== 'duration' ? value : mismatch.value,
  );
  const isText = typeof mismatch.value === 'string';
  if (format === 'cpu' && isText && hint.instead === mismatch.value) return quotedNumber(mismatch);
  const message = `${label(mismatch.path)} must be ${hint.expects}`;
  const fix = hint.instead === undefined ? forExample(mismatch.schema, format) : `Write \`${hint.instead}\`.`;
  if (hint.instead === undefined && /^0+(\.0+)?[A-Za-z]*$/.test(String(value))) {
    return finding('format', mismatch, `${label(mismatch.path)} must be more than 0`, fix);
  }
  return finding('format', mismatch, message, fix);
}

/** What to write, where the value itself gives no hint. */
export function forExample(schema: Schema, format: Format): string {
  const example = exampleOf(schema) ?? { accountName: 'alex', email: 'ops@example.org' }[format as string];
  return example === undefined ? 'Correct the value.' : `Write, for example, \`${inline(example)}\`.`;
}

/** A word that is none of the few allowed ones. */
export function wrongChoice(mismatch: Mismatch): Finding {
  const choices = branchesOf(mismatch.schema).flatMap((branch) => [...choicesOf(branch)]);
  const value = plainText(mismatch.value);
  const same = Object.hasOwn(synonyms, value.toLowerCase()) ? synonyms[value.toLowerCase()] : undefined;
  const names = choices.map(String);
  const meant = same !== undefined && names.includes(same) ? same : closest(value, names);
  const fix = meant === undefined ? `Write ${oneOf(choices)}.` : `Write \`${meant}\`.`;
  return finding(
    'choice',
    mismatch,
    `${label(mismatch.path)} cannot be \`${inline(mismatch.value, 40)}\`: it is ${oneOf(choices)}`,
    fix,
  );
}

const synonyms: Readonly<Record<string, string>> = {
  k8s: 'kubernetes',
  k8: 'kubernetes',
  kube: 'kubernetes',
  cluster: 'kubernetes',
  z2jh: 'kubernetes',
  openstack: 'kubernetes',
  cloud: 'kubernetes',
  localhost: 'local',
  laptop: 'local',
  machine: 'local',
  docker: 'local',
  equals: 'Equal',
  '=': 'Equal',
  '==': 'Equal',
  eq: 'Equal',
  exist: 'Exists',
  iris: 'iris-iam',
  iam: 'iris-iam',
  irisiam: 'iris-iam',
  lb: 'loadBalancer',
  clusterip: 'ClusterIP',
  loadbalancer: 'LoadBalancer',
};

/** A number, text or list outside of its bounds. */
export function wrongRange(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  mismatch: Mismatch,
): Finding {
  const name = label(mismatch.path);
  if (typeof mismatch.value === 'string') {
    if (mismatch.value === '')
      return finding(
        'empty',
        mismatch,
        `${name} is an empty text`,
        `Write a value, or remove the ${typeof mismatch.path.at(-1) === 'number' ? 'item' : 'key'}.`,
      );
    const length = String(issue.code === 'too_big' ? issue.maximum : issue.minimum);
    return finding(
      'range',
      mismatch,
      `${name} must have ${length} characters`,
      `Write ${length} characters.`,
    );
  }
  const value = inline(mismatch.value);
  if (issue.code === 'too_big') {
    const most = String(issue.maximum);
    if (formatOf(mismatch.schema) === 'cpu') {
      const cores = String((mismatch.value as number) / 1000);
      return finding(
        'range',
        mismatch,
        `${name} is ${value} cores, and the most is ${most}`,
        `Write \`${cores}\`, if ${value} thousandths were meant.`,
      );
    }
    return finding(
      'range',
      mismatch,
      `${name} is ${value}, and the most is ${most}`,
      `Write ${most} or less.`,
    );
  }
  const least = String(issue.minimum);
  const [relation, write] =
    (issue.inclusive ?? true)
      ? [`the least is ${least}`, `Write ${least} or more`]
      : [`it must be more than ${least}`, `Write more than ${least}`];
  return finding('range', mismatch, `${name} is ${value}, and ${relation}`, `${write}, or remove the key.`);
}

/** A number that quotes turn into text. */
export function quotedNumber(mismatch: Mismatch): Finding {
  const text = plainText(mismatch.value).trim();
  return finding(
    'type',
    mismatch,
    `${label(mismatch.path)} must be a number, and in quotes it is text`,
    `Write ${text} without the quotes.`,
  );
}
