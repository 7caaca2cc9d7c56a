import { convertEnvironment } from './convert-environment.ts';
import { lift, withoutInherited } from './lift.ts';
import type { Lifted } from './lift.ts';
import { listEnvironments } from './list-environments.ts';
import type { Form } from './list-environments.ts';
import { localEnvironment } from './local-environment.ts';
import { mergeNotes } from './notes.ts';
import type { NoteSink, RawNote } from './notes.ts';
import { enumerate, quote } from './quote.ts';
import { readRepository } from './read-repository.ts';
import { sayRoles } from './say-roles.ts';
import { secretTexts } from './secrets.ts';
import { slug } from './slug.ts';
import { Blank, isSettings } from './types.ts';
import type { Imported, ImportedSecret, Settings } from './types.ts';
import { writeYaml } from './write.ts';

export { isOfInterest } from './find-files.ts';
export type { Imported, ImportedSecret, Note, Place, Severity } from './types.ts';

/**
 * Turns a repository of the Ansible playbook into hub.yaml.
 *
 * `files`: texts by their path relative to the repository, with `/`; `isOfInterest` says which are wanted.
 * Throws a UserError where the folder is no such repository or a file of it cannot be read.
 */
export function importAnsible(
  files: ReadonlyMap<string, string>,
  options: { name?: string | undefined },
): Imported {
  const raw: RawNote[] = [];
  const note: NoteSink = (one) => raw.push(one);
  const repository = readRepository(files, note);
  const forms = listEnvironments(repository, note);
  const secrets: ImportedSecret[] = [];
  const texts = secretTexts(repository.layers);
  const converted = forms.map((form) =>
    convertEnvironment(form, { secrets, secretTexts: texts, note: form.isEmpty ? silent : note }),
  );
  const used = new Set(converted.flatMap((one) => one.used));
  for (const one of converted) one.finish(used);
  const { defaults, environments: written } = liftFilled(
    forms,
    converted.map(({ settings }) => settings),
  );
  const local = forms.some((form) => form.name === 'local') ? undefined : localEnvironment(defaults);
  if (local === undefined) sayNoLocal(forms, note);
  sayRoles(repository.files, note);
  const environments: [string, Settings][] = [
    ...(local === undefined ? [] : [['local', local] satisfies [string, Settings]]),
    ...forms.map((form, index): [string, Settings] => [form.name, written[index] ?? {}]),
  ];
  const settings: Settings = {
    name: deploymentName(options.name, note),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    environments: Object.fromEntries(environments),
  };
  const { header, comments } = remarks(forms, defaults, local);
  return {
    yaml: `${header}${writeYaml(settings, comments)}`,
    secrets,
    notes: mergeNotes(
      raw,
      forms.map((form) => form.name),
    ),
    environments: environments.map(([name]) => name),
  };
}

const silent: NoteSink = () => undefined;

/** An environment that is only a name in the inventory must not keep the others from sharing. */
function liftFilled(forms: readonly Form[], whole: readonly Settings[]): Lifted {
  const isFilled = (_: unknown, index: number): boolean => forms[index]?.isEmpty !== true;
  const filled = whole.filter(isFilled);
  const { defaults, environments } = lift(filled);
  const rests = new Map(filled.map((settings, index) => [settings, environments[index] ?? {}]));
  return {
    defaults,
    environments: whole.map((settings) => rests.get(settings) ?? withoutInherited(settings, defaults)),
  };
}

function deploymentName(wanted: string | undefined, note: NoteSink): string {
  if (wanted === undefined) return 'jupyterhub';
  const cleaned = slug(wanted);
  const name = /^[0-9]*$/.test(cleaned) ? `jupyterhub-${cleaned}`.replace(/-$/, '') : cleaned;
  if (name !== wanted)
    note({
      severity: 'info',
      what: `The name ${quote(wanted)} was written as ${name}`,
      why: 'It is lower-case letters, digits and dashes.',
    });
  return name;
}

function sayNoLocal(forms: readonly Form[], note: NoteSink): void {
  const why = forms.some((form) => form.name === 'local')
    ? 'There is a group of that name in the repository.'
    : 'The environments do not begin with the same profile, so there is none to share. To try the file on this machine, add local: { target: local } with profiles of its own.';
  note({ severity: 'info', what: 'No environment for this machine was added', why });
}

/** The comments of the file: where each part is from, and what a reader would stumble over. */
function remarks(
  forms: readonly Form[],
  defaults: Settings,
  local: Settings | undefined,
): { header: string; comments: Map<string, string[]> } {
  const comments = new Map<string, string[]>();
  if (local !== undefined) {
    const auth =
      local['auth'] === undefined
        ? []
        : ['The accounts are made up: on this machine the log-in of the others would not work.'];
    comments.set('environments.local', ['This machine, without a cluster: `hubwright up`.', ...auth]);
  }
  for (const { name, files, active } of forms) {
    const from = files.length === 0 ? 'named in the inventory alone' : `from ${enumerate(files)}`;
    comments.set(`environments.${name}`, [`${from}${active ? '; the playbook runs for it today' : ''}`]);
  }
  for (const path of ['defaults', ...forms.map((form) => `environments.${form.name}`)]) {
    comments.set(`${path}.charts`, [
      'What runs today. Without this line it is the version that Hubwright is made for.',
    ]);
  }
  if (isSettings(defaults['auth']) && hasNames(defaults['auth'])) {
    comments.set('defaults.auth', [
      'Accounts: alex in admins becomes admin-alex; users are called PREFIX-1, PREFIX-2, ...',
    ]);
  }
  const header = [
    '# yaml-language-server: $schema=./hub.schema.json',
    '#',
    '# Imported from an Ansible repository. Lines like `# key: example` are still to be filled in:',
    '# `hubwright check` names those that are needed.',
  ];
  return { header: `${header.join('\n')}\n`, comments };
}

function hasNames(auth: Settings): boolean {
  const accounts = auth['accounts'];
  return isSettings(accounts) && Object.values(accounts).some((value) => !(value instanceof Blank));
}
