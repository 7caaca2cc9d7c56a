import { parser } from '@prometheus-io/lezer-promql';
import type { Catalogue } from './catalogue.ts';

/** What a query gives: a number or text, or series with these labels. */
type Shape = 'scalar' | ReadonlySet<string>;
type Node = ReturnType<typeof parser.parse>['topNode'];

export interface Inferred {
  readonly labels: ReadonlySet<string>;
  /** What is wrong with it; empty: every metric and label exists, and both sides of each operator can match. */
  readonly faults: readonly string[];
}

/**
 * Which labels the answer of a query has, and what in it cannot be: a metric or label that no exporter has, a label that
 * an aggregation before has dropped, two sides of an operator that never match. Prometheus takes all of that, and
 * answers nothing.
 */
export function infer(query: string, catalogue: Catalogue): Inferred {
  const faults: string[] = [];
  const tree = parse(query);
  if (tree === undefined) return { labels: new Set(), faults: [`cannot be read: ${query}`] };
  const shape = new Inference(query, catalogue, faults).shapeOf(tree);
  return { labels: shape === 'scalar' ? new Set() : shape, faults };
}

/** Of metrics that a query names, each once. */
export function metricsIn(query: string): readonly string[] {
  const found = new Set<string>();
  parse(query)?.tree?.iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Identifier') found.add(query.slice(from, to));
    },
  });
  return [...found];
}

const strict = parser.configure({ strict: true });

function parse(query: string): Node | undefined {
  try {
    return strict.parse(query).topNode;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Inference {
  readonly #query: string;
  readonly #catalogue: Catalogue;
  readonly #faults: string[];

  constructor(query: string, catalogue: Catalogue, faults: string[]) {
    this.#query = query;
    this.#catalogue = catalogue;
    this.#faults = faults;
  }

  shapeOf(node: Node): Shape {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selector(node);
      case 'AggregateExpr':
        return this.#aggregate(node);
      case 'FunctionCall':
        return this.#call(node);
      case 'BinaryExpr':
        return this.#binary(node);
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return 'scalar';
      case 'PromQL':
      case 'ParenExpr':
      case 'UnaryExpr':
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'SubqueryExpr':
      case 'MatrixSelector':
        return this.shapeOf(operands(node)[0] as Node);
      default:
        throw new TypeError(`${node.name} is not known to this test`);
    }
  }

  #selector(node: Node): Shape {
    const name = this.#text(node.getChild('Identifier') as Node);
    const labels = this.#catalogue.get(name);
    if (labels === undefined) {
      this.#faults.push(`no exporter has ${name}`);
      return new Set();
    }
    for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
      this.#has(labels, this.#text(matcher.getChild('LabelName') as Node), name);
    }
    return labels;
  }

  #aggregate(node: Node): Shape {
    const [operation] = node.getChildren('AggregateOp');
    const child = this.#vector(operands(node.getChild('FunctionCallBody') as Node).at(-1) as Node);
    const modifier = node.getChild('AggregateModifier');
    const labels = this.#grouping(modifier);
    labels.forEach((label) => this.#has(child, label, this.#text(node)));
    if (/^(?:topk|bottomk)$/i.test(this.#text(operation as Node))) return child;
    if (modifier?.getChild('Without')) return child.difference(new Set(labels));
    return new Set(labels);
  }

  #call(node: Node): Shape {
    const name = this.#text(node.getChild('FunctionIdentifier') as Node);
    const body = node.getChild('FunctionCallBody');
    const args = body === null ? [] : operands(body);
    const texts = args.map((arg) => this.#text(arg).replaceAll('"', ''));
    switch (name) {
      case 'time':
        return 'scalar';
      case 'vector':
        return new Set();
      case 'absent': {
        this.shapeOf(args[0] as Node);
        return new Set();
      }
      case 'label_replace': {
        const child = this.#vector(args[0] as Node);
        const [, target = '', , from = ''] = texts;
        if (from !== '') this.#has(child, from, this.#text(node));
        return child.union(new Set([target]));
      }
      case 'histogram_quantile': {
        const child = this.#vector(args[1] as Node);
        this.#has(child, 'le', this.#text(node));
        return child.difference(new Set(['le']));
      }
      default: {
        const shapes = args.map((arg) => this.shapeOf(arg));
        return shapes.find((shape) => shape !== 'scalar') ?? 'scalar';
      }
    }
  }

  #binary(node: Node): Shape {
    const [left, right] = operands(node).map((operand) => this.shapeOf(operand)) as [Shape, Shape];
    if (left === 'scalar') return right;
    if (right === 'scalar') return left;
    const isSet = (name: string): boolean => node.getChild(name) !== null;
    const clause = node.getChild('MatchingModifierClause');
    const on = clause?.getChild('On') ? this.#grouping(clause) : undefined;
    if (on === undefined) {
      if (!isSet('Or') && left.symmetricDifference(right).size > 0) this.#fault('never match', node);
    } else {
      for (const side of [left, right]) on.forEach((label) => this.#has(side, label, this.#text(node)));
    }
    if (isSet('And') || isSet('Unless')) return left;
    if (isSet('Or')) return left.intersection(right);
    const more = clause?.getChildren('GroupingLabels')[1];
    const copied = more ? this.#names(more) : [];
    if (clause?.getChild('GroupLeft')) return this.#joined(left, right, copied, node);
    if (clause?.getChild('GroupRight')) return this.#joined(right, left, copied, node);
    return new Set(on ?? left);
  }

  #joined(many: ReadonlySet<string>, one: ReadonlySet<string>, copied: readonly string[], node: Node): Shape {
    copied.forEach((label) => this.#has(one, label, this.#text(node)));
    return many.union(new Set(copied));
  }

  #vector(node: Node): ReadonlySet<string> {
    const shape = this.shapeOf(node);
    if (shape !== 'scalar') return shape;
    this.#fault('no series', node);
    return new Set();
  }

  #grouping(clause: Node | null | undefined): readonly string[] {
    const labels = clause?.getChild('GroupingLabels');
    return labels ? this.#names(labels) : [];
  }

  #names(labels: Node): readonly string[] {
    return labels.getChildren('LabelName').map((name) => this.#text(name));
  }

  #has(labels: ReadonlySet<string>, label: string, where: string): void {
    if (labels.has(label) || (labels.has('label_*') && label.startsWith('label_'))) return;
    this.#faults.push(`no label ${label} in ${where}`);
  }

  #fault(what: string, node: Node): void {
    this.#faults.push(`${what}: ${this.#text(node)}`);
  }

  #text(node: Node): string {
    return this.#query.slice(node.from, node.to);
  }
}

const expressions = new Set([
  'VectorSelector',
  'AggregateExpr',
  'FunctionCall',
  'BinaryExpr',
  'NumberDurationLiteral',
  'StringLiteral',
  'ParenExpr',
  'UnaryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'SubqueryExpr',
  'MatrixSelector',
]);

/** The expressions right beneath a node, in order. */
function operands(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (expressions.has(child.name)) found.push(child);
  }
  return found;
}
