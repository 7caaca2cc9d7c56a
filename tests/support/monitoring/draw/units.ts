/** A value as Grafana shows it in a unit, near enough for a picture. */
export function format(value: number, unit = 'short'): string {
  if (unit === 'bytes') return scaled(value, ['B', 'KiB', 'MiB', 'GiB', 'TiB'], 1024);
  if (unit === 's') return duration(value);
  if (unit === 'ns') return duration(value / 1e9);
  if (unit === 'percentunit') return `${trim(value * 100, 1)}%`;
  if (unit === 'percent') return `${trim(value, 1)}%`;
  if (unit === 'reqps') return `${trim(value, 2)} req/s`;
  if (unit === 'bool_yes_no') return value === 0 ? 'No' : 'Yes';
  if (unit.startsWith('suffix:')) return `${trim(value, 2)}${unit.slice('suffix:'.length)}`;
  if (unit.startsWith('currency:')) return `${unit.slice('currency:'.length)} ${value.toFixed(2)}`;
  return trim(value, 2);
}

function scaled(value: number, units: readonly string[], factor: number): string {
  let rest = value;
  let index = 0;
  while (Math.abs(rest) >= factor && index < units.length - 1) {
    rest /= factor;
    index += 1;
  }
  return `${trim(rest, 2)} ${units[index]}`;
}

function duration(seconds: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [604_800, 'weeks'],
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'mins'],
    [1, 's'],
    [0.001, 'ms'],
  ];
  const [size, name] = steps.find(([step]) => Math.abs(seconds) >= step) ?? [1, 's'];
  return `${trim(seconds / size, 1)} ${name}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
