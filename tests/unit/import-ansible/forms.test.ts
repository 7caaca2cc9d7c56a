import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { importAnsible } from '../../../src/config/import-ansible/index.ts';
import type { Imported } from '../../../src/config/import-ansible/index.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { mergeEnvironment, valueAt } from '../../../src/config/merge.ts';
import { arbitraryRepository, isFilled } from './arbitrary-forms.ts';
import type { Field, Repository } from './arbitrary-forms.ts';

// Nothing is dropped silently: every field that somebody filled in is in the result, or a note names it.

/** Where a variable's value is found again. */
const places: Readonly<Record<string, readonly string[]>> = {
  host_domain: ['address', 'domain'],
  ip_address: ['address', 'floatingIp'],
  client_id: ['auth', 'oidc', 'clientId'],
  client_secret: ['auth', 'oidc', 'clientSecret'],
  admin_groups: ['auth', 'oidc', 'adminGroups'],
  allowed_groups: ['auth', 'oidc', 'allowedGroups'],
  admin_names: ['auth', 'accounts', 'admins'],
  number_of_users: ['auth', 'accounts', 'users', 'count'],
  username: ['auth', 'accounts', 'users', 'prefix'],
  iris_iam: ['auth'],
  staging_cert: ['https', 'letsEncrypt', 'staging'],
  nfs_ip: ['materials', 'nfs', 'server'],
  contact_email: ['contactEmail'],
  hub_version: ['charts', 'jupyterhub', 'version'],
  hub_namespace: ['kubernetes', 'namespace'],
  hub_deployed_name: ['kubernetes', 'release'],
  profiles: ['profiles'],
};
const inProfile: Readonly<Record<string, readonly string[]>> = {
  display_name: ['displayName'],
  description: ['description'],
  image: ['image'],
  cpu_limit: ['cpu', 'limit'],
  cpu_guarantee: ['cpu', 'guarantee'],
  mem_limit: ['memory', 'limit'],
  mem_guarantee: ['memory', 'guarantee'],
  use_gpus: ['gpus'],
  GPU_info: ['gpus'],
  number_of_gpus: ['gpus', 'count'],
  key: ['gpus', 'toleration', 'key'],
  operator: ['gpus', 'toleration', 'operator'],
  effect: ['gpus', 'toleration', 'effect'],
  value: ['gpus', 'toleration', 'value'],
  commands: ['commands'],
  default: ['default'],
};

function readBack(imported: Imported, environment: string): unknown {
  const file: unknown = parse(imported.yaml);
  return mergeEnvironment(valueAt(file, ['defaults']), valueAt(file, ['environments', environment]));
}

function isNamed(imported: Imported, name: string): boolean {
  const word = new RegExp(`(?<![\\w])${name}(?![\\w])`);
  return imported.notes.some(({ what, why }) => word.test(what) || word.test(why));
}

function lostVariables(imported: Imported, { environments }: Repository): string[] {
  return environments.flatMap(({ name, variables, profiles }) => {
    const settings = readBack(imported, name);
    const lost = variables.filter(
      (field) => !isAccounted(imported, field, valueAt(settings, places[field.name] ?? ['no place'])),
    );
    const written = Object.values((valueAt(settings, ['profiles']) ?? {}) as Record<string, unknown>);
    const lostFields = profiles.flatMap((fields, index) =>
      fields.filter(
        (field) =>
          !isAccounted(imported, field, valueAt(written[index], inProfile[field.name] ?? ['no place'])),
      ),
    );
    return [...lost, ...lostFields].map((field) => `${name}: ${field.name}: ${field.yaml}`);
  });
}

/** A flag that is false needs no trace: the result does not have what it denies. */
function isAccounted(imported: Imported, field: Field, found: unknown): boolean {
  if (!isFilled(field) || field.means === false || isNamed(imported, field.name)) return true;
  if (field.items === undefined) return found !== undefined;
  return Array.isArray(found) && found.length === field.items;
}

test('every filled field of every form is in the result or in the notes', () => {
  fc.assert(
    fc.property(arbitraryRepository, (repository) => {
      const imported = importAnsible(repository.files, {});
      expect(lostVariables(imported, repository)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('no secret of any form is in the result or in the notes', () => {
  fc.assert(
    fc.property(arbitraryRepository, (repository) => {
      const { yaml, notes, secrets } = importAnsible(repository.files, {});
      expect(JSON.stringify([yaml, notes])).not.toContain('fake-secret');
      expect(secrets.every(({ path }) => yaml.includes(`fromFile: ${path}`))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

/** What `check` may say of an imported file: what was left blank, and what was wrong in the form already. */
const neverFound = [
  'unknown-key',
  'not-yaml',
  'not-a-map',
  'duplicate-key',
  'plain-secret',
  'empty-key',
  'secret-in-command',
];

test('every result is a file of the right shape, whatever the form was', () => {
  fc.assert(
    fc.property(arbitraryRepository, (repository) => {
      const { yaml, environments } = importAnsible(repository.files, {});
      const loaded = loadConfig({ file: 'hub.yaml', text: yaml });
      expect(loaded.environmentNames).toEqual(environments);
      expect(loaded.problems.filter(({ code }) => neverFound.includes(code))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('the same form with CRLF gives the same result', () => {
  fc.assert(
    fc.property(arbitraryRepository, (repository) => {
      const windows = new Map(
        [...repository.files].map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
      );
      expect(importAnsible(windows, {})).toEqual(importAnsible(repository.files, {}));
    }),
    { numRuns: 100 },
  );
});
