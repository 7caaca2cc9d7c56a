import { convertAddress, convertMaterials } from './convert-address.ts';
import { convertAuth } from './convert-auth.ts';
import { convertKubernetes, convertShared } from './convert-cluster.ts';
import { convertProfiles } from './convert-profiles.ts';
import { Fields } from './fields.ts';
import { createResolver, isSecretName } from './jinja.ts';
import type { Form } from './list-environments.ts';
import type { NoteSink } from './notes.ts';
import { isBlank } from './scalars.ts';
import type { Entry, ImportedSecret, Settings } from './types.ts';

/** Variables of older playbooks, or that people add, with the field that stands for them. */
const hints: Readonly<Record<string, string>> = {
  kubeconfig_path: 'write it as kubernetes.kubeconfig',
  user_groups: 'write one row of accounts as auth.accounts.users, and further names as auth.accounts.extra',
};

interface Converted {
  readonly settings: Settings;
  /** Variables that another one referred to. */
  readonly used: readonly Entry[];
  /** Says what is left over, once it is known what the other environments used. */
  readonly finish: (usedElsewhere: ReadonlySet<Entry>) => void;
}

/** Turns the variables of one environment into its whole settings; what is shared is lifted out later. */
export function convertEnvironment(
  form: Form,
  shared: { secrets: ImportedSecret[]; secretTexts: readonly string[]; note: NoteSink },
): Converted {
  const note: NoteSink = (raw) => shared.note({ environment: form.name, ...raw });
  const resolver = createResolver(form.variables, shared.secretTexts);
  const fields = new Fields(form.variables, { of: '', note, resolve: resolver.resolve });
  const secretContext = {
    environment: form.name,
    secrets: shared.secrets,
    vaultFile: form.vaultFile,
    resolveSecret: resolver.resolveSecret,
  };
  const settings = {
    ...convertKubernetes(fields),
    ...convertAddress(fields),
    ...convertAuth(fields, secretContext),
    ...convertProfiles(fields, note),
    ...convertMaterials(fields),
    ...convertShared(fields),
  };
  return {
    settings,
    used: [...resolver.used].flatMap((name) => form.variables.get(name) ?? []),
    finish: (used) => {
      sayUnknown(fields, form, used);
      fields.sayBlank();
    },
  };
}

function sayUnknown(fields: Fields, form: Form, used: ReadonlySet<Entry>): void {
  for (const name of fields.unread()) {
    const entry = form.variables.get(name);
    if (entry === undefined || used.has(entry)) continue;
    if (isBlank(entry.value)) fields.markBlank(name);
    else if (entry.isAnchor === true)
      fields.ignore([name], 'Its parts were taken where an alias (`*name`) puts them.');
    else if (name.startsWith('ansible_')) fields.ignore([name], 'It tells Ansible how to connect.');
    else fields.lose(name, unknownWhy(name));
  }
}

function unknownWhy(name: string): string {
  const hint = hints[name];
  if (hint !== undefined) return `the stock playbook does not use it: ${hint}`;
  const secret = isSecretName(name) ? '. By its name it is a secret: its value was not copied anywhere' : '';
  return `Hubwright does not know this variable; the stock playbook does not use it either${secret}`;
}
