import type { Format } from '../schema/common.ts';
import { durationText } from '../units.ts';

/** What a format asks for, and what the text at hand should have been, if that can be told. */
interface FormatHint {
  readonly expects: string;
  /** The same value as it must be written. */
  readonly instead?: string;
}

/** Explains a value that is not of its format. */
export function formatHint(format: Format, value: unknown): FormatHint {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return hints[format](text, value);
}

const hints: Readonly<Record<Format, (text: string, value: unknown) => FormatHint>> = {
  memory: (text) => ({
    expects: 'a number with K, M, G or T (powers of 1024) behind it, such as 1.8G',
    ...insteadOf(memoryInstead(text)),
  }),
  cpu: (text) => ({ expects: 'a number of cores, such as 2 or 0.5', ...insteadOf(cpuInstead(text)) }),
  storage: (text) => ({
    expects: 'a whole number with Mi, Gi or Ti behind it, such as 10Gi',
    ...insteadOf(storageInstead(text)),
  }),
  duration: (text, value) => ({
    expects: 'a whole number with s, m, h or d behind it, such as 90s or 5d',
    ...insteadOf(durationInstead(text, typeof value === 'number')),
  }),
  dnsLabel: (text) => ({
    expects: 'lower-case letters, digits and dashes, at most 63, starting and ending with a letter or digit',
    ...insteadOf(labelInstead(text)),
  }),
  accountName: (text) => ({
    expects: 'lower-case letters, digits and dashes, at most 63, starting and ending with a letter or digit',
    ...insteadOf(labelInstead(text.replace(/@.*$/, ''), text)),
  }),
  hostname: (text) => ({
    expects: 'a host name, such as training.jupyter.example.org',
    ...insteadOf(hostInstead(text)),
  }),
  ipv4: (text) => ({
    expects: 'an IPv4 address, such as 192.0.2.50',
    ...insteadOf(/^(\d+\.){3}\d+(?=[/:])/.exec(text)?.[0]),
  }),
  resolver: (text) => ({
    expects: 'the address of a DNS resolver, such as 1.1.1.1 or 192.0.2.53:5353',
    // As DNS over HTTPS is written: https://1.1.1.1/dns-query.
    ...insteadOf(/^\w+:\/\/((?:\d+\.){3}\d+)/.exec(text)?.[1]),
  }),
  url: (text) => ({ expects: 'a URL that starts with https:// or http://', ...insteadOf(urlInstead(text)) }),
  absolutePath: (text) => ({
    expects: 'an absolute path without blanks, starting with /',
    ...insteadOf(/^[\w.-]+(\/[\w.-]+)*\/?$/.test(text) ? `/${text.replace(/^\.\//, '')}` : undefined),
  }),
  email: (text) => ({
    expects: 'one e-mail address, such as cloud-support@example.org',
    ...insteadOf(emailInstead(text)),
  }),
  variableName: (text) => ({
    expects: 'the name of an environment variable: letters, digits and `_`, not starting with a digit',
    ...insteadOf(variableInstead(text)),
  }),
  localPath: () => ({ expects: 'a path on this machine' }),
  server: (text) => ({ expects: 'a host name or an IPv4 address', ...insteadOf(hostInstead(text)) }),
  secret: () => ({ expects: 'a reference to a secret, never the secret itself' }),
};

function insteadOf(instead: string | undefined): { instead?: string } {
  return instead === undefined ? {} : { instead };
}

interface Amount {
  readonly number: string;
  readonly unit: string;
}

/** `1,8 GB` → 1.8 and gb */
function amount(text: string): Amount | undefined {
  const match = /^(\d+(?:[.,]\d+)?|[.,]\d+)\s*([A-Za-z]*)$/.exec(text.replaceAll('_', ''));
  if (match === null) return undefined;
  const number = (match[1] ?? '').replace(',', '.').replace(/^\./, '0.');
  return { number, unit: (match[2] ?? '').toLowerCase() };
}

const memoryUnits: Readonly<Record<string, string>> = {
  k: 'K',
  kb: 'K',
  ki: 'K',
  kib: 'K',
  m: 'M',
  mb: 'M',
  mi: 'M',
  mib: 'M',
  megabytes: 'M',
  g: 'G',
  gb: 'G',
  gi: 'G',
  gib: 'G',
  gig: 'G',
  gigabyte: 'G',
  gigabytes: 'G',
  t: 'T',
  tb: 'T',
  ti: 'T',
  tib: 'T',
};

function memoryInstead(text: string): string | undefined {
  const found = amount(text);
  if (found === undefined || Number(found.number) === 0) return undefined;
  if (found.unit === '') return found.number.includes('.') ? `${found.number}G` : found.number;
  const unit = Object.hasOwn(memoryUnits, found.unit) ? memoryUnits[found.unit] : undefined;
  return unit === undefined ? undefined : `${found.number}${unit}`;
}

function cpuInstead(text: string): string | undefined {
  const found = amount(text);
  if (found === undefined || Number(found.number) === 0) return undefined;
  if (found.unit === 'm') return String(Number(found.number) / 1000);
  return ['', 'c', 'core', 'cores', 'cpu', 'cpus', 'vcpu', 'vcpus'].includes(found.unit)
    ? String(Number(found.number))
    : undefined;
}

function storageInstead(text: string): string | undefined {
  const found = amount(text);
  if (found === undefined || Number(found.number) === 0) return undefined;
  const unit = found.unit === '' ? 'G' : memoryUnits[found.unit];
  if (unit === undefined || unit === 'K') return undefined;
  if (!found.number.includes('.')) return `${String(Number(found.number))}${unit}i`;
  const smaller = { T: 'Gi', G: 'Mi' }[unit];
  return smaller === undefined ? undefined : `${String(Math.ceil(Number(found.number) * 1024))}${smaller}`;
}

const durationUnits: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  mins: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hrs: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
};

/** Adds up `1h30m`, `1.5 hours`, `2 weeks`; a bare number is taken for seconds. */
function durationInstead(text: string, isNumber: boolean): string | undefined {
  const parts = [...text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)];
  if (
    parts.length === 0 ||
    parts.map((part) => part[0]).join('').length < text.replaceAll(' ', '').length - parts.length
  )
    return undefined;
  let seconds = 0;
  for (const [, number, unit] of parts) {
    const factor = unit === '' && (isNumber || parts.length === 1) ? 1 : durationUnits[unit ?? ''];
    if (factor === undefined) return undefined;
    seconds += Number(number) * factor;
  }
  return Number.isInteger(seconds) && seconds > 0 && !/[:-]/.test(text) ? durationText(seconds) : undefined;
}

function labelInstead(text: string, written: string = text): string | undefined {
  const label = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return label === '' || label === written ? undefined : label;
}

const hostPattern = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

function hostInstead(text: string): string | undefined {
  const host = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/:\d*$/, '')
    .replace(/^\*\./, '')
    .replaceAll('_', '-')
    .replace(/\.$/, '');
  return host !== text && hostPattern.test(host) ? host : undefined;
}

function urlInstead(text: string): string | undefined {
  return hostPattern.test(text.replace(/[/:].*$/, '')) ? `https://${text}` : undefined;
}

function emailInstead(text: string): string | undefined {
  return /[^\s<>,;"'()]+@[^\s<>,;"'()]+\.[^\s<>,;"'()]+/.exec(text.replace(/^mailto:/, ''))?.[0];
}

function variableInstead(text: string): string | undefined {
  const name = text
    .replace(/^\$\{?|\}$/g, '')
    .replaceAll(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=\d)/, '_');
  return name === '' || name === text || /^_+$/.test(name) ? undefined : name;
}
