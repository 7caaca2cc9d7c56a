import { z } from 'zod';
import { isMap } from './merge.ts';
import { formats } from './schema/common.ts';
import { environment, hubFile } from './schema/environment.ts';

/** A JSON Schema, as far as we look into it. */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  /** Which of our formats a text has; taken out before the schema is written. */
  $comment?: string;
  title?: string;
  description?: string;
  examples?: unknown[];
  default?: unknown;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** The JSON Schema of one whole environment, with `required` and with the names of our formats. */
export function environmentSchema(): JsonSchema {
  return z.toJSONSchema(environment, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const format = formats.get(zodSchema)?.format;
      if (format !== undefined) jsonSchema.$comment = format;
    },
  }) as JsonSchema;
}

/** The JSON Schema of the file as people write it, for editors. */
export function fileSchema(): JsonSchema {
  const { name, defaults, environments } =
    (z.toJSONSchema(hubFile, { io: 'input' }) as JsonSchema).properties ?? {};
  const part: JsonSchema = { $ref: '#/$defs/environment' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'hub.yaml',
    description: 'Every environment of a Hubwright deployment.',
    type: 'object',
    properties: {
      name: { ...name },
      defaults: { description: defaults?.description ?? '', anyOf: [part, { type: 'null' }] },
      environments: {
        description: environments?.description ?? '',
        type: 'object',
        propertyNames: environments?.propertyNames ?? {},
        additionalProperties: { anyOf: [part, { type: 'null' }] },
      },
    },
    required: ['name', 'environments'],
    additionalProperties: false,
    $defs: { environment: asWritten(withoutDraft(environmentSchema())) },
  };
}

/** The text of `hub.schema.json`. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(fileSchema(), undefined, 2)}\n`;
}

function withoutDraft({ $schema: _draft, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

/**
 * A part of an environment may stand in `defaults`, so nothing is required where it is written; and `null` takes away
 * what `defaults` has.
 */
function asWritten(schema: JsonSchema): JsonSchema {
  const { required: _required, $comment: _comment, ...rest } = schema;
  const result: JsonSchema = { ...rest };
  // zod bounds whole numbers by what a double can hold, which tells people nothing.
  if (result.maximum === Number.MAX_SAFE_INTEGER) delete result.maximum;
  if (result.minimum === Number.MIN_SAFE_INTEGER) delete result.minimum;
  if (rest.anyOf !== undefined) result.anyOf = rest.anyOf.map(asWritten);
  if (rest.items !== undefined) result.items = asWritten(rest.items);
  if (rest.propertyNames !== undefined) result.propertyNames = asWritten(rest.propertyNames);
  if (isMap(rest.additionalProperties))
    result.additionalProperties = orNull(asWritten(rest.additionalProperties));
  if (rest.properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(rest.properties).map(([key, child]) => [key, orNull(asWritten(child))]),
    );
  }
  return result;
}

/** What editors show stays outside, where they look for it. */
function orNull(schema: JsonSchema): JsonSchema {
  const { title, description, examples, default: value, ...rest } = schema;
  const shown: JsonSchema = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
    ...(value === undefined ? {} : { default: value }),
  };
  if (Object.keys(rest).length === 0) return shown;
  const branches = rest.anyOf !== undefined && Object.keys(rest).length === 1 ? rest.anyOf : [rest];
  return { ...shown, anyOf: [...branches, { type: 'null' }] };
}
