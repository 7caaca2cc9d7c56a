import { durationSeconds } from '../../config/units.ts';
import { UserError } from '../../errors.ts';

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What people write after `--from` and `--to`. */
interface PeriodWords {
  readonly from: string;
  readonly to: string;
}

/**
 * The time that these words mean, in whole minutes. Dates and times of day are this machine's; a day after `--to` is
 * meant with all its hours. What lies ahead is cut off.
 *
 * @throws UserError for what is no time, and for a beginning that is not before the end.
 */
export function period(words: PeriodWords, now: Date): Period {
  const begin = moment(words.from, now, 'from');
  const from = wholeMinute(begin);
  const to = wholeMinute(new Date(Math.min(moment(words.to, now, 'to').getTime(), now.getTime())));
  if (from < to) return { from, to };
  throw new UserError({
    what:
      begin > now
        ? `\`--from ${words.from}\` has not come yet.`
        : '`--from` is not before `--to`, by a minute at least.',
    fix: 'Write the earlier time after `--from`: `--from 2026-11-23 --to 2026-11-27`, or `--from 7d`.',
    exitCode: 2,
  });
}

function wholeMinute(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 60_000) * 60_000);
}

function moment(text: string, now: Date, option: keyof PeriodWords): Date {
  const found =
    text === 'now' ? now : (ago(text, now) ?? day(text, option) ?? hour(text, now) ?? instant(text));
  if (found !== undefined) return found;
  throw new UserError({
    what: `\`--${option} ${text}\` is no time.`,
    fix: 'Write a date (`2026-11-23`), a time (`2026-11-23T09:00`, `09:00` of today) or how long ago (`12h`, `7d`).',
    exitCode: 2,
  });
}

function ago(text: string, now: Date): Date | undefined {
  if (!/^[1-9]\d*[smhd]$/.test(text)) return undefined;
  return new Date(now.getTime() - durationSeconds(text) * 1000);
}

function day(text: string, option: keyof PeriodWords): Date | undefined {
  const [, year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const begins = new Date(year, month - 1, date);
  // The 31st of November would be the 1st of December.
  if (begins.getMonth() !== month - 1 || begins.getDate() !== date) return undefined;
  return option === 'from' ? begins : new Date(year, month - 1, date + 1);
}

function hour(text: string, now: Date): Date | undefined {
  const [, hours, minutes] = (/^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []).map(Number);
  if (hours === undefined || minutes === undefined) return undefined;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate(), hours, minutes);
}

/** ISO 8601, without a zone in this machine's. */
function instant(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (match === null || day(match[1] ?? '', 'from') === undefined) return undefined;
  const [, date, time, second = '', zone = ''] = match;
  const found = new Date(`${date}T${time}${second}${zone}`);
  return Number.isNaN(found.getTime()) ? undefined : found;
}

/** `2026-11-23 09:00`, in this machine's time. */
export function momentText(time: Date): string {
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
