// Writes what is made from the schema: `npm run generate`. A test says when it was forgotten.
import { writeFileSync } from 'node:fs';
import { jsonSchemaText } from '../src/config/json-schema.ts';
import { configReference } from './config-reference.ts';

const root = new URL('../', import.meta.url);
const files = { 'hub.schema.json': jsonSchemaText(), 'docs/config.md': configReference() };

for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, root), text);
  console.log(`wrote ${name}`);
}
