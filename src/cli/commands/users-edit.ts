import { adminPrefix, listedAccounts } from '../../config/accounts.ts';
import { addAccount, removeAccount, type AccountEdit } from '../../config/edit-accounts.ts';
import { UserError } from '../../errors.ts';
import type { Event } from '../../operate/events.ts';
import type { CommandContext } from '../command.ts';
import { openTarget, type OpenTarget } from '../open-target.ts';
import { count } from '../render/words.ts';
import { underLock } from '../under-lock.ts';
import { applyAccounts } from './users-apply.ts';

/** Writes the people into the file and lets them in at once; nothing restarts. */
export async function addPeople(
  name: string | undefined,
  names: readonly string[],
  context: CommandContext,
): Promise<0> {
  const asked = await openOwnAccounts(name, context);
  const { inDefaults } = await underLock(asked, purposeOf(asked, 'add', names), context, async (opened) => {
    const edit = withPeople(names, context.options['admin'] === true ? 'admins' : 'extra', opened);
    await applyAccounts(edit.text, opened, context);
    return edit;
  });
  const { config, environment, sameAgain } = asked;
  await tell(context, names, [
    `${count(names.length, 'person', 'people')} added to ${config.shown}.`,
    ...othersFollow(inDefaults),
    `Cards: \`hubwright users ${environment.name} handout${sameAgain}\``,
  ]);
  return 0;
}

/** Takes the people out of the file and off the hub at once. */
export async function removePeople(
  name: string | undefined,
  words: readonly string[],
  context: CommandContext,
): Promise<0> {
  const names = [...new Set(words)];
  const asked = await openOwnAccounts(name, context);
  const withHome = context.options['withHome'] === true;
  const purpose = purposeOf(asked, 'remove', names);
  const { removal, homes } = await underLock(asked, purpose, context, async (opened) => {
    const made = await withoutPeople(names, withHome, opened);
    const afterUp = withHome ? `; then \`${purpose} --with-home\` deletes the homes` : '';
    await applyAccounts(made.text, opened, context, afterUp);
    return { removal: made, homes: withHome ? await deleteHomes(opened, names) : undefined };
  });
  if (areAllAdmins(removal.removed, asked)) context.reporter.emit(nobodyAdministers(asked));
  await tell(context, names, [
    `${removedText(removal, asked)} ${homes ?? 'Homes stay (`--with-home` deletes them).'}`,
    ...othersFollow(removal.inDefaults),
  ]);
  return 0;
}

/** The file's text with these people in it. @throws UserError for somebody who is there already. */
function withPeople(names: readonly string[], list: 'admins' | 'extra', opened: OpenTarget): AccountEdit {
  const environment = opened.environment.name;
  const there = new Set(listedNames(opened));
  let edit: AccountEdit = { text: opened.config.text, inDefaults: false };
  for (const person of names) {
    const account = list === 'admins' ? `${adminPrefix}${person}` : person;
    if (there.has(account))
      throw refused(
        `${account} is there already.`,
        opened,
        `\`hubwright users ${environment} list\` shows everybody. Whom an \`add\` that was killed has left out there, \`hubwright up ${environment}\` lets in.`,
      );
    there.add(account);
    edit = addAccount(edit.text, environment, person, list);
  }
  return edit;
}

interface Removal extends AccountEdit {
  readonly removed: readonly string[];
  /** People who were out of the file before. */
  readonly former: readonly string[];
}

/** The file's text without these people. @throws UserError for somebody who cannot be taken out of it. */
async function withoutPeople(
  names: readonly string[],
  withHome: boolean,
  opened: OpenTarget,
): Promise<Removal> {
  const { accounts } = opened.target;
  const known = new Set((await accounts.list()).map((account) => account.name));
  const listed = new Set(listedNames(opened));
  const former: string[] = [];
  let edit: AccountEdit = { text: opened.config.text, inDefaults: false };
  for (const person of names) {
    const without = removeOne(edit.text, opened.environment.name, person);
    if (without) edit = without;
    else if (listed.has(person)) throw oneOfTheRow(person, opened);
    else if (known.has(person) || (withHome && (await accounts.hasHome(person)))) former.push(person);
    else throw await nobody(person, opened);
  }
  return { ...edit, removed: names.filter((person) => !former.includes(person)), former };
}

/** Whether these people were the administrators, every one. */
function areAllAdmins(removed: readonly string[], { environment: { auth } }: OpenTarget): boolean {
  const admins = auth.accounts ? listedAccounts(auth.accounts).filter(({ admin }) => admin) : [];
  return admins.length > 0 && admins.every(({ name }) => removed.includes(name));
}

function nobodyAdministers({ environment: { name } }: OpenTarget): Event {
  return {
    type: 'note',
    severity: 'warning',
    text: `nobody is an administrator any more; \`hubwright users ${name} add NAME --admin\` makes somebody one`,
  };
}

/** `admin-alex` is the admin `alex` of the file. */
function removeOne(text: string, environment: string, person: string): AccountEdit | undefined {
  return person.startsWith(adminPrefix)
    ? (removeAccount(text, environment, person.slice(adminPrefix.length), 'admins') ??
        removeAccount(text, environment, person, 'extra'))
    : removeAccount(text, environment, person, 'extra');
}

function oneOfTheRow(person: string, opened: OpenTarget): UserError {
  const { auth, name } = opened.environment;
  const { prefix, count: last } = auth.accounts?.users ?? { prefix: '', count: 0 };
  return refused(
    `${person} is one of the row ${prefix}-1 to ${prefix}-${last}.`,
    opened,
    `Lower \`auth.accounts.users.count\` and run \`hubwright up ${name}\`: the last of the row lose access, and \`hubwright users ${name} remove ${prefix}-${last} --with-home\` deletes a home of theirs. One from the middle is locked out with \`hubwright users ${name} reset ${person}\`.`,
  );
}

async function nobody(person: string, opened: OpenTarget): Promise<UserError> {
  const { name } = opened.environment;
  const home = (await opened.target.accounts.hasHome(person))
    ? ` A home of that name is there: \`hubwright users ${name} remove ${person} --with-home\` deletes it.`
    : '';
  return refused(
    `Nobody in the file is called ${person}.`,
    opened,
    `\`hubwright users ${name} list\` shows everybody; administrators are called ${adminPrefix}NAME.${home}`,
  );
}

async function openOwnAccounts(name: string | undefined, context: CommandContext): Promise<OpenTarget> {
  const opened = await openTarget(name, context);
  if (opened.environment.auth.accounts && !opened.environment.auth.oidc) return opened;
  throw refused(
    'People log in through the OIDC provider here.',
    opened,
    'Change their groups at the provider.',
  );
}

/** The command, for those who find the environment locked. */
function purposeOf({ environment }: OpenTarget, verb: string, names: readonly string[]): string {
  return `hubwright users ${environment.name} ${verb} ${names.join(' ')}`;
}

function listedNames({ environment: { auth } }: OpenTarget): string[] {
  return auth.accounts ? listedAccounts(auth.accounts).map(({ name }) => name) : [];
}

async function deleteHomes({ target }: OpenTarget, names: readonly string[]): Promise<string> {
  const deleted = await Promise.all(names.map((person) => target.accounts.deleteHome(person)));
  return `${count(deleted.filter(Boolean).length, 'home')} deleted.`;
}

function removedText({ removed, former }: Removal, { config: { shown } }: OpenTarget): string {
  const verb = former.length === 1 ? 'was' : 'were';
  return [
    ...(removed.length === 0 ? [] : [`${count(removed.length, 'person', 'people')} removed from ${shown}.`]),
    ...(former.length === 0 ? [] : [`${former.join(', ')} ${verb} not in ${shown} any more.`]),
  ].join(' ');
}

function othersFollow(inDefaults: boolean): string[] {
  return inDefaults ? ['The list stands in `defaults`: other environments follow at their next deploy.'] : [];
}

async function tell(
  { io, options, reporter }: CommandContext,
  names: readonly string[],
  lines: readonly string[],
): Promise<void> {
  await reporter.close();
  io.stdout.write(
    options.json
      ? `${JSON.stringify({ type: 'result', names })}\n`
      : lines.map((line) => `${line}\n`).join(''),
  );
}

function refused(what: string, { config }: OpenTarget, fix: string): UserError {
  return new UserError({ what, where: config.shown, fix, exitCode: 2 });
}
