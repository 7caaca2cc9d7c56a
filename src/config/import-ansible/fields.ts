import { isSecretName } from './jinja.ts';
import type { NoteSink } from './notes.ts';
import { enumerate, sentence } from './quote.ts';
import { isBlank, readFlag } from './scalars.ts';
import type { Entries, Place, ScalarValue, Severity, Value } from './types.ts';

interface FieldsOptions {
  /** Where the fields stand, for messages: ` of profile "Python"`, or nothing for the variables themselves. */
  readonly of: string;
  readonly note: NoteSink;
  readonly resolve?: (value: Value) => Value;
}

/**
 * Named values of a form, and a record of which were looked at: what nobody asked for is reported as unknown,
 * so that a field that a converter forgets is named and not lost.
 */
export class Fields {
  readonly of: string;
  readonly #entries: Entries;
  readonly note: NoteSink;
  readonly #resolve: (value: Value) => Value;
  readonly #seen = new Set<string>();
  readonly #blank = new Set<string>();

  constructor(entries: Entries, options: FieldsOptions) {
    this.#entries = entries;
    this.of = options.of;
    this.note = options.note;
    this.#resolve = options.resolve ?? ((value) => value);
  }

  place(name: string): Place | undefined {
    return this.#entries.get(name)?.place;
  }

  /** Says something; with a field's name the place is that field's. */
  say(severity: Severity, what: string, why: string, name?: string): void {
    const place = name === undefined ? undefined : this.place(name);
    this.note({ severity, what, why, place });
  }

  /** The field as a person would call it. */
  label(name: string): string {
    return `${name}${this.of}`;
  }

  /** As it stands, references filled in; undefined where the form has no such line. */
  take(name: string, resolve: (value: Value) => Value = this.#resolve): Value | undefined {
    this.#seen.add(name);
    const entry = this.#entries.get(name);
    return entry === undefined ? undefined : resolve(entry.value);
  }

  /** A single value as text; undefined when blank, missing or not carried over (which it says). */
  text(name: string): string | undefined {
    return this.scalar(name)?.text?.trim() ?? undefined;
  }

  /** A single value that is there. */
  scalar(name: string): ScalarValue | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (isBlank(value)) {
      this.#blank.add(name);
      return undefined;
    }
    return this.#single(name, value);
  }

  /** One of the words for true and false. */
  flag(name: string): boolean | undefined {
    const scalar = this.scalar(name);
    if (scalar === undefined) return undefined;
    const flag = readFlag(scalar);
    if (flag === undefined) this.lose(name, 'it is neither true nor false');
    return flag;
  }

  /** A list of texts without its blank items; a single text counts as a list of one. */
  texts(name: string): string[] {
    const value = this.take(name);
    if (value === undefined) return [];
    if (isBlank(value)) {
      this.#blank.add(name);
      return [];
    }
    const items = value.kind === 'list' ? value.items : [value];
    return items.filter((item) => !isBlank(item)).flatMap((item) => this.#single(name, item)?.text ?? []);
  }

  /** Says that a field is not carried over. Never shows its value. */
  lose(name: string, why: string, place?: Place): void {
    this.note({
      severity: 'todo',
      what: `${this.label(name)} is not carried over`,
      why: sentence(why),
      place: place ?? this.place(name),
    });
  }

  /** Fields that have no effect here: filled ones are named, blank ones are only counted as blank. */
  ignore(names: readonly string[], why: string): void {
    const filled: { name: string; shown: string }[] = [];
    for (const name of names) {
      const value = this.take(name, (raw) => raw);
      if (value === undefined) continue;
      if (isBlank(value)) this.#blank.add(name);
      else
        filled.push({
          name,
          shown:
            value.kind === 'map' && !isSecretName(name)
              ? `${name} (${[...value.entries.keys()].join(', ')})`
              : name,
        });
    }
    if (filled.length === 0) return;
    const verbs = filled.length === 1 ? 'is filled in but was' : 'are filled in but were';
    this.say(
      'info',
      `${this.label(enumerate(filled.map(({ shown }) => shown)))} ${verbs} left out`,
      why,
      filled[0]?.name,
    );
  }

  /** Why a field gave nothing, for a sentence: `host_domain is blank`. */
  lack(name: string): string {
    if (!this.#entries.has(name)) return `${name} is missing`;
    return this.#blank.has(name) ? `${name} is blank` : `${name} could not be carried over`;
  }

  markBlank(name: string): void {
    this.#blank.add(name);
  }

  /** Names that nobody asked for. */
  unread(): string[] {
    return [...this.#entries.keys()].filter((name) => !this.#seen.has(name));
  }

  /** Ends the reading: one line for everything that was left blank. */
  sayBlank(): void {
    if (this.#blank.size === 0) return;
    const [first] = this.#blank;
    const what = `Left blank in the form${this.of}: ${enumerate([...this.#blank])}`;
    this.say('info', what, 'Nothing was written for them, or a comment where a value is needed.', first);
  }

  #single(name: string, value: Value): ScalarValue | undefined {
    if (value.kind !== 'scalar') {
      this.lose(
        name,
        `it is a ${value.kind} where a single value belongs (a text with a colon and a space in it needs quotes)`,
        value.place,
      );
      return undefined;
    }
    if (value.loss !== undefined) {
      this.lose(name, value.loss.why, value.place);
      return undefined;
    }
    return value;
  }
}
