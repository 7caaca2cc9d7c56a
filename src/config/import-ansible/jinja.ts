import { enumerate } from './quote.ts';
import type { Entries, Entry, Loss, ScalarValue, Value } from './types.ts';

/** Fills `{{ name }}` from the variables of one environment, and remembers which names were needed. */
interface Resolver {
  readonly resolve: (value: Value) => Value;
  /** The same for a field that may hold a secret. */
  readonly resolveSecret: (value: Value) => Value;
  readonly used: ReadonlySet<string>;
}

const whole = /^\s*\{\{\s*([A-Za-z_]\w*)\s*\}\}\s*$/;
const reference = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;
const secretName = /secret|passw|token|private_key|api_?key|vault/i;

/** Whether a variable's name says that it holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** `secrets`: texts that may stand nowhere in the result. */
export function createResolver(variables: Entries, secrets: readonly string[]): Resolver {
  const used = new Set<string>();
  const context: Context = { variables, secrets, used, secretAllowed: false };
  return {
    used,
    resolve: (value) => resolveValue(value, context, []),
    resolveSecret: (value) => resolveValue(value, { ...context, secretAllowed: true, secrets: [] }, []),
  };
}

interface Context {
  readonly variables: Entries;
  readonly secrets: readonly string[];
  readonly used: Set<string>;
  readonly secretAllowed: boolean;
}

function resolveValue(value: Value, context: Context, path: readonly string[]): Value {
  if (value.kind === 'list') {
    return { ...value, items: value.items.map((item) => resolveValue(item, context, path)) };
  }
  if (value.kind === 'map') {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of value.entries)
      entries.set(key, { ...entry, value: resolveValue(entry.value, context, path) });
    return { ...value, entries };
  }
  return resolveScalar(value, context, path);
}

function resolveScalar(scalar: ScalarValue, context: Context, path: readonly string[]): Value {
  const { text } = scalar;
  if (text === null || scalar.loss !== undefined) return scalar;
  if (context.secrets.some((secret) => text.includes(secret))) {
    return lost(scalar, 'secret', 'it holds the text of a secret, which must not stand in hub.yaml');
  }
  if (!/\{[{%#]/.test(text)) return scalar;
  const name = whole.exec(text)?.[1];
  if (name !== undefined) return follow(name, scalar, context, path);
  return fillIn(scalar, text, context, path);
}

function follow(name: string, from: ScalarValue, context: Context, path: readonly string[]): Value {
  const entry = context.variables.get(name);
  if (entry === undefined)
    return lost(from, 'jinja', `it refers to ${name}, which no group_vars file defines`);
  if (path.includes(name)) return lost(from, 'jinja', `it refers to itself (${enumerate([...path, name])})`);
  if (isSecretName(name) && !context.secretAllowed) {
    return lost(from, 'secret', `it refers to ${name}, which by its name is a secret`);
  }
  context.used.add(name);
  const value = resolveValue(entry.value, context, [...path, name]);
  // An encrypted value keeps its place: that is the file to decrypt.
  if (value.kind === 'scalar' && value.loss?.kind === 'vault')
    return { ...value, loss: { variable: name, ...value.loss } };
  return { ...value, place: from.place };
}

function fillIn(scalar: ScalarValue, text: string, context: Context, path: readonly string[]): ScalarValue {
  let loss: Loss | undefined;
  const filled = text.replace(reference, (_match, name: string) => {
    const value = follow(name, scalar, context, path);
    if (value.kind !== 'scalar')
      loss = { kind: 'jinja', why: `it refers to ${name}, which is not a single value` };
    else if (value.loss !== undefined) loss = value.loss;
    return value.kind === 'scalar' ? (value.text ?? '') : '';
  });
  if (loss !== undefined) return { ...scalar, loss };
  // What was filled in may itself have braces; only those of the template count.
  if (/\{[{%#]/.test(text.replace(reference, ''))) {
    return lost(
      scalar,
      'jinja',
      'it is a Jinja expression; only {{ name }} of another variable can be followed',
    );
  }
  const { flag: _flag, ...rest } = scalar;
  return { ...rest, text: filled };
}

function lost(scalar: ScalarValue, kind: Loss['kind'], why: string): ScalarValue {
  return { ...scalar, loss: { kind, why } };
}
