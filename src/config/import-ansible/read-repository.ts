import { UserError } from '../../errors.ts';
import { findFiles } from './find-files.ts';
import type { FoundFiles } from './find-files.ts';
import type { NoteSink } from './notes.ts';
import { sentence } from './quote.ts';
import { readInventory } from './read-inventory.ts';
import type { InventoryGroup } from './read-inventory.ts';
import { readYaml } from './read-yaml.ts';
import type { YamlProblem } from './read-yaml.ts';
import type { Entries, Entry } from './types.ts';

/** Variables of one group from one file. */
export interface Layer {
  readonly group: string;
  readonly file: string;
  readonly rank: number;
  readonly entries: Entries;
}

export interface Repository {
  readonly layers: readonly Layer[];
  readonly inventory: ReadonlyMap<string, InventoryGroup>;
  /** Files that are encrypted as a whole: what they define is not known. */
  readonly vaultFiles: readonly { group: string; file: string }[];
  readonly files: ReadonlyMap<string, string>;
}

const vaultHeader = /^\ufeff?\s*\$ANSIBLE_VAULT;/;

/** Reads everything that holds variables; throws a UserError that names every file that cannot be read. */
export function readRepository(files: ReadonlyMap<string, string>, note: NoteSink): Repository {
  const clean = new Map([...files].map(([path, text]) => [path.replace(/^\.\//, ''), text]));
  const found = findFiles([...clean.keys()], note);
  if (found.variables.length === 0) throw notSuchARepository([...clean.keys()]);
  const problems: YamlProblem[] = [];
  const read = (path: string): Entries => {
    const result = readYaml(path, clean.get(path) ?? '', note);
    problems.push(...result.problems);
    return result.entries;
  };
  const inventory = readInventories(found.inventories, clean, note);
  const vaultFiles = found.variables.filter(({ path }) => vaultHeader.test(clean.get(path) ?? ''));
  const open = found.variables.filter((file) => !vaultFiles.includes(file));
  const layers: Layer[] = [
    ...[...inventory.values()].map(layerOfInventory),
    ...open.map(({ path, group, rank }) => ({ group, file: path, rank, entries: read(path) })),
  ];
  noteUnread(found, clean, read, note);
  if (problems.length > 0) throw unreadable(problems);
  noteVaultFiles(vaultFiles, note);
  return {
    layers: layers.toSorted((a, b) => a.rank - b.rank),
    inventory,
    vaultFiles: vaultFiles.map(({ group, path }) => ({ group, file: path })),
    files: clean,
  };
}

function layerOfInventory(group: InventoryGroup): Layer {
  return { group: group.name, file: group.place.file, rank: 0, entries: group.variables };
}

function readInventories(
  paths: readonly string[],
  files: ReadonlyMap<string, string>,
  note: NoteSink,
): Map<string, InventoryGroup> {
  const groups = new Map<string, InventoryGroup>();
  for (const path of paths) {
    if (/\.(?:ya?ml|json)$/.test(path)) {
      const why =
        'Only the inventory in INI form (inventory/hosts) is read. Variables that it sets are not carried over.';
      note({ severity: 'todo', what: `${path} was not read`, why, place: { file: path, line: 1 } });
    } else
      for (const [name, group] of readInventory(path, files.get(path) ?? '', note)) groups.set(name, group);
  }
  return groups;
}

/** Every key of a file that Ansible itself passes over is named, so that nobody misses it later. */
function noteUnread(
  found: FoundFiles,
  files: ReadonlyMap<string, string>,
  read: (path: string) => Entries,
  note: NoteSink,
): void {
  const say = (path: string, why: string): void => {
    const sealed = vaultHeader.test(files.get(path) ?? '');
    const entries: [string, Entry][] = sealed ? [] : [...read(path)];
    for (const [key, { place }] of entries)
      note({ severity: 'todo', what: `${key} in ${path} is not carried over`, why, place });
    if (entries.length === 0)
      note({ severity: 'info', what: `${path} is not carried over`, why, place: { file: path, line: 1 } });
  };
  for (const { path, why } of found.unread) say(path, sentence(why));
  for (const path of found.hostVariables)
    say(path, 'Variables of one host have no place: Hubwright knows environments, not hosts.');
}

function noteVaultFiles(files: FoundFiles['variables'], note: NoteSink): void {
  for (const { path } of files) {
    note({
      severity: 'todo',
      what: `${path} is encrypted with ansible-vault and was not read`,
      why: `See what it defines with \`ansible-vault view ${path}\` and fill that in by hand. Secrets belong in an environment variable or a file, never into hub.yaml.`,
      place: { file: path, line: 1 },
    });
  }
}

function unreadable(problems: readonly YamlProblem[]): UserError {
  const [first] = problems;
  const lines = problems.map(({ place, what, fix }) => `${place.file}:${place.line} ${what}. Fix: ${fix}.`);
  return new UserError({
    what:
      first === undefined || problems.length > 1
        ? `${problems.length} places of the repository cannot be read.`
        : `${first.place.file} ${first.what}.`,
    where: first === undefined ? undefined : `${first.place.file}:${first.place.line}`,
    fix: sentence(first?.fix ?? 'mend them and import again'),
    details: lines.join('\n'),
    exitCode: 2,
  });
}

function notSuchARepository(paths: readonly string[]): UserError {
  const deeper = paths
    .map((path) => /^(.+?)\/(?:inventory\/)?group_vars\//.exec(path)?.[1])
    .find((folder) => folder !== undefined);
  const inside = paths.some((path) => /^all\/.*\.ya?ml$|^all\.ya?ml$/.test(path));
  let fix =
    "Give the folder that was cloned from the playbook's repository, the one with deploy_jhub.yml in it.";
  if (deeper !== undefined) fix = `There is a group_vars in ${quotePath(deeper)}: give that folder.`;
  else if (inside) fix = 'This looks like the group_vars folder itself: give the folder above it.';
  return new UserError({
    what: 'The folder is not a repository of the Ansible playbook: it has no group_vars/<environment>/*.yaml, nor group_vars/<environment>.yaml.',
    fix,
    exitCode: 2,
  });
}

function quotePath(path: string): string {
  return JSON.stringify(path);
}
