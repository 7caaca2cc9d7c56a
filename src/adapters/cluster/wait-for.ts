import { systemClock } from '../clock.ts';

/**
 * Looks until nothing is waited for any more, and says what it is whenever that changes.
 *
 * @param look what is still waited for, a sentence; undefined: nothing.
 * @returns what was waited for last when time was up; undefined: all came about.
 */
export async function waitFor(
  look: () => Promise<string | undefined>,
  {
    seconds,
    report,
    pauseMs = 1000,
  }: {
    readonly seconds: number;
    readonly report: (text: string) => void;
    readonly pauseMs?: number;
  },
): Promise<string | undefined> {
  let said: string | undefined;
  for (const until = performance.now() + seconds * 1000; ;) {
    const now = await look();
    if (now === undefined || performance.now() > until) return now;
    if (now !== said) report(now);
    said = now;
    await systemClock.sleep(pauseMs);
  }
}
