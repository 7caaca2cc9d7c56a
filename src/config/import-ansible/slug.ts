/**
 * The slug that KubeSpawner makes of a display name. Running servers and browsers remember it, so an imported profile
 * keeps it: a key of another form would answer 500 to everyone who used the profile last.
 * Empty where nothing of the name is a letter or digit in ASCII.
 */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßẞ]/g, 'ss')
    .toLowerCase()
    .replace(/(?<=\d),(?=\d)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}

/** The wanted name, or with the first free number behind it. */
export function unique(wanted: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

/** Part of the name of an environment variable: `my-env` is `MY_ENV`. */
export function variableName(environment: string): string {
  return environment
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
}
