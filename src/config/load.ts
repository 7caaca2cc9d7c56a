import { type LoadOptions, type LoadedConfig, checkSource } from './check-source.ts';
import { readSource } from './read-source.ts';
import type { SourceText } from './source.ts';

/**
 * Text of a config file → its environments and all problems at once, each with its place. Never throws for bad input.
 */
export function loadConfig(input: SourceText, options: LoadOptions = {}): LoadedConfig {
  return checkSource(readSource(input), input.file, options);
}
