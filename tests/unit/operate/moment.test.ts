import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { momentText, period } from '../../../src/operate/usage/moment.ts';

/** A Monday, in this machine's time. */
const now = new Date(2026, 10, 30, 15, 20, 45);

function between(from: string, to = 'now'): string[] {
  const found = period({ from, to }, now);
  return [momentText(found.from), momentText(found.to)];
}

describe('a period', () => {
  test.each([
    ['7d', 'now', '2026-11-23 15:20', '2026-11-30 15:20'],
    ['12h', '30m', '2026-11-30 03:20', '2026-11-30 14:50'],
    ['2026-11-23', '2026-11-27', '2026-11-23 00:00', '2026-11-28 00:00'],
    ['2026-11-30', '2026-11-30', '2026-11-30 00:00', '2026-11-30 15:20'],
    ['09:00', '9:30', '2026-11-30 09:00', '2026-11-30 09:30'],
    ['2026-11-23T09:00', '2026-11-23 17:30:59', '2026-11-23 09:00', '2026-11-23 17:30'],
    ['2026-10-01', '2099-01-01', '2026-10-01 00:00', '2026-11-30 15:20'],
  ])('from %s to %s', (from, to, ...found) => {
    expect(between(from, to)).toEqual(found);
  });

  test('may name its zone', () => {
    expect(period({ from: '2026-11-23T09:00Z', to: '2026-11-23T11:00+01:00' }, now)).toEqual({
      from: new Date('2026-11-23T09:00:00Z'),
      to: new Date('2026-11-23T10:00:00Z'),
    });
  });

  test.each([
    ['yesterday', 'now', '`--from yesterday` is no time.'],
    ['2026-11-31', 'now', '`--from 2026-11-31` is no time.'],
    ['2026-13-01T09:00', 'now', 'is no time.'],
    ['7d', '25:00', '`--to 25:00` is no time.'],
    ['2026-11-27', '2026-11-23', '`--from` is not before `--to`'],
    ['2027-01-01', 'now', '`--from 2027-01-01` has not come yet.'],
    ['10s', 'now', '`--from` is not before `--to`'],
  ])('from %s to %s is refused, with what to write', (from, to, message) => {
    const error = (() => {
      try {
        return between(from, to);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ what: expect.stringContaining(message), exitCode: 2 });
  });
});
