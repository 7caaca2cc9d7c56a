import { setTimeout as sleep } from 'node:timers/promises';
import type { UserError } from '../errors.ts';
import type { LockGuard } from '../ports.ts';

/** How long a call is tried for. */
export interface Patience {
  /** For one answer. */
  readonly attemptSeconds: number;
  /** For all attempts together. */
  readonly totalSeconds: number;
  readonly mostAttempts: number;
}

export const usualPatience: Patience = { attemptSeconds: 20, totalSeconds: 90, mostAttempts: 10 };

/** How calls are made. What is not given stays as it is. */
export interface Manner {
  /** Ends calls from outside: a lock that was lost. Asked before each request, for what a timer may be late for. */
  readonly guard?: LockGuard;
  readonly patience?: Partial<Patience>;
}

/** What came of one attempt. */
export type Outcome<T> =
  | { readonly kind: 'answer'; readonly answer: T }
  | {
      readonly kind: 'again';
      /** Seconds that the server asks to be left alone for. */
      readonly retryAfter: number | undefined;
      /** The credentials were, and can be had anew. */
      readonly refused?: true;
      readonly error: () => UserError;
    };

/** Attempts at a server that has not answered once: it is away, or the address is wrong. */
const attemptsAtSilence = 4;
const firstPauseMs = 200;
const longestPauseMs = 5000;

/** Attempts it until there is an answer. @throws the last attempt's error when the patience is at its end. */
export async function persist<T>(
  attempt: () => Promise<Outcome<T>>,
  {
    patience,
    guard,
    reached,
  }: { readonly patience: Patience; readonly guard: LockGuard | undefined; readonly reached: () => boolean },
): Promise<T> {
  const until = Date.now() + patience.totalSeconds * 1000;
  let refused = false;
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt();
    if (outcome.kind === 'answer') return outcome.answer;
    // Fresh credentials that are refused too are not a matter of trying.
    if (outcome.refused && refused) throw outcome.error();
    refused ||= outcome.refused === true;
    const pause = pauseMs(attempts, outcome.retryAfter);
    const most = reached() ? patience.mostAttempts : Math.min(patience.mostAttempts, attemptsAtSilence);
    if (attempts >= most || Date.now() >= until - pause) throw withTime(outcome.error(), outcome.retryAfter);
    await sleep(pause, undefined, guard ? { signal: guard.signal } : {}).catch(() => stopIfEnded(guard));
  }
}

/**
 * Seconds that an answer asks to be left alone for (RFC 9110, "Retry-After"): a number of them, or a time by the server's own
 * clock. undefined: it does not say, or nonsense.
 */
export function retryAfterSeconds(
  retryAfter: string | null | undefined,
  date: string | null | undefined,
): number | undefined {
  if (!retryAfter) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const now = Date.parse(date ?? '');
  const seconds = Math.ceil((Date.parse(retryAfter) - (Number.isNaN(now) ? Date.now() : now)) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

/** Who is asked to wait for longer than a command is worth is told until when. */
function withTime(error: UserError, retryAfter: number | undefined): UserError {
  if (!retryAfter) return error;
  const until = new Date(Date.now() + retryAfter * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const fix = `It asks to be left alone for ${retryAfter} s: run the command again after ${until}. ${error.fix}`;
  return Object.assign(error, { fix });
}

/** @throws what the guard says once it has ended. */
export function stopIfEnded(guard: LockGuard | undefined): void {
  guard?.signal.throwIfAborted();
  guard?.check();
}

/** The pause before the next attempt: as the server asks for, or doubled each time, with some chance in it. */
export function pauseMs(attempt: number, retryAfter: number | undefined, chance = Math.random()): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  return Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * (0.5 + chance / 2);
}
