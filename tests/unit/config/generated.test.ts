import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configReference } from '../../../scripts/config-reference.ts';
import { monitoringReference } from '../../../scripts/monitoring-reference.ts';
import { jsonSchemaText } from '../../../src/config/json-schema.ts';
import { scalar } from '../../../src/config/shape/words.ts';
import { starterFile } from '../../../src/config/starter.ts';
import { load } from './support.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

test.each([
  ['hub.schema.json', jsonSchemaText],
  ['docs/config.md', configReference],
  ['docs/monitoring.md', () => monitoringReference(read('docs/monitoring.md'))],
])('%s is what `npm run generate` writes', (name, text) => {
  expect(read(name)).toBe(text());
});

test('the example has no error, and every environment of it can be used', () => {
  const { problems, environments } = load(read('examples/training/hub.yaml'));
  // An example has an example's name; whoever copies it is told to put in their own.
  expect(problems.map((problem) => problem.code)).toEqual(['example-name']);
  expect([...environments.keys()]).toEqual(['local', 'training']);
});

test('the example carries what the deployment had that it replaces', () => {
  const training = load(read('examples/training/hub.yaml')).environments.get('training');
  expect(training).toMatchObject({
    target: 'kubernetes',
    auth: { accounts: { admins: ['alex'], users: { prefix: 'trainee', count: 30 } } },
    materials: { nfs: { path: '/var/training-materials' }, mountPath: '/mnt/materials' },
    https: { letsEncrypt: { staging: false } },
    culling: { timeout: '5d', every: '1h' },
  });
  expect(training?.profiles['large']).toMatchObject({
    cpu: { guarantee: 0.05, limit: 6 },
    memory: { guarantee: '25G', limit: '25G' },
  });
});

test('the starter file has no problem', () => {
  const { problems, environments } = load(starterFile({ name: 'my-hub' }));
  expect(problems).toEqual([]);
  expect(environments.get('local')).toMatchObject({ deployment: 'my-hub', target: 'local' });
});

test('the starter file takes any title', () => {
  for (const title of [
    'Python: the basics',
    "Jo's hub",
    '2026',
    'yes',
    '# 1',
    '- x',
    ' x ',
    '{{ x }}',
    'Übung 1',
  ]) {
    expect(
      load(starterFile({ name: '123', title })).environments.get('local')?.profiles['standard']?.displayName,
      scalar(title),
    ).toBe(title);
  }
});

test('the environment that the starter file shows in comments is right, but for its example name', () => {
  const [head = '', shown = ''] = starterFile({ name: 'my-hub' }).split(/(?<=\n) {2}# The same hub.*\n/);
  const { problems, environments } = load(head + shown.replaceAll(/^ {2}# /gm, '  '));
  expect(problems.map((problem) => problem.code)).toEqual(['example-name']);
  expect(environments.get('training')?.target).toBe('kubernetes');
});
