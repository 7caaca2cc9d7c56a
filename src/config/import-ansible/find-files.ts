import type { NoteSink } from './notes.ts';

/** A file of variables and the group that it belongs to. */
interface VariablesFile {
  readonly path: string;
  readonly group: string;
  /** Of two variables with one name Ansible takes the one with the higher rank. */
  readonly rank: number;
}

export interface FoundFiles {
  readonly variables: readonly VariablesFile[];
  /** Files of variables that Ansible does not read; their keys are listed. */
  readonly unread: readonly { path: string; why: string }[];
  readonly hostVariables: readonly string[];
  readonly inventories: readonly string[];
}

/** Ansible reads both, and the one beside the playbook wins. */
const roots = ['inventory/group_vars/', 'group_vars/'] as const;

/** Whether the import wants to see this file of the repository (a path relative to it, with `/`). */
export function isOfInterest(path: string): boolean {
  return /^(?:(?:inventory\/)?(?:group_vars|host_vars)\/|inventory\/[^/]+$|hosts$|roles\/)/.test(path);
}

/** Sorts the repository's files by what Ansible does with them. */
export function findFiles(paths: readonly string[], note: NoteSink): FoundFiles {
  const sorted = paths.toSorted(byCodePoint);
  const variables: VariablesFile[] = [];
  const unread: { path: string; why: string }[] = [];
  for (const [index, root] of roots.entries()) {
    for (const path of sorted.filter((candidate) => candidate.startsWith(root))) {
      sortOne(path, root, { sorted, variables, unread, index, note });
    }
  }
  return {
    variables,
    unread,
    hostVariables: sorted.filter(
      (path) => /^(?:inventory\/)?host_vars\//.test(path) && isVariablesName(path),
    ),
    inventories: sorted.filter((path) => /^inventory\/[^/]+$/.test(path) || path === 'hosts'),
  };
}

interface Sorting {
  readonly sorted: readonly string[];
  readonly variables: VariablesFile[];
  readonly unread: { path: string; why: string }[];
  readonly index: number;
  readonly note: NoteSink;
}

function sortOne(path: string, root: string, sorting: Sorting): void {
  const rest = path.slice(root.length);
  if (!isVariablesName(rest)) {
    const why =
      'By its name Ansible does not take it for a file of variables (.yaml, .yml, .json or no ending).';
    if (!rest.endsWith('.gitkeep'))
      sorting.note({ severity: 'info', what: `${path} was not read`, why, place: { file: path, line: 1 } });
    return;
  }
  const isFile = !rest.includes('/');
  const group = isFile ? rest.replace(/\.(?:ya?ml|json)$/, '') : rest.slice(0, rest.indexOf('/'));
  if (isFile && sorting.sorted.some((other) => other.startsWith(`${root}${group}/`))) {
    sorting.unread.push({
      path,
      why: `there is a folder ${root}${group}, and beside it Ansible does not read the file`,
    });
    return;
  }
  // all < group, and in each the one beside the playbook wins.
  sorting.variables.push({ path, group, rank: (group === 'all' ? 1 : 3) + sorting.index });
}

function isVariablesName(path: string): boolean {
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  return (
    /^(?:[^.]+|.*\.(?:ya?ml|json))$/.test(name) &&
    !segments.some((part) => part.startsWith('.') || part.endsWith('~'))
  );
}

/** Independent of the language of the machine, as the result has to be. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
