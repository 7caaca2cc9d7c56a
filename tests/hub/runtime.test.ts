import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, test } from 'vitest';
import { repo } from '../support/hubwright.ts';
import { inSandbox, recordOf, small, up } from './kit.ts';

const run = promisify(execFile);
const folder = join(repo, 'tests', 'python');

/** The tests of runtime/ are Python's own; here they run on the packages that a hub has. */
describe.concurrent('the Python side', () => {
  let python: string;

  beforeAll(() =>
    inSandbox(async (box) => {
      await box.writeConfig(small());
      await up(box);
      const [program = ''] = readFileSync(`/proc/${recordOf(box, 'hub').pid}/cmdline`, 'utf8').split('\0');
      // The folder is shared with other sandboxes and outlives this one; the link to it does not.
      python = join(realpathSync(dirname(dirname(program))), 'bin', basename(program));
    }),
  );

  const modules = readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name));
  test.each(modules)('%s', async (name) => {
    // Fails with what unittest says: execFile puts standard error into its message.
    await run(python, ['-m', 'unittest', 'discover', '-s', folder, '-p', name], { cwd: repo });
  });
});
