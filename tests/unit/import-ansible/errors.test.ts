import { describe, expect, test } from 'vitest';
import { importAnsible, isOfInterest } from '../../../src/config/import-ansible/index.ts';
import { UserError } from '../../../src/errors.ts';
import { files } from './files.ts';

function failure(texts: Readonly<Record<string, string>>): UserError {
  try {
    importAnsible(files(texts), {});
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was imported');
}

describe('a folder that is no such repository', () => {
  test.each([
    [{}, 'Give the folder that was cloned'],
    [{ 'README.md': 'hello' }, 'Give the folder that was cloned'],
    [{ 'group_vars/README.md': 'hello' }, 'Give the folder that was cloned'],
    [{ 'playbook/group_vars/dev/all.yaml': 'a: 1' }, '"playbook"'],
    [{ 'all/global_config.yaml': 'a: 1', 'training/all.yaml': 'a: 1' }, 'give the folder above it'],
  ])('%j', (texts, fix) => {
    const error = failure(texts);
    expect(error.what).toContain('group_vars/<environment>/*.yaml');
    expect(error.fix).toContain(fix);
    for (const said of [error.what, error.fix]) expect(said).toMatch(/^[A-Z].*\.$/);
    expect(error.exitCode).toBe(2);
  });
});

const secret = 'fake-secret-0123456789';

describe('a file that cannot be read', () => {
  test.each([
    [
      'a tab',
      `a: 1\nprofiles:\n\t- client_secret: ${secret}\n`,
      3,
      /indented with a tab.*Fix: replace the tab/,
    ],
    ['a colon too many', `client_secret: ${secret}: x\n`, 1, /cannot be read as YAML/],
    ['an open quote', `client_secret: "${secret}\n`, undefined, /cannot be read as YAML/],
    ['a missing anchor', `a: 1\nclient_secret: *${secret}\n`, 2, /refers to an anchor/],
    ['a list', `- ${secret}\n`, 1, /does not hold variables/],
    ['a text', `${secret}\n`, 1, /does not hold variables/],
    ['an alias of itself', `a: &a\n  b: *a\n`, 1, /nested too deeply/],
    ['a bomb of aliases', bomb(), 1, /unfolds to too much/],
  ])('%s', (_name, text, line, message) => {
    const error = failure({
      'group_vars/dev/all.yaml': text,
      'group_vars/prod/all.yaml': 'host_domain: a.example.org',
    });
    if (line !== undefined) expect(error.where).toBe(`group_vars/dev/all.yaml:${line}`);
    expect(error.details).toMatch(message);
    expect(error.fix).toMatch(/^[A-Z].*\.$/);
    expect(`${error.what} ${error.fix} ${error.where} ${error.details} ${String(error.cause)}`).not.toContain(
      secret,
    );
  });

  test('all of them are named at once', () => {
    const error = failure({
      'group_vars/dev.yml': '\ta: 1',
      'group_vars/prod.yml': 'x: [1',
      'host_vars/localhost.yml': '- 1',
    });
    expect(error.what).toMatch(/places of the repository cannot be read/);
    expect(error.details).toMatch(/dev\.yml:1[^]*prod\.yml:\d[^]*localhost\.yml:1/);
  });
});

function bomb(): string {
  const levels = Array.from(
    { length: 12 },
    (_, level) =>
      `l${level + 1}: &l${level + 1} [${Array.from({ length: 9 }, () => `*l${level}`).join(', ')}]`,
  );
  return ['l0: &l0 lol', ...levels].join('\n');
}

test('only files that matter are asked for', () => {
  const paths = [
    'group_vars/a/all.yaml',
    'inventory/hosts',
    'inventory/group_vars/all.yml',
    'roles/x/files/a.yaml',
    'host_vars/h.yml',
    'README.md',
    '.git/config',
    'a/group_vars/b.yml',
  ];
  expect(paths.filter(isOfInterest)).toEqual(paths.slice(0, 5));
});
