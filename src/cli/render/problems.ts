import type { Problem } from '../../config/problem.ts';
import { wrap } from './wrap.ts';

/** The texts of the files that problems point into, by the name that the problems use. */
type Sources = ReadonlyMap<string, string>;

interface ProblemStyle {
  readonly colour: boolean;
  /** Columns of the terminal: text is broken between words, and lines of the file are cut around the caret. */
  readonly width?: number | undefined;
}

const codes = { bold: 1, dim: 2, red: 31, yellow: 33, cyan: 36 } as const;
type Paint = (colour: keyof typeof codes, text: string) => string;

/** Problems as people read them: the place, the line with a caret, the fix, and at the end how many there are. */
export function renderProblems(problems: readonly Problem[], sources: Sources, style: ProblemStyle): string {
  const paint: Paint = style.colour
    ? (colour, text) => `\u001B[${String(codes[colour])}m${text}\u001B[0m`
    : (_, text) => text;
  const width = Math.max(40, style.width ?? Infinity);
  const all = everyEnvironment(problems);
  const lines = new Map(
    [...sources].map(([file, text]) => [file, text.replace(/^\uFEFF/, '').split('\n')] as const),
  );
  const blocks = problems.map((problem) => block(problem, { lines, paint, width, all }).join('\n'));
  return [...blocks, countLine(problems)].join('\n\n') + '\n';
}

/** `2 errors and 1 warning` */
function countLine(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [amount(errors, 'error'), amount(warnings, 'warning')].filter((part) => part !== '');
  return parts.length === 0 ? 'No problems.' : parts.join(' and ');
}

function amount(count: number, noun: string): string {
  if (count === 0) return '';
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A problem as `--json` shows it. The shape is stable: fields are added, never renamed. */
interface ProblemJson {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly fix: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly path: readonly (string | number)[];
  readonly environments: readonly string[];
}

/** Problems for `--json`. Holds no line of the file, so no secret. */
export function problemsToJson(problems: readonly Problem[]): ProblemJson[] {
  return problems.map(({ code, severity, message, fix, place, path, environments }) => ({
    code,
    severity,
    message,
    fix,
    file: place.file,
    line: place.line,
    column: place.column,
    length: place.length ?? 1,
    path,
    environments,
  }));
}

/** Of the file, where there is no terminal. */
const longestLine = 100;

type Lines = ReadonlyMap<string, readonly string[]>;

interface Context {
  readonly lines: Lines;
  readonly paint: Paint;
  readonly width: number;
  readonly all: number;
}

function block(problem: Problem, { lines, paint, width, all }: Context): string[] {
  const { place, severity, message, fix } = problem;
  const colour = severity === 'error' ? 'red' : 'yellow';
  const where = `${place.file}:${String(place.line)}:${String(place.column)}`;
  const head = `${paint('bold', where)} ${paint(colour, severity)}  ${printable(message)}${environmentsText(problem, all)}`;
  const snippet = snippetOf(problem, lines, width === Infinity ? longestLine : width);
  const shown = snippet === undefined ? [] : drawn(snippet, place.line, colour, paint);
  return [wrap(head, width, 2), ...shown, wrap(`  ${paint('cyan', 'fix:')} ${printable(fix)}`, width, 7)];
}

function drawn(
  { text, indent, length }: Snippet,
  line: number,
  colour: 'red' | 'yellow',
  paint: Paint,
): string[] {
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const caret = paint(colour, '^'.repeat(length));
  return [
    `  ${paint('dim', `${number} |`)} ${text}`,
    `  ${paint('dim', `${gutter} |`)} ${' '.repeat(indent)}${caret}`,
  ];
}

/** Names the environments where the problem is not in every environment that has problems. */
function environmentsText({ environments }: Problem, all: number): string {
  if (environments.length === 0 || environments.length === all) return '';
  const shown = environments.slice(0, 3).map((name) => printable(name));
  const more = environments.length > 3 ? ` and ${String(environments.length - 3)} more` : '';
  return ` [${shown.join(', ')}${more}]`;
}

function everyEnvironment(problems: readonly Problem[]): number {
  return new Set(problems.flatMap((problem) => problem.environments)).size;
}

interface Snippet {
  readonly text: string;
  /** Columns before the caret. */
  readonly indent: number;
  /** Columns of the caret. */
  readonly length: number;
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

function snippetOf({ place, masked }: Problem, lines: Lines, width: number): Snippet | undefined {
  const line = lines.get(place.file)?.[place.line - 1]?.replace(/\r$/, '');
  if (line === undefined || line.trim() === '') return undefined;
  const from = Math.min(place.column - 1, line.length);
  const to = Math.min(from + (place.length ?? 1), line.length);
  const hidden = secretStart(line, from, masked === true) ?? Infinity;
  const room = width - String(place.line).length - 5;
  if (hidden <= from) return cut(cells(line.slice(0, hidden)), cells(stars), [], room);
  const rest = hidden < line.length ? line.slice(to, Math.max(to, hidden)) + stars : line.slice(to);
  return cut(cells(line.slice(0, from)), cells(line.slice(from, Math.min(to, hidden))), cells(rest), room);
}

const stars = '********';

/** A key with a telling name and something behind it that is not a reference. */
const secretKey =
  /(?:secret|password|passwd|passphrase|token|credentials?|private_?key|api_?key)["']?\s*:\s+(?!\{\s*from|#|$)/i;

/** Where on the line a secret may start: everything behind it is hidden, also what is marked. */
function secretStart(line: string, from: number, masked: boolean): number | undefined {
  const found = secretKey.exec(line);
  const telling = found === null ? undefined : found.index + found[0].length;
  if (!masked) return telling;
  // Marked is either the secret itself, or its key with the secret behind it.
  const isValue =
    /[:[{,-]\s*$/.test(line.slice(0, from)) && !/^["']?[\w.-]+["']?\s*:\s/.test(line.slice(from));
  const key = /^["']?[^:]*:\s+/.exec(line.slice(from))?.[0].length ?? 0;
  return Math.min(telling ?? Infinity, isValue || /:\s*$/.test(line.slice(0, from)) ? from : from + key);
}

/** Keeps the caret in view: a long line loses its ends. */
function cut(
  before: readonly Cell[],
  marked: readonly Cell[],
  after: readonly Cell[],
  width: number,
): Snippet {
  const room = Math.max(20, width);
  const markedShown = takeWidth(marked, Math.floor(room * 0.7));
  const length = Math.max(1, widthOf(markedShown));
  const left = Math.min(
    widthOf(before),
    Math.max(room - length - Math.min(widthOf(after), 20), Math.floor(room / 4)),
  );
  const beforeShown = takeWidth(before.toReversed(), left).toReversed();
  const start = beforeShown.length < before.length ? '…' : '';
  const rest = takeWidth(after, room - length - widthOf(beforeShown));
  const isCut = rest.length < after.length || markedShown.length < marked.length;
  const text =
    start +
    join(beforeShown) +
    join(markedShown) +
    (isCut && markedShown.length < marked.length ? '…' : join(rest) + (isCut ? '…' : ''));
  return { text: text.trimEnd(), indent: start.length + widthOf(beforeShown), length };
}

function takeWidth(from: readonly Cell[], most: number): Cell[] {
  const taken: Cell[] = [];
  let width = 0;
  for (const cell of from) {
    width += cell.width;
    if (width > most) break;
    taken.push(cell);
  }
  return taken;
}

function widthOf(of: readonly Cell[]): number {
  return of.reduce((sum, cell) => sum + cell.width, 0);
}

function join(of: readonly Cell[]): string {
  return of.map((cell) => cell.text).join('');
}

let segmenter: Intl.Segmenter | undefined;

/** The characters as people count them, each with the columns it takes. */
function cells(text: string): Cell[] {
  // Most lines are plain, and the segmenter takes longer to make than everything else here.
  if (/^[\x20-\x7E]*$/.test(text)) return text.split('').map((character) => ({ text: character, width: 1 }));
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => {
    if (segment === '\t') return { text: '  ', width: 2 };
    const shown = printable(segment);
    return { text: shown, width: isWide(segment) ? 2 : Math.min(shown.length, 1) };
  });
}

function isWide(segment: string): boolean {
  return /\p{Extended_Pictographic}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u.test(
    segment,
  );
}

/** Control characters of a file must not reach the terminal. */
function printable(text: string): string {
  return text
    .replaceAll(/\t|\s*\n\s*/g, ' ')
    .replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');
}
