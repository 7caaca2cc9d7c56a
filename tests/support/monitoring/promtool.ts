import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuleGroup } from '../../../src/platform/kubernetes/monitoring/rules.ts';
import { onPath } from '../on-path.ts';

/** Why the tests that need Prometheus are skipped; undefined: they are not. */
export const noPrometheus: string | undefined =
  onPath('promtool') && onPath('prometheus')
    ? undefined
    : "no promtool: it is in Debian's package prometheus";

export interface Ran {
  readonly code: number;
  /** What it said. */
  readonly output: string;
}

/** Runs promtool over files of these contents, which are in its folder. JSON is YAML to it. */
export async function promtool(
  args: readonly string[],
  files: Readonly<Record<string, unknown>>,
): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-promtool-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return await run(args, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs promtool in a folder. */
export function run(args: readonly string[], folder: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile('promtool', args, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

interface UnitTest {
  readonly groups: readonly RuleGroup[];
  readonly series: Readonly<Record<string, string>>;
  /** `alert_rule_test` and `promql_expr_test`, in promtool's words. */
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Evaluates rules over made-up series each half minute. */
export function testRules({ groups, series, expected }: UnitTest): Promise<Ran> {
  const inputs = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  return promtool(['test', 'rules', 'test.json'], {
    'rules.json': { groups },
    'test.json': {
      rule_files: ['rules.json'],
      evaluation_interval: '30s',
      group_eval_order: groups.map(({ name }) => name),
      tests: [{ interval: '30s', input_series: inputs, ...expected }],
    },
  });
}
