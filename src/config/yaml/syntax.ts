import type { Place, Problem } from '../problem.ts';
import { isSecretName } from '../shape/secret-names.ts';
import type { Lines } from './lines.ts';

interface YamlFault {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

interface Words {
  readonly message: string;
  readonly fix: string;
  /** Where to point, if elsewhere than the library does. */
  readonly place?: Place;
}

interface Context {
  readonly fault: YamlFault;
  readonly text: string;
  readonly lines: Lines;
  readonly line: number;
  /** The text of that line. */
  readonly shown: string;
}

/** Faults that are usually echoes of an earlier one. */
const echoes = new Set([
  'UNEXPECTED_TOKEN',
  'MISSING_CHAR',
  'BAD_INDENT',
  'MULTILINE_IMPLICIT_KEY',
  'IMPOSSIBLE',
  'RESOURCE_EXHAUSTION',
]);

const mostReported = 10;

/** The faults that the YAML library found, in words, at most one a line and without echoes. */
export function syntaxProblems(faults: readonly YamlFault[], text: string, lines: Lines): Problem[] {
  const problems: Problem[] = [];
  const seenLines = new Set<number>();
  for (const fault of faults) {
    const place = lines.place(fault.pos[0], fault.pos[1]);
    if (seenLines.has(place.line) || problems.length === mostReported) continue;
    if (problems.length > 0 && echoes.has(fault.code)) continue;
    // What stands below a tab is taken for something else than it is.
    if (fault.code === 'BLOCK_AS_IMPLICIT_KEY' && faults.some(({ code }) => code === 'TAB_AS_INDENT'))
      continue;
    seenLines.add(place.line);
    const words = inWords({ fault, text, lines, line: place.line, shown: lines.textOf(place.line) });
    problems.push({ severity: 'error', path: [], place, environments: [], code: codeOf(fault), ...words });
  }
  return problems;
}

function codeOf(fault: YamlFault): string {
  return fault.code === 'DUPLICATE_KEY' ? 'yaml-duplicate-key' : 'yaml-syntax';
}

function inWords(context: Context): Words {
  const { fault } = context;
  const special = Object.hasOwn(specials, fault.code) ? specials[fault.code]?.(context) : undefined;
  if (/:\s*\{\{/.test(context.shown)) return template;
  if (special !== undefined) return special;
  return Object.hasOwn(table, fault.code) ? (table[fault.code] as Words) : unknownFault(fault);
}

const template: Words = {
  message: 'A template such as `{{ name }}` means nothing here',
  fix: 'Write the value itself.',
};

/** What the text around tells better than the library's code does. */
const specials: Readonly<Record<string, (context: Context) => Words | undefined>> = {
  TAB_AS_INDENT: tab,
  DUPLICATE_KEY: duplicateKey,
  BAD_INDENT: badIndent,
  BLOCK_AS_IMPLICIT_KEY: blockAsKey,
  MULTILINE_IMPLICIT_KEY: ({ shown }) => {
    const glued = /^\s*(?:- )?([A-Za-z_]\w*):\S/.exec(shown);
    if (glued === null) return noColon(shown);
    return {
      message: `There is no blank behind \`${glued[1] ?? ''}:\``,
      fix: 'Put a blank behind the colon.',
    };
  },
  MISSING_CHAR: (context) => openQuote(context) ?? noColon(context.shown),
  UNEXPECTED_TOKEN: ({ fault, shown }) => {
    if (/block-seq-ind/.test(fault.message))
      return {
        message: 'A list does not start on the line of its key',
        fix: 'Start a new line for each item, indented below the key: `- `.',
      };
    if (!/:\s+(['"]).*\1./.test(shown)) return undefined;
    return {
      message: 'There is text behind the closing quote',
      fix: "Put the whole value in single quotes, and write a quote in it twice: `'it''s'`.",
    };
  },
  TAG_RESOLVE_FAILED: ({ fault, shown }) => {
    const tag = isSecretName(shown) ? '!…' : (/: (!\S*)/.exec(fault.message)?.[1] ?? '!');
    if (!/!vault/.test(shown))
      return {
        message: `The tag \`${tag}\` means nothing here`,
        fix: 'Remove it, or put the value in quotes.',
      };
    return {
      message: '`!vault` is of Ansible, and cannot be read here',
      fix: 'Write `{ fromFile: path }` or `{ fromSops: { file: path, key: name } }` where a secret belongs.',
    };
  },
};

/** `every 1h`: two words on a line of their own. */
function noColon(shown: string): Words | undefined {
  const [, key, value] = /^\s*([A-Za-z_]\w*)\s+([^\s:]+)\s*$/.exec(shown) ?? [];
  if (key === undefined || value === undefined || isSecretName(key)) return undefined;
  return {
    message: `There is no colon behind \`${key}\`, so YAML cannot tell the key from the value`,
    fix: `Write \`${key}: ${value}\`.`,
  };
}

function duplicateKey({ fault, text, lines, line, shown }: Context): Words {
  const key = /^(?:"[^"]*"|'[^']*'|[^\s:,}]+)/.exec(text.slice(fault.pos[0], fault.pos[0] + 200))?.[0] ?? '';
  const place = lines.place(fault.pos[0], fault.pos[0] + key.length);
  const start = shown.slice(0, place.column - 1);
  let first = line - 1;
  while (first > 0 && !lines.textOf(first).startsWith(`${start}${key}:`)) first -= 1;
  const where = /^\s*$/.test(start) && first > 0 ? ` (first on line ${String(first)})` : '';
  return {
    message: `\`${key}\` is written twice in the same map${where}`,
    fix: 'Keep one of the two; if both have keys of their own below, put them together.',
    place,
  };
}

function badIndent({ fault, lines, line }: Context): Words | undefined {
  const bracket = /^Flow (sequence|map)/.exec(fault.message)?.[1];
  if (bracket !== undefined) {
    const [open, close] = bracket === 'map' ? ['{', '}'] : ['[', ']'];
    return { message: `A \`${open}\` before this is not closed`, fix: `Write the missing \`${close}\`.` };
  }
  const start = lines.firstOf(line);
  return {
    message: 'This line is indented unlike its neighbours: the keys of one map start in the same column',
    fix: 'Line it up with the keys that it belongs to.',
    place: lines.place(start, start + 1),
  };
}

function blockAsKey(context: Context): Words {
  const { shown, lines, line } = context;
  if (/^\s*(?:- )?[^\s:#]+:\s+[^'"[{#].*:(\s|$)/.test(shown)) {
    return {
      message: 'There are two colons on one line, and YAML takes each for the end of a key',
      fix: 'Put the value in single quotes, or start a new line for the second key.',
    };
  }
  const tooFarLeft = lessThanNeighbours(context);
  if (tooFarLeft !== undefined) return tooFarLeft;
  const start = lines.firstOf(line + 1);
  return {
    message: 'This line is indented below a key that already has a value',
    fix: 'Line it up with the key above, or remove the value there.',
    place: lines.place(start, start + 1),
  };
}

/** Where the lines above and below stand in one column, the one between them is wrong. */
function lessThanNeighbours({ shown, lines, line }: Context): Words | undefined {
  const above = filledAbove(lines, line);
  const below = indentOf(lines.textOf(line + 1));
  if (above === undefined || indentOf(lines.textOf(above)) !== below) return undefined;
  const more = below - indentOf(shown);
  const first = lines.firstOf(line);
  return {
    message: 'This line is indented less than its neighbours',
    fix: `Indent it by ${String(more)} more ${more === 1 ? 'space' : 'spaces'}, like the lines above and below it.`,
    place: lines.place(first, first + 1),
  };
}

function tab({ lines, line }: Context): Words {
  const message = 'YAML does not allow tabs for indentation';
  const above = filledAbove(lines, line);
  const text = above === undefined ? '' : lines.textOf(above);
  if (text === '' || /^ *\t/.test(text)) {
    return { message, fix: 'Replace the tab with spaces, two for each level.' };
  }
  const opens = /:\s*(#.*)?$/.test(text);
  const spaces = indentOf(text) + (opens ? 2 : 0);
  const like = opens ? `two more than line ${String(above)} has` : `as on line ${String(above)}`;
  return { message, fix: `Start the line with ${String(spaces)} spaces instead, ${like}.` };
}

/** Number of the last line before it that has more than a comment. */
function filledAbove(lines: Lines, line: number): number | undefined {
  for (let number = line - 1; number > 0; number -= 1)
    if (/^\s*[^\s#]/.test(lines.textOf(number))) return number;
  return undefined;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** The library notices at the end of the file; what matters is where the quote was opened. */
function openQuote({ fault, lines, line }: Context): Words | undefined {
  const quote = /closing (["'])/.exec(fault.message)?.[1];
  if (quote === undefined) return undefined;
  for (let number = line; number > 0; number -= 1) {
    const shown = lines.textOf(number);
    const count = shown.split(quote).length - 1;
    if (count % 2 === 0) continue;
    const start = lines.startOf(number) + shown.lastIndexOf(quote);
    return {
      message: 'The quote that starts here is not closed',
      fix: `Write the missing \`${quote}\`.`,
      place: lines.place(start, start + 1),
    };
  }
  return undefined;
}

const table: Readonly<Record<string, Words>> = {
  MISSING_CHAR: {
    message: 'This line has no colon, so YAML cannot tell the key from the value',
    fix: 'Write `key: value` with a blank behind the colon, or close the bracket before it.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'This line has no colon, so YAML cannot tell the key from the value',
    fix: 'Write `key: value` with a blank behind the colon; start items of a list with `- `.',
  },
  UNEXPECTED_TOKEN: {
    message: 'YAML does not expect this here',
    fix: 'Look for a missing colon, quote or bracket on this line and the one above.',
  },
  BAD_SCALAR_START: {
    message: 'An unquoted value cannot start with this character',
    fix: 'Put the value in single quotes.',
  },
  BAD_ALIAS: {
    message: 'A value that starts with `*` is an alias, and this one has no name',
    fix: 'Put the value in single quotes.',
  },
  BAD_DQ_ESCAPE: {
    message: 'In double quotes a backslash starts an escape, and this is none',
    fix: 'Use single quotes, or write the backslash twice.',
  },
  MULTIPLE_DOCS: {
    message: 'The file holds a second document, which starts at this `---`',
    fix: 'Keep one document: write every environment under `environments`.',
  },
  ALIAS_PROPS: {
    message: 'An alias cannot have an anchor or tag of its own',
    fix: 'Write only the alias, `*name`.',
  },
  MULTIPLE_ANCHORS: { message: 'A value has one anchor', fix: 'Remove one of the `&name`.' },
  MULTIPLE_TAGS: { message: 'A value has one tag', fix: 'Remove the tags.' },
  RESOURCE_EXHAUSTION: {
    message: 'Lists or maps are nested too deeply',
    fix: 'Remove brackets until a few levels are left.',
  },
  BAD_DIRECTIVE: {
    message: 'A line that starts with `%` is a YAML directive, and this one is unknown',
    fix: 'Remove the line.',
  },
};

function unknownFault(fault: YamlFault): Words {
  return { message: `This is not YAML: ${fault.message.split('\n')[0] ?? ''}`, fix: 'Correct the line.' };
}
