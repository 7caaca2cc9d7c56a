import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
import { jsonSchemaText } from '../../../src/config/json-schema.ts';
import { environment } from '../../../src/config/schema/environment.ts';
import { elementOf, fieldsOf, formatOf, kindOf } from '../../../src/config/shape/tree.ts';
import type { Schema } from '../../../src/config/shape/tree.ts';

interface Field {
  readonly name: string;
  readonly schema: z.ZodType;
}

function fields(schema: Schema, path: string): Field[] {
  if (formatOf(schema) === 'secret') return [];
  const own = Object.entries(fieldsOf(schema) ?? {}).flatMap(([key, child]) => [
    { name: `${path}${key}`, schema: child as z.ZodType },
    ...fields(child, `${path}${key}.`),
  ]);
  const element = kindOf(schema) === 'record' ? elementOf(schema) : undefined;
  return element === undefined ? own : [...own, ...fields(element, `${path}NAME.`)];
}

describe.each(fields(environment, ''))('$name', ({ schema }) => {
  const { description, examples } = schema.meta() ?? {};

  test('has a description', () => expect(description).toMatch(/\S.*/));

  test('has an example that is valid', () => {
    expect(examples).toBeInstanceOf(Array);
    for (const example of examples as unknown[])
      expect(schema.safeParse(example)).toMatchObject({ success: true });
  });
});

const example = () =>
  parse(readFileSync(new URL('../../../examples/training/hub.yaml', import.meta.url), 'utf8')) as {
    defaults: Record<string, unknown>;
    environments: Record<string, Record<string, unknown>>;
  };

describe('the JSON Schema', () => {
  // zod's own reader of JSON Schema stands for the editor.
  const schema = z.fromJSONSchema(JSON.parse(jsonSchemaText()) as Parameters<typeof z.fromJSONSchema>[0]);

  test('takes the example', () => expect(schema.safeParse(example()).error).toBeUndefined());

  test('takes parts: what is missing in one place may stand in the other', () => {
    expect(
      schema.safeParse({
        name: 'hub',
        defaults: { profiles: { a: { cpu: { limit: 2 } } } },
        environments: { one: { kubernetes: { namespace: 'x' } } },
      }).success,
    ).toBe(true);
  });

  test('takes null anywhere, since it removes', () => {
    expect(
      schema.safeParse({
        name: 'hub',
        defaults: null,
        environments: { one: null, two: { profiles: { a: null, b: { gpus: null } }, materials: null } },
      }).success,
    ).toBe(true);
  });

  test.each([
    ['a mistyped key', { profiles: { a: { mem_limit: '2G' } } }],
    ['a wrong unit', { profiles: { a: { memory: { limit: '16GB' } } } }],
    ['a secret as text', { auth: { oidc: { clientSecret: 'hunter2' } } }],
    ['a wrong target', { target: 'moon' }],
  ])('refuses %s', (_, one) => {
    expect(schema.safeParse({ name: 'hub', environments: { one } }).success).toBe(false);
  });

  test('requires nothing but the name and the environments', () => {
    const text = jsonSchemaText();
    expect(text.match(/"required"/g)).toHaveLength(1);
    expect(text).not.toContain('$comment');
  });
});
