import * as fc from 'fast-check';

/** Lines of a block, with that before each. */
type Block = (indent: string) => string[];

interface Trees {
  readonly map: Block;
  readonly list: Block;
  readonly flow: string;
}

const name = fc.constantFrom('a', 'b', 'c_d', 'e.f', 'G', 'h-1');
const blanks = fc.constantFrom('', ' ', '  ');
const tail = fc.constantFrom('', '', ' ', ' # x', '  # y: [z', '   ');
const scalar = fc.constantFrom(
  'x',
  'x y',
  '1',
  '-1',
  '1.10',
  'true',
  'null',
  "'q: #'",
  '"r, }"',
  "''",
  'a:b',
  'c#d',
  '2026-10-01',
  '1.8G',
);
const between = fc.constantFrom<string[]>([], [], [], [''], ['# z'], ['    # a: b', '  ']);

function trees(tie: fc.LetrecTypedTie<Trees>): fc.LetrecValue<Trees> {
  const inline = fc.oneof({ depthSize: 'small' }, scalar, tie('flow'));
  const value = fc.oneof(
    { depthSize: 'small' },
    fc.tuple(blanks, inline, tail).map(([gap, text, rest]): Written => ({ behind: ` ${gap}${text}${rest}` })),
    tail.map((rest): Written => ({ behind: rest })),
    fc
      .tuple(tail, between, fc.constantFrom('  ', '    '), tie('map'))
      .map(([behind, gap, step, block]): Written => ({ behind, gap, step, block })),
    fc
      .tuple(tail, between, fc.constantFrom('', '  '), tie('list'))
      .map(([behind, gap, step, block]): Written => ({ behind, gap, step, block })),
  );
  const map = fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1, maxLength: 4 })
    .map(
      (entries): Block =>
        (indent) =>
          entries.flatMap(([key, one]) => linesOf(`${indent}${key}:`, indent, one)),
    );
  const list = fc.array(fc.tuple(blanks, inline, tail), { minLength: 1, maxLength: 3 }).map(
    (items): Block =>
      (indent) =>
        items.map(([gap, text, rest]) => `${indent}- ${gap}${text}${rest}`),
  );
  const separated = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<[T, string, string][]> =>
    fc.array(fc.tuple(one, blanks, blanks), { maxLength: 3 });
  const flow = fc.oneof(
    { depthSize: 'small' },
    separated(inline).map((items) => `[${items.map(([text, a, b]) => `${a}${text}${b}`).join(',')}]`),
    fc
      .uniqueArray(fc.tuple(name, inline, blanks, blanks), { selector: ([key]) => key, maxLength: 3 })
      .map((items) => `{${items.map(([key, text, a, b]) => `${a}${key}: ${a}${text}${b}`).join(',')}}`),
  );
  return { map, list, flow };
}

interface Written {
  /** On the line of the key. */
  readonly behind: string;
  readonly gap?: readonly string[];
  readonly step?: string;
  readonly block?: Block;
}

function linesOf(before: string, indent: string, { behind, gap = [], step = '', block }: Written): string[] {
  return [before + behind, ...gap, ...(block?.(indent + step) ?? [])];
}

/** Plain YAML as people write it: blanks, comments, quotes and brackets in all places where they may stand. */
export const plainYaml: fc.Arbitrary<string> = fc
  .tuple(fc.letrec(trees).map, fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n', '  ', '# end'))
  .map(([lines, newline, end]) => [...lines(''), end].join(newline));
