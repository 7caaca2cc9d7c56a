import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Closes every run with `N passed, N failed, N skipped` as its very last line, which CI reads. Above it, each
 * skipped test with its reason, so that nobody takes a skip for a pass, and each failed one with its first line,
 * so that the end of a long log says what to look for. Projects that were left out are named too.
 */
export default class SummaryReporter implements Reporter {
  #leftOut: readonly string[] = [];

  onInit({ config, projects }: Vitest): void {
    const chosen = new Set(projects.map(({ name }) => name));
    this.#leftOut = (config.projects ?? []).map(nameOfProject).filter((name) => !chosen.has(name));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const passed = count('passed');
    const failures = tests.filter((test) => test.result().state === 'failed');
    const failed = failures.length + modules.filter(failedOutsideTests).length + unhandledErrors.length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');

    // At exit, because the default reporter and Vitest's own shutdown print after this hook.
    process.once('exit', () => {
      if (passed + failed === 0) {
        process.stdout.write('No test ran.\n');
        process.exitCode = 1;
      }
      process.stdout.write(skipped.map((test) => `skipped: ${describeSkip(test)}\n`).join(''));
      process.stdout.write(failures.map((test) => `failed: ${describeFailure(test)}\n`).join(''));
      if (this.#leftOut.length > 0)
        process.stdout.write(`not run: ${this.#leftOut.join(', ')}: \`npm run test:all\`\n`);
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
    });
  }
}

/** As vitest.config.ts names them. */
function nameOfProject(project: unknown): string {
  return (project as { readonly test: { readonly name: string } }).test.name;
}

/** A file that did not load, or a hook that threw, fails the run without failing any one test. */
function failedOutsideTests(module: TestModule): boolean {
  const tests = [...module.children.allTests()];
  return module.state() === 'failed' && tests.every((test) => test.result().state !== 'failed');
}

function describeSkip(test: TestCase): string {
  const result = test.result();
  const reason = result.state === 'skipped' ? result.note : undefined;
  return `${nameOf(test)}: ${reason ?? 'no reason given'}`;
}

function describeFailure(test: TestCase): string {
  const [line = 'no reason given'] = (test.result().errors?.[0]?.message ?? '').split('\n');
  return `${nameOf(test)}: ${stripVTControlCharacters(line)}`;
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}
