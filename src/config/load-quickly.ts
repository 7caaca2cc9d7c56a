import { type LoadOptions, type LoadedConfig, checkSource } from './check-source.ts';
import { type SourceText, readWith } from './source.ts';

/** The same as `loadConfig`. The YAML library is loaded for those files alone that need it: most do not. */
export async function loadQuickly(input: SourceText, options: LoadOptions = {}): Promise<LoadedConfig> {
  const result = await readWith(input, async (clean) =>
    (await import('./read-source.ts')).readByLibrary(clean),
  );
  return checkSource(result, input.file, options);
}
