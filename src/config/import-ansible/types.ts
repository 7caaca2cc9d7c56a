/** Where something stands in the imported repository. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What the operator should know about the import: `todo` is left to do, `warning` changes something, `info` explains. */
export type Severity = 'info' | 'warning' | 'todo';

export interface Note {
  readonly severity: Severity;
  /** Environments concerned, separated by commas; absent when it concerns all of them. */
  readonly environment?: string;
  readonly what: string;
  readonly why: string;
  readonly place?: Place;
}

/** A secret that stood in the repository in plain text, and the file (mode 0600) that it belongs into. */
export interface ImportedSecret {
  /** Relative to the folder of hub.yaml. */
  readonly path: string;
  readonly environment: string;
  readonly value: string;
}

export interface Imported {
  /** Text of hub.yaml. */
  readonly yaml: string;
  readonly secrets: ImportedSecret[];
  readonly notes: Note[];
  /** Names of the environments in the file, in its order; the added `local` is one of them. */
  readonly environments: string[];
}

/** Why a value that is there cannot be carried over. */
export interface Loss {
  readonly kind: 'vault' | 'jinja' | 'secret';
  readonly why: string;
  /** Of an encrypted value that was referred to: the variable that holds it. */
  readonly variable?: string;
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** As written, without quotes; null where the form was left blank. */
  readonly text: string | null;
  /** Set when YAML 1.1, which Ansible speaks, reads an unquoted word as true or false. */
  readonly flag?: boolean;
  readonly loss?: Loss;
  readonly place: Place;
}

interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly place: Place;
}

export interface MapValue {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly place: Place;
}

export type Value = ScalarValue | ListValue | MapValue;

/** A key with its value; `place` is the key's. */
export interface Entry {
  readonly value: Value;
  readonly place: Place;
  /** An alias elsewhere in the file refers to it. */
  readonly isAnchor?: boolean;
}

export type Entries = ReadonlyMap<string, Entry>;

/** A setting that is not known: written as a comment, so that `check` still misses it and the operator sees where it goes. */
export class Blank {
  readonly hint: string;

  constructor(hint: string) {
    this.hint = hint;
  }
}

/** Settings on their way into hub.yaml. */
export type Tree = string | number | boolean | Blank | readonly Tree[] | Settings;
export interface Settings {
  readonly [key: string]: Tree;
}

/** Whether a tree is a map of settings. */
export function isSettings(tree: Tree | undefined): tree is Settings {
  return typeof tree === 'object' && !Array.isArray(tree) && !(tree instanceof Blank);
}
