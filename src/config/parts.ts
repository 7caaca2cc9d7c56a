import type { z } from 'zod';
import { isMap } from './merge.ts';
import type { Path } from './problem.ts';
import type { Schema } from './shape/tree.ts';

/** What the schema says about one part of an environment. */
export interface PartResult {
  readonly issues: readonly z.core.$ZodIssue[];
  /** The checked value; missing if it is not valid. */
  readonly value: unknown;
  /** For the rules: the checked value without keys that the schema does not know, where these were all that was wrong. */
  readonly usable: unknown;
}

/**
 * Checks parts, each distinct one once: environments that inherit a part share the very object.
 */
export class PartChecker {
  readonly #known = new Map<Schema, Map<unknown, PartResult>>();

  check(schema: z.ZodType, value: unknown): PartResult {
    let ofSchema = this.#known.get(schema);
    if (ofSchema === undefined) {
      ofSchema = new Map();
      this.#known.set(schema, ofSchema);
    }
    let result = ofSchema.get(value);
    if (result === undefined) {
      result = checkPart(schema, value);
      ofSchema.set(value, result);
    }
    return result;
  }
}

function checkPart(schema: z.ZodType, value: unknown): PartResult {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { issues: [], value: parsed.data, usable: parsed.data };
  const { issues } = parsed.error;
  return { issues, value: undefined, usable: withoutUnknown(schema, value, issues) };
}

/** A mistyped key is one problem; it should not hide what is wrong with the fields beside it. */
function withoutUnknown(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  let rest = value;
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') return undefined;
    rest = withoutKeys(rest, issue.path as Path, issue.keys);
  }
  const parsed = schema.safeParse(rest);
  return parsed.success ? parsed.data : undefined;
}

function withoutKeys(value: unknown, path: Path, keys: readonly string[]): unknown {
  if (!isMap(value)) return value;
  const [first, ...rest] = path;
  if (first === undefined)
    return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  return { ...value, [first]: withoutKeys(value[String(first)], rest, keys) };
}
