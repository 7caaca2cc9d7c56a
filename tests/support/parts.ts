import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repo } from './hubwright.ts';

export type PartName =
  | 'kubernetes'
  | 'etcd'
  | 'kwok'
  | 'helm3'
  | 'helm4'
  | 'registry'
  | 'scrape-config'
  | 'cluster-api'
  | 'pebble';

/** The folder of each part, in which its programs are. */
export type Parts = Readonly<Record<PartName, string>>;

const script = join(repo, 'tests', 'parts', 'build.sh');

/**
 * Real programs that tests need, built once from their Go modules into the user's cache.
 * `npm run test:all` sets HUBWRIGHT_BUILD_PARTS and so builds what is not there; other runs only use what is.
 *
 * @returns the folders, or in `missing` why there are none and what to do, for `context.skip`.
 */
export async function parts<Name extends PartName>(
  ...names: readonly Name[]
): Promise<Pick<Parts, Name> | { readonly missing: string }> {
  const { stdout } = await promisify(execFile)(script, ['--where', ...names]);
  const folders = stdout.trimEnd().split('\n');
  const absent = names.filter((_, index) => !existsSync(folders[index] as string));
  if (absent.length > 0) {
    const command = `tests/parts/build.sh ${absent.join(' ')}`;
    if (!process.env['HUBWRIGHT_BUILD_PARTS']) return { missing: `not built: ${command}` };
    const failure = await build(absent);
    if (failure !== undefined) return { missing: `${failure} (${command})` };
  }
  return Object.fromEntries(names.map((name, index) => [name, folders[index]])) as Pick<Parts, Name>;
}

/** @returns undefined, or why a part cannot be built on this machine. @throws Error where a build fails. */
function build(names: readonly PartName[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(script, names, { stdio: ['ignore', 'inherit', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      process.stderr.write(text);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(undefined);
      else if (code === cannotBuild) resolve(said.trim());
      else reject(new Error(`${script} ${names.join(' ')}: exit code ${code}\n${said.slice(-2000)}`));
    });
  });
}

/** Exit code of build.sh where Go is missing or too old. */
const cannotBuild = 3;
