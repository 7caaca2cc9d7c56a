import { type ScalarTag, parseDocument } from 'yaml';

/**
 * YAML as Python's `safe_load` reads it, which is YAML 1.1 with rules of its own: `yes` and `off` are booleans,
 * `0123` is octal, `1e5` is a text. Numbers become the text that openstacksdk makes of them, whole also where they
 * are longer than a number here can be (a project's id of 32 digits).
 *
 * @throws SyntaxError that says where, and nothing of what stands there.
 */
export function parsePythonYaml(source: string): unknown {
  const document = parseDocument(source, {
    version: '1.1',
    schema: 'failsafe',
    customTags: [...tags],
    merge: true,
    uniqueKeys: false,
    // Its messages quote the line, and with it somebody's password.
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error) throw new SyntaxError(`line ${lineAt(source, error.pos[0])}: ${error.code}`);
  return document.toJS() as unknown;
}

/** The patterns of PyYAML's `resolver.py`. */
const tags: readonly ScalarTag[] = [
  tag('null', /^(?:~|null|Null|NULL|)$/, () => null),
  tag('bool', /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  tag('bool', /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  tag('int', /^[-+]?0b[01_]+$/, (digits) => integer(digits)),
  tag('int', /^[-+]?0x[0-9a-fA-F_]+$/, (digits) => integer(digits)),
  tag('int', /^[-+]?0[0-7_]+$/, (digits) => integer(digits.replace(/^([-+]?)0/, '$10o'))),
  tag('int', /^[-+]?(?:0|[1-9][0-9_]*)$/, (digits) => integer(digits)),
  tag('int', /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/, (digits) => sexagesimal(digits)),
  tag('float', /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/, (digits) =>
    float(Number(digits.replaceAll('_', ''))),
  ),
];

function tag(name: string, test: RegExp, resolve: (source: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

function integer(source: string): string {
  const digits = source.replaceAll('_', '').replace(/^[-+]/, '');
  const value = BigInt(digits === '' ? 0 : digits);
  return String(source.startsWith('-') ? -value : value);
}

/** `1:30` is ninety: minutes and seconds, once upon a time. */
function sexagesimal(source: string): string {
  const parts = source.replaceAll(/[-+_]/g, '').split(':').map(BigInt);
  const value = parts.reduce((sum, part) => sum * 60n + part, 0n);
  return String(source.startsWith('-') ? -value : value);
}

/** As Python writes it: a whole one has a zero behind the point. */
function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

function lineAt(source: string, position: number): number {
  return source.slice(0, position).split('\n').length;
}
