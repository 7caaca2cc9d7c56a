import { jsonSchemaText } from '../../config/json-schema.ts';
import type { Command } from '../command.ts';

/** `schema`: the JSON Schema of the file. */
export const run: Command = (_words, { io }) => {
  io.stdout.write(jsonSchemaText());
  return Promise.resolve(0);
};
