/** A value that the chart's own schema does not allow. */
export interface Violation {
  /** The chart, or the chart inside it, whose schema it is. */
  readonly chart: string;
  /** Keys and indexes from the chart's values. */
  readonly path: readonly string[];
  /** A key that the schema does not know; the path leads to it. */
  readonly unknownKey: boolean;
  /** As the validator says it. */
  readonly message: string;
}

const heading = "values don't meet the specifications of the schema(s)";
/** `  - at '/hub/memory': got string, want object` */
const line = /^(\s*)- at '((?:[^'\\]|\\.)*)': (.*)$/;

/**
 * The violations in what Helm prints about values that a schema refuses (Helm 3.18 and newer, and 4, use the same
 * validator: github.com/santhosh-tekuri/jsonschema v6). Empty where the output is about something else.
 */
export function readViolations(output: string): Violation[] {
  const start = output.indexOf(heading);
  if (start === -1) return [];
  const lines = output.slice(start).split('\n').slice(1);
  const violations: Violation[] = [];
  let chart = '';
  for (const [index, text] of lines.entries()) {
    const found = line.exec(text);
    const name = /^(\S[^:]*):$/.exec(text)?.[1];
    if (found === null) chart = name ?? chart;
    // A line that only introduces those below it says nothing of its own.
    else if (!introduces(found, lines[index + 1]))
      violations.push(...violationsOf(chart, unquoted(found[2]), found[3] ?? ''));
  }
  return violations;
}

function introduces(found: RegExpExecArray, next: string | undefined): boolean {
  const below = next === undefined ? null : line.exec(next);
  return below !== null && (below[1]?.length ?? 0) > (found[1]?.length ?? 0);
}

/** One line can be about several keys: `additional properties 'a', 'b' not allowed`. */
function violationsOf(chart: string, pointer: string, message: string): Violation[] {
  const path = pointer.split('/').slice(1).map(unescapedPointer);
  const unknown = /^additional properties (.*) not allowed$/.exec(message)?.[1];
  if (unknown === undefined) return [{ chart, path, unknownKey: false, message }];
  return [...unknown.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, key]) => ({
    chart,
    path: [...path, unquoted(key)],
    unknownKey: true,
    message: `the chart knows no \`${unquoted(key)}\` here`,
  }));
}

/** Go's quoting of a string: `\'`, `\\`, `\x7f`, `\u2028`. */
function unquoted(text = ''): string {
  return text.replaceAll(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([^xu]))/g, (_, short, long, plain) =>
    plain === undefined ? String.fromCharCode(Number.parseInt(short ?? long, 16)) : plain,
  );
}

function unescapedPointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
