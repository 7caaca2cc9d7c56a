/** What an entry of clouds.yaml says, by its keys. */
export type Settings = Record<string, unknown>;

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is a text that says something: openstacksdk takes an empty one for none. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** As Python writes the value into a text; undefined where it is none, a list or a map. */
export function written(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `secure.yaml` over `clouds.yaml`: what both have is merged at every depth, and what is not a map is replaced. */
export function mergeDeep(below: Settings, above: Settings): Settings {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] = isSettings(value) && isSettings(old) ? mergeDeep(old, value) : value;
  }
  return merged;
}

/** An entry over its vendor's profile: keys are replaced, but those within `auth` one by one. */
export function mergeEntry(below: Settings, above: Settings): Settings {
  return { ...below, ...above, auth: { ...authOf(below), ...authOf(above) } };
}

export function authOf(settings: Settings): Settings {
  return isSettings(settings['auth']) ? settings['auth'] : {};
}

/** Keys as they are written (`user-domain-name`) → as they are looked up. Numbers are text, as ids and passwords are. */
export function normalizeKeys(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key.replaceAll('-', '_'), normalizeValue(value)]),
  );
}

function normalizeValue(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  return isSettings(value) ? normalizeKeys(value) : value;
}
