import { expect, test } from 'vitest';
import {
  memoryBytes,
  readCpu,
  readFlag,
  readInteger,
  readMemory,
} from '../../../src/config/import-ansible/scalars.ts';
import { slug, unique, variableName } from '../../../src/config/import-ansible/slug.ts';

test.each([
  ['25G', '25G', false],
  ['1.8G', '1.8G', false],
  ['25GB', '25G', true],
  ['25Gi', '25G', true],
  ['25GiB', '25G', true],
  ['25 G', '25G', true],
  ['25g', '25G', true],
  ['1800M', '1800M', false],
  ['512mb', '512M', true],
  ['0.5T', '0.5T', false],
  ['2147483648', 2147483648, false],
])('memory %s is %s', (text, value, changed) => {
  expect(readMemory(text)).toEqual({ value, changed });
});

test.each(['25', '0', '', 'half', '25,5G', '25 gigabytes', '-1G', '1e9', 'G', '1P'])(
  'memory %j is not understood',
  (text) => {
    expect(readMemory(text)).toBeUndefined();
  },
);

test.each([
  ['6', 6, false],
  ['0.05', 0.05, false],
  ['.5', 0.5, false],
  ['500m', 0.5, true],
  ['2 cores', 2, true],
  ['1 core', 1, true],
  ['4 vCPUs', 4, true],
])('%s are %s cores', (text, value, changed) => {
  expect(readCpu(text)).toEqual({ value, changed });
});

test.each(['lots', '', '1,5', '-1', '2 GB', '1e3'])('cores %j are not understood', (text) => {
  expect(readCpu(text)).toBeUndefined();
});

test.each([
  ['30', 30],
  ['30.0', 30],
  [' 7 ', 7],
  ['0', 0],
])('%j is the whole number %s', (text, value) => {
  expect(readInteger(text)).toBe(value);
});

test.each(['thirty', '1.5', '', '-3', '12345678901'])('%j is no whole number', (text) => {
  expect(readInteger(text)).toBeUndefined();
});

test.each([
  ['yes', true],
  ['True', true],
  [' on ', true],
  ['1', true],
  ['no', false],
  ['OFF', false],
  ['perhaps', undefined],
])('the word %j means %s', (text, flag) => {
  expect(readFlag({ kind: 'scalar', text, place: { file: 'a', line: 1 } })).toBe(flag);
});

test('memory is counted in powers of 1024', () => {
  expect([memoryBytes('1K'), memoryBytes('1.5M'), memoryBytes('2G'), memoryBytes(99)]).toEqual([
    1024, 1572864, 2147483648, 99,
  ]);
});

test.each([
  ['Python', 'python'],
  ['Python 3.11 (GPU)', 'python-3-11-gpu'],
  ['1,000 genomes', '1000-genomes'],
  ["Alex's profile", 'alex-s-profile'],
  ['Einführung', 'einfuhrung'],
  ['Groß', 'gross'],
  ['  --  ', ''],
  ['機械学習', ''],
])('the slug of %j is %j, as KubeSpawner makes it', (name, expected) => {
  expect(slug(name)).toBe(expected);
});

test('a slug never ends with a dash, however long the name is', () => {
  expect(slug(`${'a'.repeat(59)} b`)).toBe('a'.repeat(59));
});

test('a taken name gets the first free number', () => {
  expect(unique('a', new Set(['a', 'a-2']))).toBe('a-3');
});

test.each([
  ['training', 'TRAINING'],
  ['my-env', 'MY_ENV'],
  ['2nd', '_2ND'],
])('%s in a variable is %s', (name, expected) => {
  expect(variableName(name)).toBe(expected);
});
