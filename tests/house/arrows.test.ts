import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { repo } from './checkout.ts';

// Each arrow of .oxlintrc.json, offended in every way that an import can be written. All files are written
// first and linted by one run: a run for each would take a minute.

const folders = ['config', 'platform', 'plan', 'operate', 'adapters', 'cli'] as const;

/** What each folder may not import. */
const forbidden = {
  config: ['platform', 'plan', 'operate', 'adapters', 'cli'],
  platform: ['plan', 'operate', 'adapters', 'cli'],
  plan: ['operate', 'adapters', 'cli'],
  operate: ['adapters', 'cli'],
  adapters: ['platform', 'plan', 'operate', 'cli'],
  cli: ['adapters'],
};

const ways: Record<string, (specifier: string) => string> = {
  static: (specifier) => `import { value } from '${specifier}';\nexport const used = value;\n`,
  'side-effect': (specifier) => `import '${specifier}';\n`,
  'type-only': (specifier) => `import type { Value } from '${specifier}';\nexport type Used = Value;\n`,
  're-export': (specifier) => `export * from '${specifier}';\n`,
  dynamic: (specifier) => `export const load = async (): Promise<unknown> => import('${specifier}');\n`,
};

const inner = ['config', 'platform', 'plan'] as const;
const impure = ['new Date()', 'Date.now()', 'process.pid', 'fetch', 'performance.now()', 'Math.random()'];

interface Case {
  name: string;
  file: string;
  text: string;
  /** The rule that has to complain; none where the file is fine. */
  rule?: string;
}

const imports = 'eslint(no-restricted-imports)';
/** Frowned upon everywhere, so of no account where an arrow allows the import. */
const sideEffect = 'import(no-unassigned-import)';

function cases(): Case[] {
  const found: Case[] = [];
  const add = (name: string, file: string, text: string, rule?: string): void => {
    found.push({ name, file: `src/${file}`, text, ...(rule === undefined ? {} : { rule }) });
  };
  for (const from of folders) {
    for (const to of folders) {
      for (const [way, text] of Object.entries(ways)) {
        const typesAllowed =
          from === 'adapters' && way === 'type-only' && (to === 'platform' || to === 'plan');
        const wrong = forbidden[from].includes(to) && !typesAllowed;
        const name = `${from} ${wrong ? 'may not' : 'may'} import ${to}`;
        add(name, `${from}/deep/${to}-${way}.ts`, text(`../../${to}/value.ts`), wrong ? imports : undefined);
      }
    }
  }
  for (const from of [...inner, 'operate']) {
    add(`${from} may not import node:fs`, `${from}/files.ts`, ways['side-effect']!('node:fs'), imports);
    add(`${from} may not import execa`, `${from}/execa.ts`, ways['static']!('execa'), imports);
    add(
      `${from} may not slip fs by`,
      `${from}/bare.ts`,
      ways['side-effect']!('fs'),
      'unicorn(prefer-node-protocol)',
    );
  }
  for (const from of inner) {
    for (const [index, text] of impure.entries()) {
      const rule = text.startsWith('Math')
        ? 'eslint(no-restricted-properties)'
        : 'eslint(no-restricted-globals)';
      add(
        `${from} may not use ${text}`,
        `${from}/impure${index}.ts`,
        `export const value: unknown = ${text};\n`,
        rule,
      );
    }
  }
  add('errors.ts imports nothing', 'errors.ts', ways['type-only']!('./ports.ts'), imports);
  add('ports.ts imports no folder', 'ports.ts', ways['type-only']!('./config/value.ts'), imports);
  add('main.ts wires the adapters', 'cli/main.ts', ways['static']!('../adapters/value.ts'));
  add('the command line prints', 'cli/print.ts', 'console.log(1);\n');
  add('nothing else prints', 'operate/print.ts', 'console.log(1);\n', 'eslint(no-console)');
  add('no long files', 'cli/long.ts', lines(301, 'export {};'), 'eslint(max-lines)');
  add(
    'no long functions',
    'cli/f.ts',
    `export function f(): void {\n${lines(71, 'f();')}}\n`,
    'eslint(max-lines-per-function)',
  );
  const floating = 'async function wait(): Promise<void> {}\nexport const f = (): void => {\n  wait();\n};\n';
  add('no floating promises', 'operate/floating.ts', floating, 'typescript(no-floating-promises)');
  for (const [from, to] of ['ab', 'ba']) {
    const text = `import { ${to} } from './${to}.ts';\nexport const ${from} = (): unknown => ${to};\n`;
    add('no import cycles', `operate/${from}.ts`, text, 'import(no-cycle)');
  }
  return found;
}

function lines(count: number, line: string): string {
  return `${line}\n`.repeat(count);
}

describe('the lint holds the arrows', () => {
  /** For each file, the rules that complained. */
  const complaints = new Map<string, string[]>();

  beforeAll(async () => {
    const root = mkdtempSync(join(tmpdir(), 'hubwright-arrows-'));
    copyFileSync(join(repo, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
    copyFileSync(join(repo, 'tsconfig.json'), join(root, 'tsconfig.json'));
    symlinkSync(join(repo, 'node_modules'), join(root, 'node_modules'));
    for (const folder of folders) {
      write(
        join(root, 'src', folder, 'value.ts'),
        'export type Value = number;\nexport const value: Value = 1;\n',
      );
    }
    for (const { file, text } of cases()) write(join(root, file), text);
    for (const { filename, code } of await lint(root)) {
      complaints.set(filename, [...(complaints.get(filename) ?? []), code]);
    }
    rmSync(root, { recursive: true });
  });

  test.each([...Map.groupBy(cases(), ({ name }) => name)])('%s', (_name, group) => {
    for (const { file, rule } of group) {
      const rules = complaints.get(file) ?? [];
      if (rule === undefined)
        expect(
          rules.filter((code) => code !== sideEffect),
          file,
        ).toEqual([]);
      else expect(rules, file).toContain(rule);
    }
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function lint(root: string): Promise<{ filename: string; code: string }[]> {
  const output = await new Promise<string>((resolve) => {
    const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
    execFile(
      join(repo, 'node_modules/.bin/oxlint'),
      ['--type-aware', '-f', 'json', 'src'],
      options,
      (_, stdout) => resolve(stdout),
    );
  });
  return JSON.parse(output).diagnostics;
}
