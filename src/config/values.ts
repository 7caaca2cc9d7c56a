/** A value that is put in just before it is sent: nothing pure ever holds a secret. */
interface SecretValue {
  /** Which one, by its name in `secretNames` or as the config file refers to it. */
  readonly $secret: string;
}

/** What a Helm chart is configured with, or a part of a Kubernetes object: JSON, with secrets by reference. */
export type Value = string | number | boolean | null | SecretValue | readonly Value[] | Values;

export interface Values {
  readonly [key: string]: Value;
}

export function secret(name: string): SecretValue {
  return { $secret: name };
}

/** What stands for a secret in a file that people keep. */
export function placeholder(name: string): string {
  return `\${hubwright:${name}}`;
}

export function isSecret(value: unknown): value is SecretValue {
  return typeof value === 'object' && value !== null && '$secret' in value;
}

/** Every secret that a tree of values refers to, each once, in order of the alphabet. */
export function secretsIn(value: Value): string[] {
  const found = new Set<string>();
  const visit = (part: Value): void => {
    if (isSecret(part)) found.add(part.$secret);
    else if (Array.isArray(part)) part.forEach(visit);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit);
  };
  visit(value);
  return [...found].toSorted();
}

/**
 * The tree with each reference replaced by what `lookUp` gives for it.
 *
 * @throws whatever `lookUp` throws for a name that it does not know.
 */
export function withSecrets(value: Value, lookUp: (name: string) => string): Value {
  if (isSecret(value)) return lookUp(value.$secret);
  if (Array.isArray(value)) return value.map((item: Value) => withSecrets(item, lookUp));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Values).map(([key, item]) => [key, withSecrets(item, lookUp)]),
  );
}
