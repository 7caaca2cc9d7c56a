import { byCodePoint } from './find-files.ts';
import type { NoteSink } from './notes.ts';
import { enumerate, quote } from './quote.ts';
import type { Layer, Repository } from './read-repository.ts';
import { slug, unique } from './slug.ts';
import type { Entry } from './types.ts';

/** An environment before its variables are converted. */
export interface Form {
  /** As hub.yaml calls it. */
  readonly name: string;
  /** Its own group and those above it, the nearest last. */
  readonly groups: readonly string[];
  /** Files of its own, for a comment. */
  readonly files: readonly string[];
  /** The playbook runs for it: its host is not commented out. */
  readonly active: boolean;
  readonly variables: ReadonlyMap<string, Entry>;
  readonly vaultFile: string | undefined;
  /** Only the inventory names it: nothing says what it is. */
  readonly isEmpty: boolean;
}

/** One environment for each group, in the order of the inventory; groups that it does not name follow by name. */
export function listEnvironments(repository: Repository, note: NoteSink): Form[] {
  const parents = parentsOf(repository);
  const groups = groupNames(repository).filter(
    (group) => ![...parents.values()].some((above) => above.includes(group)),
  );
  const taken = new Map<string, string>();
  for (const group of groups) taken.set(environmentName(group, taken, note), group);
  if (groups.length === 0) {
    note({
      severity: 'info',
      what: 'The environment was called cluster',
      why: 'The repository has variables for all groups only, and no group.',
    });
    taken.set('cluster', 'all');
  }
  const forms = [...taken].map(([name, group]) => toForm(name, chain(group, parents), repository));
  noteGroups(repository, forms, parents, note);
  noteOverridden(repository, forms, note);
  return forms.map(({ form }) => form);
}

function groupNames({ inventory, layers, vaultFiles }: Repository): string[] {
  const withFiles = new Set(
    [...layers.filter((layer) => layer.rank > 0), ...vaultFiles].map(({ group }) => group),
  );
  const listed = [...inventory.values()]
    .filter((group) => !group.commented || withFiles.has(group.name))
    .map((group) => group.name);
  const children = [...inventory.values()].flatMap((group) => group.children);
  const rest = [...withFiles, ...children].filter((group) => !listed.includes(group)).toSorted(byCodePoint);
  return [...new Set([...listed, ...rest])].filter((group) => group !== 'all' && group !== 'ungrouped');
}

function parentsOf({ inventory }: Repository): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const group of inventory.values()) {
    if (group.name === 'all') continue;
    for (const child of group.children) parents.set(child, [...(parents.get(child) ?? []), group.name]);
  }
  return parents;
}

/** From `all` down to the group itself. */
function chain(group: string, parents: ReadonlyMap<string, readonly string[]>): string[] {
  const above: string[] = [];
  const climb = (name: string): void => {
    for (const parent of parents.get(name) ?? []) {
      if (above.includes(parent) || parent === group) continue;
      above.unshift(parent);
      climb(parent);
    }
  };
  climb(group);
  return [...new Set(['all', ...above, group])];
}

function environmentName(group: string, taken: ReadonlyMap<string, string>, note: NoteSink): string {
  const wanted = slug(group);
  const name = unique(/^[0-9]*$/.test(wanted) ? `environment-${wanted}`.replace(/-$/, '') : wanted, taken);
  if (name !== group) {
    note({
      severity: 'info',
      environment: name,
      what: `The group ${quote(group)} is the environment ${name}`,
      why: 'Names of environments are lower-case letters, digits and dashes.',
    });
  }
  return name;
}

interface Winner {
  readonly entry: Entry;
  readonly layer: Layer;
}

interface BuiltForm {
  readonly form: Form;
  readonly winners: ReadonlyMap<string, Winner>;
}

function toForm(name: string, groups: readonly string[], repository: Repository): BuiltForm {
  const layers = repository.layers
    .filter((layer) => groups.includes(layer.group))
    .toSorted((a, b) => a.rank - b.rank || groups.indexOf(a.group) - groups.indexOf(b.group));
  const winners = new Map<string, Winner>();
  for (const layer of layers) for (const [key, entry] of layer.entries) winners.set(key, { entry, layer });
  const own = groups.at(-1);
  return {
    winners,
    form: {
      name,
      groups,
      files: layers.filter((layer) => layer.group === own && layer.rank > 0).map((layer) => layer.file),
      active: repository.inventory.get(own ?? '')?.active ?? false,
      variables: new Map([...winners].map(([key, { entry }]) => [key, entry])),
      vaultFile: repository.vaultFiles.find(({ group }) => groups.includes(group))?.file,
      isEmpty:
        !winners.has('host_domain') &&
        !winners.has('profiles') &&
        !layers.some((layer) => layer.group === own && layer.rank > 0),
    },
  };
}

function noteGroups(
  { inventory }: Repository,
  forms: readonly BuiltForm[],
  parents: ReadonlyMap<string, readonly string[]>,
  note: NoteSink,
): void {
  for (const { form } of forms.filter(({ form: { active } }) => active)) {
    const place = inventory.get(form.groups.at(-1) ?? '')?.place;
    const { name } = form;
    note({
      severity: 'info',
      what: `The playbook runs for ${name}`,
      why: 'Its host is the one that is not commented out in the inventory. All environments were taken over; each command names the one it is for.',
      place,
    });
  }
  for (const { form } of forms.filter(({ form: { isEmpty } }) => isEmpty)) {
    const why =
      'The inventory names it, but group_vars has nothing for it. Take the environment out of hub.yaml, or fill it in.';
    note({
      severity: 'todo',
      what: `Nothing is known of the environment ${form.name}`,
      why,
      place: inventory.get(form.groups.at(-1) ?? '')?.place,
    });
  }
  for (const parent of new Set([...parents.values()].flat())) {
    const why = `Its variables went into ${enumerate([...parents].filter(([, above]) => above.includes(parent)).map(([child]) => child))}.`;
    note({
      severity: 'info',
      what: `The group ${parent} is no environment: it has groups under it`,
      why,
      place: inventory.get(parent)?.place,
    });
  }
}

/** A variable that another file sets again everywhere is not in the result, and so it is named. */
function noteOverridden({ layers }: Repository, forms: readonly BuiltForm[], note: NoteSink): void {
  for (const layer of layers) {
    for (const [key, entry] of layer.entries) {
      const over = forms.map(({ winners }) => winners.get(key)).filter((winner) => winner !== undefined);
      if (over.some((winner) => winner.layer === layer)) continue;
      const by = [
        ...new Set(
          forms
            .filter(({ form }) => form.groups.includes(layer.group))
            .flatMap(({ winners }) => winners.get(key)?.layer.file ?? []),
        ),
      ];
      if (by.length === 0) continue;
      note({
        severity: 'info',
        what: `${key} of ${layer.file} has no effect`,
        why: `${enumerate(by)} ${by.length > 1 ? 'set' : 'sets'} it too, and Ansible takes that.`,
        place: entry.place,
      });
    }
  }
}
