import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { NoteSink } from './notes.ts';
import type { Entry, Place, ScalarValue, Value } from './types.ts';

/** Something in a file that keeps it from being read. Never holds text of the file: that could be a secret. */
export interface YamlProblem {
  readonly place: Place;
  readonly what: string;
  readonly fix: string;
}

interface YamlText {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly problems: readonly YamlProblem[];
}

/** Enough for any real form, and an end for a file whose aliases unfold without one. */
const mostNodes = 50_000;
const deepest = 50;

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly note: NoteSink;
  readonly document: Document;
  readonly problems: YamlProblem[];
  /** Nodes that an alias refers to. */
  readonly anchors: Set<unknown>;
  nodes: number;
}

class TooMuch extends Error {}

/** Reads one variables file as Ansible does: YAML 1.1, `<<` merged, and of two equal keys the last. */
export function readYaml(file: string, text: string, note: NoteSink): YamlText {
  const lines = new LineCounter();
  const clean = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const documents = [
    ...parseAllDocuments(clean, {
      version: '1.1',
      merge: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    }),
  ] as Document[];
  const problems = documents.flatMap((document) =>
    document.errors.map((error) => describe(error.code, { file, line: lines.linePos(error.pos[0]).line })),
  );
  if (problems.length > 0) return { entries: new Map(), problems };
  const filled = documents.filter((document) => document.contents !== null && !isEmpty(document.contents));
  return readDocuments(filled, { file, lines, note });
}

function readDocuments(
  documents: readonly Document[],
  base: Pick<Reading, 'file' | 'lines' | 'note'>,
): YamlText {
  const entries = new Map<string, Entry>();
  const problems: YamlProblem[] = [];
  const start = { file: base.file, line: 1 };
  if (documents.length > 1) {
    const why =
      'Ansible refuses such a file. All its parts were read; where a variable stands in several, the last one counts.';
    base.note({
      severity: 'warning',
      what: `${base.file} has several YAML documents (parts after a line of ---)`,
      why,
      place: start,
    });
  }
  for (const document of documents) {
    const reading: Reading = { ...base, document, problems, anchors: new Set(), nodes: 0 };
    const root = document.contents;
    try {
      if (isMap(root)) readRoot(root, reading, entries);
      else problems.push(notVariables(root === null ? start : placeOf(root, reading)));
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      problems.push({
        place: start,
        what: 'is nested too deeply or unfolds to too much',
        fix: 'write it without the aliases (`*name`)',
      });
    }
  }
  return { entries, problems };
}

function readRoot(root: YAMLMap, reading: Reading, entries: Map<string, Entry>): void {
  const read = readEntries(root, reading, 0);
  for (const [key, entry] of read) {
    const pair = root.items.findLast((item) => isScalar(item.key) && item.key.source === key);
    entries.set(key, reading.anchors.has(pair?.value) ? { ...entry, isAnchor: true } : entry);
  }
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function notVariables(place: Place): YamlProblem {
  return {
    place,
    what: 'does not hold variables',
    fix: 'write `name: value` lines, or move the file out of the folder',
  };
}

function placeOf(node: Node, reading: Reading): Place {
  return { file: reading.file, line: reading.lines.linePos(node.range?.[0] ?? 0).line };
}

function readNode(node: unknown, at: Place, reading: Reading, depth: number): Value {
  reading.nodes += 1;
  if (reading.nodes > mostNodes || depth > deepest) throw new TooMuch();
  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    reading.anchors.add(target);
    if (target !== undefined) return readNode(target, at, reading, depth + 1);
    reading.problems.push({ place: at, ...missingAnchor });
  }
  if (isSeq(node)) {
    const items = node.items.map((item) =>
      readNode(item, placeOf(item as Node, reading), reading, depth + 1),
    );
    return { kind: 'list', items, place: at };
  }
  if (isMap(node)) {
    // `x: {{ name }}` without quotes is a map in a map for YAML, and an error for Ansible.
    if (node.items.some((pair) => !isScalar(pair.key))) {
      return {
        kind: 'scalar',
        text: null,
        loss: { kind: 'jinja', why: 'a value that starts with {{ needs quotes around it' },
        place: at,
      };
    }
    return { kind: 'map', entries: readEntries(node, reading, depth + 1), place: at };
  }
  return readScalar(node, at);
}

function readScalar(node: unknown, place: Place): ScalarValue {
  if (!isScalar(node) || node.value === null) return { kind: 'scalar', text: null, place };
  const text = node.source ?? '';
  if (node.tag === '!vault') {
    return {
      kind: 'scalar',
      text: null,
      loss: { kind: 'vault', why: 'it is encrypted with ansible-vault' },
      place,
    };
  }
  // PyYAML, unlike YAML 1.1, leaves `y` and `n` as text.
  const isFlag = typeof node.value === 'boolean' && text.length > 1;
  return isFlag
    ? { kind: 'scalar', text, flag: node.value === true, place }
    : { kind: 'scalar', text, place };
}

function readEntries(map: YAMLMap, reading: Reading, depth: number): Map<string, Entry> {
  const own = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  for (const pair of map.items) {
    if (!isScalar(pair.key)) continue;
    const place = placeOf(pair.key, reading);
    const key = pair.key.source ?? '';
    if (key === '<<' && pair.key.type === 'PLAIN') mergeInto(merged, pair, place, { reading, depth });
    else setLast(own, key, { value: readNode(pair.value, place, reading, depth), place }, reading.note);
  }
  for (const [key, entry] of merged) if (!own.has(key)) own.set(key, entry);
  return own;
}

function setLast(entries: Map<string, Entry>, key: string, entry: Entry, note: NoteSink): void {
  const before = entries.get(key);
  if (before !== undefined) {
    const what = `${key} stands twice: in line ${before.place.line} and in line ${entry.place.line}`;
    note({ severity: 'warning', what, why: 'As Ansible does, the last one was taken.', place: before.place });
  }
  entries.set(key, entry);
}

function mergeInto(
  target: Map<string, Entry>,
  pair: Pair,
  place: Place,
  at: { reading: Reading; depth: number },
): void {
  const value = readNode(pair.value, place, at.reading, at.depth);
  const sources = value.kind === 'list' ? value.items : [value];
  for (const source of sources) {
    if (source.kind !== 'map') continue;
    for (const [key, entry] of source.entries) if (!target.has(key)) target.set(key, entry);
  }
}

const tab = {
  what: 'is indented with a tab, which YAML does not allow',
  fix: 'replace the tab by spaces, as many as the lines around it have',
};
const broken = {
  what: 'cannot be read as YAML',
  fix: 'look at this line and the one before it: indentation, a colon without quotes around the text, or a quote or bracket that is not closed',
};
const missingAnchor = {
  what: 'refers to an anchor (`*name`) that is not there',
  fix: 'define `&name` above it, or put quotes around the text if it only starts with a *',
};
const byCode: Readonly<Record<string, { what: string; fix: string }>> = {
  TAB_AS_INDENT: tab,
  BAD_ALIAS: missingAnchor,
};

function describe(code: string, place: Place): YamlProblem {
  return { place, ...(byCode[code] ?? broken) };
}
