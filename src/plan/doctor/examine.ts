import type { Environment } from '../../config/schema/environment.ts';
import type { Check, Evidence, Examined, SourceName, Sources } from './check.ts';
import { type Finding, harms } from './finding.ts';

/** A finding with the check that made it. */
interface Found {
  readonly check: Check;
  readonly finding: Finding;
}

/** Those of the checks whose sources are known here, and that concern the environment. */
export function applicable(
  checks: readonly Check[],
  known: readonly SourceName[],
  environment: Environment,
): readonly Check[] {
  return checks.filter(
    ({ needs, applies }) => needs.every((name) => known.includes(name)) && applies?.(environment) !== false,
  );
}

/** Runs the checks over what was seen. One whose sources were not seen, or not wholly, is not run, and says so. */
export function examineAll(
  checks: readonly Check[],
  evidence: Evidence,
  environment: Environment,
): readonly Examined[] {
  return checks.map((check) => {
    const seen: Partial<Record<SourceName, unknown>> = {};
    for (const name of check.needs) {
      const source = evidence[name];
      if (source === undefined) throw new TypeError(`nobody has looked at ${name} for ${check.id}`);
      if ('notSeen' in source) return { check, notRun: source.notSeen, failed: source.failed };
      seen[name] = source.seen;
    }
    for (const name of check.also ?? []) {
      const source = evidence[name];
      if (source !== undefined && 'seen' in source) seen[name] = source.seen;
    }
    const findings = check.examine(seen as Sources, environment);
    const notRun = findings.length === 0 ? check.unseen?.(seen as Sources) : undefined;
    return notRun === undefined ? { check, findings } : { check, notRun, failed: true };
  });
}

/** All that was found, what hurts people most first; of equals in the order of the checks. */
export function inOrderOfHarm(examined: readonly Examined[]): readonly Found[] {
  const found = examined.flatMap((one) =>
    'findings' in one ? one.findings.map((finding) => ({ check: one.check, finding })) : [],
  );
  return found.toSorted((a, b) => harms.indexOf(a.finding.harm) - harms.indexOf(b.finding.harm));
}
