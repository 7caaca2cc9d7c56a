import type { AcmeObserved, Attempt } from './observed.ts';

/** What an ACME server allows for one name (letsencrypt.org/docs/rate-limits and /staging-environment). */
interface Limits {
  /** Failed validations within an hour. */
  readonly failures: number;
  /** Certificates for the very same names within seven days. */
  readonly duplicates: number;
}

const production: Limits = { failures: 5, duplicates: 5 };
const staging: Limits = { failures: 200, duplicates: 30_000 };

const hour = 3600;
const week = 7 * 24 * hour;

/** Of Let's Encrypt's two servers. Any other may count as strictly as the real one. */
function isStaging(authority: string): boolean {
  return authority.includes('staging');
}

/** What may be asked of an ACME server now. */
interface Budget {
  readonly failuresLastHour: number;
  readonly issuedLastWeek: number;
  readonly limits: Limits;
  /** Until the next request is allowed; 0: now. */
  readonly waitSeconds: number;
  /** Why not now: a sentence without its full stop. */
  readonly why?: string;
}

/**
 * @param attempts oldest first; those whose end nobody has seen count as failed.
 * @param logged those of the public logs, where they could be asked: somebody else may have asked for some.
 */
export function budgetOf(
  attempts: readonly Attempt[],
  authority: string,
  logged: readonly number[] = [],
): Budget {
  const limits = isStaging(authority) ? staging : production;
  const mine = attempts.filter((attempt) => attempt.authority === authority);
  const failures = within(mine, hour).filter(({ outcome }) => outcome !== 'issued');
  const here = within(mine, week).filter(({ outcome }) => outcome === 'issued');
  const there = logged.map((ageSeconds): Attempt => ({ ageSeconds, authority, outcome: 'issued' }));
  // The very same ones: whoever knows of more is right.
  const issued = there.length > here.length ? there : here;
  const counted = { failuresLastHour: failures.length, issuedLastWeek: issued.length, limits };
  const told = Math.max(0, ...mine.map(({ waitSeconds = 0 }) => waitSeconds));
  if (told > 0) {
    const why = `${authority} has said that it takes no request for another ${spanText(told)}`;
    return { ...counted, waitSeconds: told, why };
  }
  if (failures.length >= limits.failures) {
    const waitSeconds = untilFree(failures, limits.failures, hour);
    const why = `${failures.length} requests have failed within an hour, and ${authority} allows ${limits.failures}`;
    return { ...counted, waitSeconds, why };
  }
  if (issued.length >= limits.duplicates) {
    const waitSeconds = untilFree(issued, limits.duplicates, week);
    const why = `${issued.length} certificates were issued within seven days, and ${authority} allows ${limits.duplicates} for the same name`;
    return { ...counted, waitSeconds, why };
  }
  return { ...counted, waitSeconds: 0 };
}

/** The age in seconds of those of the public logs that count: Let's Encrypt's for the very name alone. Oldest first. */
export function loggedAges({ logs, domain }: Pick<AcmeObserved, 'logs' | 'domain'>): number[] {
  if (logs === undefined || 'notSeen' in logs) return [];
  return logs.found
    .filter(({ names, issuer }) => names.join() === domain && issuer.startsWith("Let's Encrypt"))
    .map(({ ageSeconds }) => ageSeconds)
    .filter((age) => age < week)
    .toSorted((a, b) => b - a);
}

/** Whether the server was asked within the last hour, and nobody has seen what came of it. */
export function isAsked(attempts: readonly Attempt[], authority: string): boolean {
  return within(attempts, hour).some((one) => one.authority === authority && one.outcome === 'asked');
}

/** `34 minutes`, `3 hours`, `2 days`: rounded up. */
export function spanText(seconds: number): string {
  const [count, unit] = countOf(seconds);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A text by which one tells whether something new is said: how long something still takes is not. */
export function withoutSpans(text: string): string {
  return text.replaceAll(/\d+ (second|minute|hour|day)s?/g, '');
}

function countOf(seconds: number): [number, string] {
  if (seconds <= 90) return [Math.ceil(seconds), 'second'];
  if (seconds <= 90 * 60) return [Math.ceil(seconds / 60), 'minute'];
  return seconds <= 48 * hour
    ? [Math.ceil(seconds / hour), 'hour']
    : [Math.ceil(seconds / (24 * hour)), 'day'];
}

/** `2026-11-30 10:00 UTC` */
export function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function within(attempts: readonly Attempt[], span: number): Attempt[] {
  return attempts.filter(({ ageSeconds }) => ageSeconds < span);
}

/** When the oldest of those that are too many is old enough. */
function untilFree(attempts: readonly Attempt[], limit: number, span: number): number {
  return span - (attempts[attempts.length - limit]?.ageSeconds ?? 0);
}
