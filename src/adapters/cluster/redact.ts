import { createHmac, randomBytes } from 'node:crypto';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import { type Value, type Values, placeholder, secret } from '../../config/values.ts';
import { decoded } from './kept.ts';
import { partsOf } from '../helm/values.ts';

/** Another one for each run: what a digest was made of cannot be found by trying. */
const key = randomBytes(32);

/** The tree with a reference in place of every text that is a secret we know. */
export function withReferences(value: Value, known: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') {
    const name = known.get(value);
    return name === undefined ? value : secret(name);
  }
  if (Array.isArray(value)) return value.map((item: Value) => withReferences(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Values).map(([name, item]) => [name, withReferences(item, known)]),
  );
}

/**
 * The object without what is secret in it: in a Secret each value is a reference where we know it, or else a digest
 * that tells it from another one of the same run; `open` texts are shown as they are. Its contents stand in `stringData`, as our own objects have them.
 */
export function withoutContents(
  object: KubernetesObject,
  known: ReadonlyMap<string, string>,
  open: ReadonlySet<string> = new Set(),
): KubernetesObject {
  if (object.kind !== 'Secret') return object;
  const { data, stringData, ...rest } = object as KubernetesObject & SecretParts;
  const all = Object.entries({ ...decoded(data), ...stringData }).map(([name, value]) => {
    const reference = known.get(value);
    if (reference !== undefined) return [name, secret(reference)] as const;
    return [name, open.has(value) ? value : digest(value)] as const;
  });
  return { ...rest, stringData: Object.fromEntries(all) };
}

/** Texts that our own Secrets have in the open: a program wants them there, but they are not secret. */
export function openTexts(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const texts = objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((object) => Object.values((object as KubernetesObject & SecretParts).stringData ?? {}));
  return new Set(texts.filter((text) => typeof text === 'string'));
}

/**
 * The object with `${hubwright:NAME}` in place of each secret, wherever in a text it stands; a Secret's contents stand
 * in `stringData`. For files that people keep and review.
 */
export function withPlaceholders(
  object: KubernetesObject,
  known: ReadonlyMap<string, string>,
): KubernetesObject {
  if (object.kind !== 'Secret') return replaced(object, known) as KubernetesObject;
  const { data, stringData, ...rest } = object as KubernetesObject & SecretParts;
  return replaced({ ...rest, stringData: { ...decoded(data), ...stringData } }, known) as KubernetesObject;
}

function replaced(value: Value, known: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') {
    let text = value;
    for (const [plain, name] of known) {
      for (const part of [withIndent(plain), ...partsOf(plain)])
        text = text.replaceAll(part, placeholder(name));
    }
    return text;
  }
  if (Array.isArray(value)) return value.map((item: Value) => replaced(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Values).map(([name, item]) => [name, replaced(item, known)]),
  );
}

/** A text of several lines as it stands in YAML within another one. */
function withIndent(text: string): RegExp {
  const lines = text.split('\n').map((line) => line.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(lines.join('\\n *'), 'g');
}

interface SecretParts {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

function digest(value: string): string {
  return `digest:${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`;
}
