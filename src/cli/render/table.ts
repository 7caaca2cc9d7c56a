/**
 * Columns as wide as their widest cell, two blanks apart. Lines have no blanks at their end.
 *
 * @param numbersFrom the first column of numbers, which stand on the right; those behind it hold numbers too.
 */
export function table(rows: readonly (readonly string[])[], numbersFrom = Infinity): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) =>
            index < numbersFrom ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
          )
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
