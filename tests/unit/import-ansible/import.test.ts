import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importAnsible } from '../../../src/config/import-ansible/index.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { files, filesBelow } from './files.ts';

const accounts = filesBelow(join(import.meta.dirname, 'golden', '02-accounts', 'input'));
const result = importAnsible(accounts, {});

function inForm(lines: string): ReturnType<typeof importAnsible> {
  return importAnsible(files({ 'group_vars/training/all.yaml': lines }), {});
}

describe('the same form', () => {
  test.each<[string, (text: string) => string]>([
    ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['with old line ends', (text) => text.replaceAll('\n', '\r')],
    ['with a BOM', (text) => `\ufeff${text}`],
    ['with BOM and CRLF', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['without its last line end', (text) => text.trimEnd()],
    ['with --- and ... around it', (text) => `---\n${text}\n...\n`],
  ])('%s gives the same result', (_name, change) => {
    const changed = new Map(
      [...accounts].map(([path, text]) => [path, path.endsWith('hosts') ? text : change(text)]),
    );
    const again = importAnsible(changed, {});
    expect(again.yaml).toBe(result.yaml);
    expect(again.notes.map(({ what }) => what)).toEqual(result.notes.map(({ what }) => what));
  });

  test('gives the same result in whichever order the files are read', () => {
    expect(importAnsible(new Map([...accounts].toReversed()), {})).toEqual(result);
  });

  test('gives the same inventory with CRLF', () => {
    const changed = new Map([...accounts].map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
    expect(importAnsible(changed, {}).yaml).toBe(result.yaml);
  });
});

test('a filled form passes once the context is filled in', () => {
  const filled = result.yaml.replace(/# context: (.*)/, 'context: $1');
  const errors = loadConfig({ file: 'hub.yaml', text: filled }).problems.filter(
    ({ severity }) => severity === 'error',
  );
  expect(errors).toEqual([]);
});

test('the environment for this machine is usable as it is', () => {
  expect(result.environments).toEqual(['local', 'training']);
  expect([...loadConfig({ file: 'hub.yaml', text: result.yaml }).environments.keys()]).toContain('local');
});

test('a group called local keeps its name, and none is added', () => {
  const { environments, notes } = importAnsible(
    files({ 'group_vars/local/all.yaml': 'host_domain: a.example.org' }),
    {},
  );
  expect(environments).toEqual(['local']);
  expect(notes.map(({ what }) => what)).toContain('No environment for this machine was added');
});

test.each([
  [undefined, 'jupyterhub'],
  ['Course Hub', 'course-hub'],
  ['2026', 'jupyterhub-2026'],
  ['', 'jupyterhub'],
])('the name %j becomes %s', (name, expected) => {
  const { yaml } = importAnsible(accounts, { name });
  expect(yaml).toContain(`\nname: ${expected}\n`);
});

function withIam(lines: string): ReturnType<typeof importAnsible> {
  return inForm(`iris_iam: true\nclient_id: x\nallowed_groups: [g]\n${lines}`);
}

describe('a client secret', () => {
  const secret = 'fake-secret-0123456789';
  test.each([
    ['plain', `client_secret: ${secret}`],
    ['quoted', `client_secret: '${secret}'`],
    ['in a block', `client_secret: |\n  ${secret}`],
    ['through a variable', `client_secret: "{{ iam }}"\niam: ${secret}`],
    ['through two variables', `client_secret: "{{ a }}"\na: "{{ b }}"\nb: ${secret}`],
  ])('%s goes into a file', (_name, lines) => {
    const imported = withIam(lines);
    expect(imported.secrets).toEqual([
      { path: 'secrets/training-oidc-client-secret', environment: 'training', value: secret },
    ]);
    expect(imported.yaml).toContain('clientSecret: { fromFile: secrets/training-oidc-client-secret }');
    expect(JSON.stringify([imported.yaml, imported.notes])).not.toContain(secret);
  });

  test('that was left in other fields is taken out of them', () => {
    const imported = withIam(
      `client_secret: ${secret}\nnfs_ip: ${secret}.example.org\nprofiles:\n  - display_name: ${secret}\n    commands: [echo ${secret}]`,
    );
    expect(JSON.stringify([imported.yaml, imported.notes])).not.toContain(secret);
    expect(imported.notes.filter(({ why }) => why.includes('text of a secret'))).toHaveLength(3);
  });

  test('that has no effect goes nowhere', () => {
    const imported = inForm(`iris_iam: false\nclient_secret: ${secret}\n`);
    expect(imported.secrets).toEqual([]);
    expect(JSON.stringify(imported)).not.toContain(secret);
  });

  test('that is a number keeps its zeros', () => {
    expect(withIam('client_secret: 0012345678').secrets[0]?.value).toBe('0012345678');
  });

  test('that is computed is not guessed', () => {
    const imported = withIam(`client_secret: "{{ '${secret}' | b64decode }}"`);
    expect(imported.secrets).toEqual([]);
    expect(JSON.stringify(imported)).not.toContain(secret);
    expect(imported.yaml).toContain('# clientSecret: { fromFile: secrets/training-oidc-client-secret }');
  });

  test('of each environment gets a file of its own', () => {
    const text = 'iris_iam: true\nclient_id: x\nallowed_groups: [g]';
    const imported = importAnsible(
      files({
        'group_vars/all.yml': `client_secret: ${secret}`,
        'group_vars/a.yml': text,
        'group_vars/b.yml': text,
      }),
      {},
    );
    expect(imported.secrets.map(({ path }) => path)).toEqual([
      'secrets/a-oidc-client-secret',
      'secrets/b-oidc-client-secret',
    ]);
  });

  test('in an encrypted variable of another file names that file', () => {
    const vault = 'vault_iam: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n';
    const imported = importAnsible(
      files({
        'group_vars/all/vault.yml': vault,
        'group_vars/a.yml': 'iris_iam: true\nclient_secret: "{{ vault_iam }}"',
      }),
      {},
    );
    expect(imported.yaml).toContain('clientSecret: { fromEnv: A_OIDC_CLIENT_SECRET }');
    expect(imported.notes.find(({ what }) => what.includes('A_OIDC_CLIENT_SECRET'))?.why).toContain(
      '-a var=vault_iam -e @group_vars/all/vault.yml',
    );
  });
});

describe('the inventory', () => {
  const group = 'host_domain: a.example.org';

  test('gives the order, and a commented-out group without variables gives nothing', () => {
    const hosts = '[b]\n#localhost\n#[c]\n[a]\n# [note]\nlocalhost ansible_connection=local\n';
    const imported = importAnsible(
      files({
        'inventory/hosts': hosts,
        'group_vars/a.yml': group,
        'group_vars/b.yml': group,
        'group_vars/d.yml': group,
      }),
      {},
    );
    expect(imported.environments).toEqual(['b', 'a', 'd']);
    expect(imported.yaml).toContain('# from group_vars/a.yml; the playbook runs for it today');
  });

  test('in YAML is named as not read', () => {
    const imported = importAnsible(
      files({ 'inventory/hosts.yml': 'all: {}', 'group_vars/a.yml': group }),
      {},
    );
    expect(imported.notes.map(({ what }) => what)).toContain('inventory/hosts.yml was not read');
  });

  test('may hold the group_vars, and those beside the playbook win', () => {
    const imported = importAnsible(
      files({
        'inventory/group_vars/a.yml': 'host_domain: b.example.org\nnfs_ip: 192.0.2.1',
        'group_vars/a.yml': group,
      }),
      {},
    );
    expect(imported.yaml).toContain('domain: a.example.org');
    expect(imported.yaml).toContain('server: 192.0.2.1');
    expect(imported.notes.map(({ what }) => what)).toContain(
      'host_domain of inventory/group_vars/a.yml has no effect',
    );
  });

  test('a circle of groups ends', () => {
    const imported = importAnsible(
      files({ 'inventory/hosts': '[a:children]\nb\n[b:children]\na\n[c]\nx\n', 'group_vars/c.yml': group }),
      {},
    );
    expect(imported.environments).toContain('c');
  });
});

test('an empty file is an environment with nothing in it', () => {
  const imported = inForm('# nothing yet\n');
  expect(imported.environments).toEqual(['training']);
  expect(imported.notes.filter(({ severity }) => severity === 'todo').length).toBeGreaterThan(5);
});

test.each([
  ['10', '10'],
  ['0', '0'],
])('number_of_users %s', (count, text) => {
  const imported = inForm(`username: trainee\nnumber_of_users: ${count}\n`);
  expect(imported.yaml.includes(`count: ${text}`)).toBe(count !== '0');
});
