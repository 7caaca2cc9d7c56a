import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/**
 * A value as YAML text: plain where YAML reads it back as the same, else in double quotes.
 * `inFlow`: inside `{ }` or `[ ]`, where commas and brackets count too.
 */
export function scalarText(value: string | number | boolean, inFlow: boolean): string {
  if (typeof value !== 'string') return String(value);
  return isPlainSafe(value, inFlow) ? value : quoted(value);
}

/** A key as YAML text. */
export function keyText(key: string): string {
  return isPlainSafe(key, true) ? key : quoted(key);
}

function isPlainSafe(text: string, inFlow: boolean): boolean {
  if (text === '' || !/^[\p{L}\p{N}\p{M}\p{P}\p{S} ]+$/u.test(text)) return false;
  // For the tools that still read YAML 1.1.
  if (/^(?:y|n|yes|no|on|off|true|false|null|~)$/i.test(text)) return false;
  if (/^[0-9]+(?::[0-9]+)+$/.test(text)) return false;
  const source = inFlow ? `[${text}]` : `key: ${text}`;
  const document = parseDocument(source, { logLevel: 'silent', prettyErrors: false });
  if (document.errors.length > 0 || document.warnings.length > 0) return false;
  const root = document.contents;
  if (inFlow) return isSeq(root) && root.items.length === 1 && isText(root.items[0], text);
  return isMap(root) && root.items.length === 1 && isText(root.items[0]?.value, text);
}

/** Nothing but the text: no tag, anchor or comment that YAML would take for something else. */
function isText(node: unknown, text: string): boolean {
  return isScalar(node) && node.value === text && node.tag === undefined && node.anchor === undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Several lines as a block (`|`), indented by `pad`; undefined where a block could not hold the text unchanged. */
export function blockText(text: string, pad: string): string | undefined {
  const end = text.endsWith('\n');
  const lines = (end ? text.slice(0, -1) : text).split('\n');
  const isSafe =
    /^[\p{L}\p{N}\p{M}\p{P}\p{S} \n]+$/u.test(text) && /^\S/.test(text) && lines.at(-1)?.trim() !== '';
  if (lines.length < 2 || !isSafe) return undefined;
  return [`|${end ? '' : '-'}`, ...lines.map((line) => (line === '' ? '' : `${pad}${line}`))].join('\n');
}

/** A comment cannot leave its line. */
export function commentText(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?')}`;
}
