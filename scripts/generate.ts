// Writes what is made from the code: `npm run generate`. A test says when it was forgotten.
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchemaText } from '../src/config/json-schema.ts';
import { configReference } from './config-reference.ts';
import { monitoringReference } from './monitoring-reference.ts';

const root = new URL('../', import.meta.url);
const files = {
  'hub.schema.json': jsonSchemaText(),
  'docs/config.md': configReference(),
  // The rest of it is written by hand.
  'docs/monitoring.md': monitoringReference(readFileSync(new URL('docs/monitoring.md', root), 'utf8')),
};

for (const [name, text] of Object.entries(files)) {
  writeFileSync(new URL(name, root), text);
  console.log(`wrote ${name}`);
}
