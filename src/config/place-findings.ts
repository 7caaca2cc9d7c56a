import { gathered, locator } from './locate.ts';
import type { Finding, Problem } from './problem.ts';
import { readSource } from './read-source.ts';
import type { SourceText } from './source.ts';

/** What was found in an environment after the file was checked, with the place in the file where it was written. */
export function placeFindings(
  input: SourceText,
  environment: string,
  findings: readonly Finding[],
): readonly Problem[] {
  const { source } = readSource(input);
  if (source === undefined) return [];
  const where = locator(source, environment);
  return gathered(findings.map((finding) => where.problem(finding)));
}
