import { describe, expect, test } from 'vitest';
import { usagePicture } from '../../../src/cli/render/usage-picture.ts';
import { renderUsage, usageCsv } from '../../../src/cli/render/usage.ts';
import type { Usage, UsageRow } from '../../../src/operate/usage/usage.ts';
import { pipedIo } from './run.ts';

const row = (name: string, hours: number): UsageRow => ({
  name,
  serverHours: hours,
  cpuHours: hours / 2,
  memoryGibHours: hours * 2,
  gpuHours: 0,
  cost: hours / 8,
});

function usage(change: Partial<Usage> = {}): Usage {
  const rows = change.rows ?? [row('ann', 12), row('bo', 3.25)];
  return {
    by: 'user',
    from: new Date(2026, 10, 23, 9),
    to: new Date(2026, 10, 27, 17, 30),
    currency: undefined,
    rows,
    total: { serverHours: 15.25, cpuHours: 7.625, memoryGibHours: 30.5, gpuHours: 0, cost: 1.90625 },
    notes: [],
    ...change,
  };
}

describe('the table of usage', () => {
  test('has numbers under each other, a total, and nothing of GPUs and costs that are not there', () => {
    expect(renderUsage(usage(), pipedIo())).toBe(
      `Usage from 2026-11-23 09:00 to 2026-11-27 17:30
USER   SERVER HOURS  CPU HOURS  MEMORY GIB-HOURS
ann            12.0        6.0              24.0
bo              3.3        1.6               6.5
total          15.3        7.6              30.5
`,
    );
  });

  test('has costs in the currency of the file, and GPUs where some were held', () => {
    const [heading = ''] = renderUsage(
      usage({ currency: 'EUR', total: { ...usage().total, gpuHours: 1 } }),
      pipedIo(),
    )
      .split('\n')
      .slice(1);
    expect(heading).toMatch(/ GPU HOURS +COST IN EUR$/);
  });

  test('of a time in which nobody worked says so, and what is known of that time', () => {
    const text = renderUsage(usage({ rows: [], notes: ['nothing is recorded of that time'] }), pipedIo());
    expect(text).toContain('No server ran.\n· nothing is recorded of that time\n');
  });
});

test('the file for spreadsheets has a heading, all digits, and quotes where a name needs them', () => {
  expect(usageCsv(usage({ currency: 'GBP', rows: [row('Ann, "A"', 1.23456)] }))).toBe(
    'user,server_hours,cpu_hours,memory_gib_hours,cost_GBP\r\n"Ann, ""A""",1.2346,0.6173,2.4691,0.1543\r\n',
  );
});

describe('the picture of usage', () => {
  const picture = (change: Partial<Usage> = {}): string =>
    usagePicture(usage(change), { deployment: 'jupyter', environment: 'training' });

  test('has a bar for each person and measure, as long as what was used', () => {
    const lengths = [...picture().matchAll(/<rect x="\d+" y="(\d+)" width="([\d.]+)" height="12"/g)];
    expect(lengths.map(([, y, width]) => [Number(y), Number(width)])).toEqual([
      [99, 120],
      [99, 120],
      [99, 120],
      [121, 32.5],
      [121, 32.5],
      [121, 32.5],
    ]);
  });

  test('says what it shows, in words', () => {
    const text = picture();
    expect(text).toContain('<title>jupyter, training: usage by user</title>');
    expect(text).toContain('2026-11-23 09:00 to 2026-11-27 17:30');
  });

  test('lets no name change it', () => {
    expect(picture({ rows: [row('<script>"&', 1)] })).toContain('&lt;script&gt;&quot;&amp;');
  });

  test('of very many draws those who used most, and says how many more there are', () => {
    const many = Array.from({ length: 45 }, (_, index) => row(`trainee-${index}`, 45 - index));
    const text = picture({ rows: many });
    expect(text).toContain('trainee-39<');
    expect(text).not.toContain('trainee-40<');
    expect(text).toContain('and 5 more, who used less');
  });

  test('is drawn where nobody used anything', () => {
    expect(picture({ rows: [{ ...row('ann', 0) }] })).not.toContain('NaN');
  });
});
