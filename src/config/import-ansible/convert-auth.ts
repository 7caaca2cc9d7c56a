import type { Fields } from './fields.ts';
import { enumerate, quote } from './quote.ts';
import { convertSecret } from './convert-secret.ts';
import type { SecretContext } from './convert-secret.ts';
import { readInteger } from './scalars.ts';
import { Blank } from './types.ts';
import type { Settings, Tree } from './types.ts';

const forIam = ['client_id', 'client_secret', 'admin_groups', 'allowed_groups'] as const;
const forAccounts = ['admin_names', 'number_of_users', 'username'] as const;

/** Who may log in: IRIS IAM where `iris_iam` is true, else accounts. The fields of the other way have no effect. */
export function convertAuth(fields: Fields, context: SecretContext): Settings {
  const iam = fields.flag('iris_iam');
  if (iam === true) {
    sayQuoted(fields, 'iris_iam', 'makes accounts with passwords');
    fields.ignore(forAccounts, 'iris_iam is true: people log in through IRIS IAM, and no accounts are made.');
    return { auth: { oidc: convertOidc(fields, context) } };
  }
  if (iam === undefined) {
    fields.say(
      'info',
      'Accounts with passwords were chosen',
      `${fields.lack('iris_iam')}, and without it the playbook makes accounts.`,
      'iris_iam',
    );
  }
  fields.ignore(
    forIam,
    'iris_iam is not true: the hub has accounts with passwords. A secret among them was not copied anywhere.',
  );
  return { auth: { accounts: convertAccounts(fields) } };
}

/** Ansible's `is true` holds for unquoted words only, so a quoted "true" never had the effect that it looks to have. */
export function sayQuoted(fields: Fields, name: string, playbook: string): void {
  if (fields.scalar(name)?.flag !== undefined) return;
  const why = `The playbook does not see a quoted word as true: today it ${playbook}. If that is what you want, change it in hub.yaml.`;
  fields.say('warning', `${fields.label(name)} is quoted; it was taken as true`, why, name);
}

function convertOidc(fields: Fields, context: SecretContext): Settings {
  const clientId = fields.text('client_id');
  if (clientId === undefined) {
    fields.say(
      'todo',
      'auth.oidc.clientId is not known',
      `${fields.lack('client_id')}. IRIS IAM shows it with the client.`,
      'client_id',
    );
  }
  const adminGroups = fields.texts('admin_groups');
  const allowedGroups = fields.texts('allowed_groups');
  if (adminGroups.length + allowedGroups.length === 0) {
    const why = 'admin_groups and allowed_groups have no filled item, so nobody could log in.';
    fields.say('todo', 'auth.oidc.allowedGroups and adminGroups are not known', why, 'allowed_groups');
  }
  return {
    preset: 'iris-iam',
    clientId: clientId ?? new Blank('the client id that IRIS IAM gave you'),
    clientSecret: convertSecret(fields, context),
    adminGroups: adminGroups.length > 0 ? adminGroups : new Blank('[training/admins]'),
    allowedGroups: allowedGroups.length > 0 ? allowedGroups : new Blank('[training/users]'),
  };
}

function convertAccounts(fields: Fields): Settings {
  const admins = readAdmins(fields);
  return {
    admins: admins.length > 0 ? admins : new Blank('[alex]'),
    ...readUsers(fields),
  };
}

function readAdmins(fields: Fields): string[] {
  const written = fields.texts('admin_names');
  const names = written.map((name) => name.trim().toLowerCase());
  const admins = [...new Set(names.map((name) => name.replace(/^admin-(?=.)/, '')))];
  const prefixed = names.filter((name) => /^admin-./.test(name));
  if (prefixed.length > 0) {
    const made = enumerate(prefixed.map((name) => `admin-${name}`));
    const why = `Hubwright, like the playbook, puts admin- before each name. The playbook made ${made} of them: where people use that account, and have their home under it, write ${enumerate(prefixed)} in admins.`;
    fields.say(
      'warning',
      `admin_names: the prefix of ${enumerate(prefixed.map(quote))} was cut off`,
      why,
      'admin_names',
    );
  }
  if (admins.length === 0) {
    const why =
      'admin_names has no filled item. (Of an empty item the playbook makes an account admin-None.) Without an administrator nobody sees the admin page.';
    fields.say('todo', 'auth.accounts.admins is not known', why, 'admin_names');
  }
  return admins;
}

function readUsers(fields: Fields): Settings {
  const count = readCount(fields);
  const prefix = readPrefix(fields);
  if (count === 0) {
    const why = 'number_of_users is 0, so no row of accounts was written, whatever username says.';
    if (prefix !== undefined) fields.say('info', `username ${quote(prefix)} has no effect`, why, 'username');
    return {};
  }
  if (count === undefined && prefix === undefined) {
    fields.say(
      'todo',
      'auth.accounts.users is not known',
      `${fields.lack('number_of_users')}, and ${fields.lack('username')}. Leave it out if there are only administrators.`,
      'number_of_users',
    );
    return { users: new Blank('{ prefix: trainee, count: 30 }') };
  }
  if (count === undefined)
    fields.say(
      'todo',
      'auth.accounts.users.count is not known',
      `${fields.lack('number_of_users')}.`,
      'number_of_users',
    );
  if (prefix === undefined)
    fields.say(
      'todo',
      'auth.accounts.users.prefix is not known',
      `${fields.lack('username')}. (The playbook names the accounts None-1, None-2, ...)`,
      'username',
    );
  const users: Record<string, Tree> = {
    prefix: prefix ?? new Blank('trainee'),
    count: count ?? new Blank('30'),
  };
  return { users };
}

function readCount(fields: Fields): number | undefined {
  const text = fields.text('number_of_users');
  if (text === undefined) return undefined;
  const count = readInteger(text);
  if (count === undefined)
    fields.lose('number_of_users', `${quote(text)} is not a whole number; the playbook takes it as 0`);
  return count;
}

function readPrefix(fields: Fields): string | undefined {
  const text = fields.text('username');
  if (text === undefined) return undefined;
  const prefix = text.toLowerCase().replace(/-+$/, '');
  if (prefix !== text) {
    const why = text.endsWith('-')
      ? `The dash before the number comes by itself. The playbook names the accounts ${quote(`${text}-1`)} and so on; homes are kept under those names.`
      : 'JupyterHub itself writes account names in lower case.';
    fields.say(
      text.endsWith('-') ? 'warning' : 'info',
      `username ${quote(text)} was written as ${quote(prefix)}`,
      why,
      'username',
    );
  }
  return prefix === '' ? undefined : prefix;
}
