/** `0.4 s`, `12 s`, `3 min`. */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(1)} s`;
  return value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}

/** How long ago that was: `12 s`, `5 min`, `3 h`, `2 d`. */
export function ago(iso: string | undefined, now: Date): string {
  if (iso === undefined) return '–';
  const past = Math.max(0, (now.getTime() - Date.parse(iso)) / 1000);
  if (past < 60) return `${Math.round(past)} s`;
  if (past < 3600) return `${Math.round(past / 60)} min`;
  return past < 86_400 ? `${Math.round(past / 3600)} h` : `${Math.round(past / 86_400)} d`;
}

/** Bytes as people read them: `512 MB`, `1.8 GB` (1 GB = 1024³, as KubeSpawner counts). */
export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  const [size, unit] = value >= 1024 ** 3 ? [value / 1024 ** 3, 'GB'] : [value / 1024 ** 2, 'MB'];
  return `${size < 10 && unit === 'GB' ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
