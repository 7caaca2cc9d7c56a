import type { z } from 'zod';
import { own, valueAt, isMap } from './merge.ts';
import type { Finding, Path } from './problem.ts';
import { wrongKey } from './shape/keys.ts';
import { missing, wrongChoice, wrongFormat, wrongRange } from './shape/mismatch.ts';
import { plainSecret, secretMap } from './shape/secrets.ts';
import { branchesOf, fieldsOf, formatOf, schemaAt } from './shape/tree.ts';
import type { Schema } from './shape/tree.ts';
import { wrongType } from './shape/types.ts';
import { unknownKey } from './shape/unknown-keys.ts';

type Issue = z.core.$ZodIssue;

/** What was checked: a part of an environment. */
interface CheckedPart {
  /** Schema of the whole environment. */
  readonly root: Schema;
  /** Where the part is in it. */
  readonly at: Path;
  /** The merged environment. */
  readonly value: unknown;
  /** A scalar as it stands in the file. */
  readonly written: (path: Path) => string | undefined;
}

/** Says zod's issues about a part in plain words. */
export function findingsOf(issues: readonly Issue[], part: CheckedPart): Finding[] {
  const meant: Path[] = [];
  const findings: Finding[] = [];
  for (const issue of issues) {
    translate(issue, part.at, { part, meant, findings });
  }
  return findings.filter(
    (finding) => finding.code !== 'missing' || !meant.some((path) => covers(path, finding.path)),
  );
}

/** Whether what somebody meant with a wrong key is the missing field, or lies below it. */
export function covers(meant: Path, missingPath: Path): boolean {
  return missingPath.every((key, index) => meant[index] === key);
}

interface Work {
  readonly part: CheckedPart;
  readonly meant: Path[];
  readonly findings: Finding[];
}

function translate(issue: Issue, base: Path, work: Work): void {
  const { part } = work;
  const path = [...base, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const value = own(valueAt(part.value, path), key);
      const unknown = unknownKey({ root: part.root, at: path, key, value });
      work.findings.push(unknown.finding);
      if (unknown.meant !== undefined) work.meant.push(unknown.meant);
    }
    return;
  }
  const schema = schemaAt(part.root, path);
  const value = valueAt(part.value, path);
  if (schema === undefined) return;
  if (issue.code === 'invalid_union' && isMap(value)) translateMap(issue, schema, path, work);
  else if (issue.code === 'invalid_key') work.findings.push(wrongKey(path));
  else work.findings.push(explain(issue, { schema, path, value, written: part.written(path) }));
}

/** A map where several kinds of map (or `off`) could stand: the branch that fits best is the one that was meant. */
function translateMap(issue: z.core.$ZodIssueInvalidUnion, schema: Schema, path: Path, work: Work): void {
  const value = valueAt(work.part.value, path);
  if (formatOf(schema) === 'secret') {
    const finding = secretMap(path, value);
    if (finding !== undefined) {
      work.findings.push(finding);
      return;
    }
  }
  const best = bestBranch(issue, schema, value);
  if (best === undefined) {
    work.findings.push(wrongType({ schema, path, value, written: undefined }));
    return;
  }
  for (const inner of best) translate(inner, path, work);
}

function bestBranch(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: Schema,
  value: unknown,
): readonly Issue[] | undefined {
  let best: { readonly issues: readonly Issue[]; readonly score: number } | undefined;
  const branches = branchesOf(schema);
  for (const [index, issues] of issue.errors.entries()) {
    const fields =
      branches.length === issue.errors.length
        ? branches[index] && fieldsOf(branches[index])
        : fieldsOf(schema);
    const isWrongKind = issues.some((inner) => inner.path.length === 0 && inner.code !== 'unrecognized_keys');
    if (isWrongKind || !isMap(value)) continue;
    const known = Object.keys(value).filter(
      (key) => fields !== undefined && Object.hasOwn(fields, key),
    ).length;
    const score = known * 10 - issues.length;
    if (best === undefined || score > best.score) best = { issues, score };
  }
  return best?.issues;
}

interface Mismatch {
  readonly schema: Schema;
  readonly path: Path;
  readonly value: unknown;
  readonly written: string | undefined;
}

function explain(issue: Issue, mismatch: Mismatch): Finding {
  const { schema, path, value } = mismatch;
  if (value === undefined) return missing(schema, path);
  const format = formatOf(schema);
  if (format === 'secret') return plainSecret(schema, path, value);
  if (format !== undefined && (typeof value === 'string' || typeof value === 'number')) {
    if (issue.code !== 'too_big' && issue.code !== 'too_small') return wrongFormat(format, mismatch);
  }
  switch (issue.code) {
    case 'invalid_value':
      return wrongChoice(mismatch);
    case 'too_big':
    case 'too_small':
      return wrongRange(issue, mismatch);
    case 'invalid_format':
    case 'custom':
      return {
        code: 'format',
        severity: 'error',
        path,
        at: 'value',
        message: `This ${issue.message}`,
        fix: 'Correct the value.',
      };
    default:
      return wrongType(mismatch);
  }
}
