import type { NoteSink } from './notes.ts';
import type { Entry, Place } from './types.ts';

/** A group of inventory/hosts. */
export interface InventoryGroup {
  readonly name: string;
  readonly place: Place;
  /** Some host of it is not commented out: the playbook runs for it. */
  active: boolean;
  /** The `[name]` line itself is commented out: perhaps only prose, so it makes no environment by itself. */
  commented: boolean;
  /** Lines of `[name:vars]`. */
  readonly variables: Map<string, Entry>;
  /** Groups named in `[name:children]`. */
  readonly children: string[];
}

const section = /^([#;]?)\s*\[([^\]:]+)(?::([a-z]+))?\]\s*(?:[#;].*)?$/;

/** Reads an inventory in Ansible's INI form. Commented-out groups count too: the stock one has every host commented out. */
export function readInventory(file: string, text: string, note: NoteSink): Map<string, InventoryGroup> {
  const groups = new Map<string, InventoryGroup>();
  let current: { group: InventoryGroup; part: string } | undefined;
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    const place = { file, line: index + 1 };
    const [, mark, name, part] = section.exec(line) ?? [];
    if (name !== undefined) {
      const group = groupNamed(groups, name.trim(), place);
      // Lines under a commented-out header belong to the group before it.
      if (mark === '') {
        group.commented = false;
        current = { group, part: part ?? 'hosts' };
      }
    } else if (line !== '' && !/^[#;]/.test(line)) {
      if (current === undefined) readHost(line, place, note);
      else readLine(line, place, current, note);
    }
  }
  return groups;
}

function groupNamed(groups: Map<string, InventoryGroup>, name: string, place: Place): InventoryGroup {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group: InventoryGroup = {
    name,
    place,
    active: false,
    commented: true,
    variables: new Map(),
    children: [],
  };
  groups.set(name, group);
  return group;
}

function readLine(
  line: string,
  place: Place,
  current: { group: InventoryGroup; part: string },
  note: NoteSink,
): void {
  if (current.part === 'children') current.group.children.push(line.split(/\s/, 1)[0] ?? line);
  else if (current.part === 'vars') readVariable(line, place, current.group);
  else {
    current.group.active = true;
    readHost(line, place, note);
  }
}

function readVariable(line: string, place: Place, group: InventoryGroup): void {
  const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
  if (key === undefined || value === undefined || key.startsWith('ansible_')) return;
  const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  // In this form only Python's own words are booleans.
  const flag = value === 'True' || value === 'False' ? { flag: value === 'True' } : {};
  const text = (quoted ?? value) === '' ? null : (quoted ?? value);
  group.variables.set(key, { value: { kind: 'scalar', text, ...flag, place }, place });
}

/** `ansible_*` say how Ansible reaches the host; anything else is a variable for this host alone. */
function readHost(line: string, place: Place, note: NoteSink): void {
  for (const [, key] of line.matchAll(/\s([A-Za-z_]\w*)=/g)) {
    if (key === undefined || key.startsWith('ansible_')) continue;
    const why = 'It is set for one host in the inventory; Hubwright knows environments, not hosts.';
    note({ severity: 'todo', what: `${key} is not carried over`, why, place });
  }
}
