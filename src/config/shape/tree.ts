import type { z } from 'zod';
import type { Path } from '../problem.ts';
import { formats } from '../schema/common.ts';
import type { Format } from '../schema/common.ts';

/** Any zod schema. */
export type Schema = z.core.$ZodType;

interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
  readonly element?: Schema;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

function definition(schema: Schema): Definition {
  // oxlint-disable-next-line no-underscore-dangle -- zod's documented way to look into a schema
  return schema._zod.def;
}

/** The schema behind `optional`, `default` and the like. */
function unwrap(schema: Schema): Schema {
  let current = schema;
  for (let inner = definition(current).innerType; inner !== undefined; inner = definition(current).innerType)
    current = inner;
  return current;
}

/** `object`, `record`, `array`, `string`, `number`, `boolean`, `enum`, `literal`, `union` or `unknown`. */
export function kindOf(schema: Schema): string {
  return definition(unwrap(schema)).type;
}

/** The branches of a union, also of unions in it; anything else is its own only branch. */
export function branchesOf(schema: Schema): Schema[] {
  const bare = unwrap(schema);
  const { options } = definition(bare);
  return options === undefined ? [bare] : options.flatMap(branchesOf);
}

/** The fields of a map with fixed keys, or of the first such branch. */
export function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  for (const branch of branchesOf(schema)) {
    const { shape } = definition(branch);
    if (shape !== undefined) return shape;
  }
  return undefined;
}

/** The allowed values of an enum or literal. */
export function choicesOf(schema: Schema): readonly unknown[] {
  const { entries, values } = definition(unwrap(schema));
  return entries === undefined ? (values ?? []) : Object.values(entries);
}

/** The schema of a list's items or of a free map's values. */
export function elementOf(schema: Schema): Schema | undefined {
  const { element, valueType } = definition(unwrap(schema));
  return element ?? valueType;
}

/** The schema of a key or index; every branch of a union is looked at. */
export function childOf(schema: Schema, key: string | number): Schema | undefined {
  for (const branch of branchesOf(schema)) {
    const { shape, element, valueType } = definition(branch);
    if (typeof key === 'number' && element !== undefined) return element;
    if (typeof key === 'string' && valueType !== undefined) return valueType;
    if (shape !== undefined && Object.hasOwn(shape, key)) return shape[key];
  }
  return undefined;
}

/** The schema at a path, or undefined where the schema knows none. */
export function schemaAt(schema: Schema, path: Path): Schema | undefined {
  let current: Schema | undefined = schema;
  for (const key of path) {
    if (current === undefined) return undefined;
    current = childOf(current, key);
  }
  return current;
}

/** The first example of a field. */
export function exampleOf(schema: Schema): unknown {
  for (
    let current: Schema | undefined = schema;
    current !== undefined;
    current = definition(current).innerType
  ) {
    const examples = 'meta' in current ? (current as z.ZodType).meta()?.['examples'] : undefined;
    if (Array.isArray(examples)) return examples[0] as unknown;
  }
  return undefined;
}

/** What kind of text it is, if one of ours: a size, a duration, a secret. */
export function formatOf(schema: Schema): Format | undefined {
  for (
    let current: Schema | undefined = schema;
    current !== undefined;
    current = definition(current).innerType
  ) {
    const format = formats.get(current)?.format;
    if (format !== undefined) return format;
  }
  return undefined;
}
