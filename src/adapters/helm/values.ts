/** Characters that YAML takes for line breaks or refuses, where JSON has them in strings as they are. */
const notForYaml = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

/** Values as Helm reads them: JSON, which is YAML but for a few characters. */
export function asYaml(values: unknown): string {
  return JSON.stringify(values).replaceAll(
    notForYaml,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * The secret, and each of its lines: where one of several (a key) stands in YAML within a text, its lines are indented.
 * Those that are short, or that only say what it is, tell nothing.
 */
export function partsOf(secret: string): string[] {
  const lines = secret.split('\n').map((line) => line.trim());
  return [
    secret,
    ...lines.filter((line) => line.length >= 16 && line !== secret && !line.startsWith('-----')),
  ];
}

/** Shorter ones would hide parts of ordinary words. */
const shortestSecret = 4;

/** The text with stars for each secret, also where it stands as Kubernetes keeps it, in base64. */
export function masked(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets.flatMap(partsOf)) {
    if (secret.length < shortestSecret) continue;
    for (const form of [secret, Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)])
      shown = shown.replaceAll(form, '********');
  }
  return shown;
}
