import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountsText, newPassword } from '../../../src/adapters/stored-accounts.ts';
import { type Ran, runIn } from './run.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-deployed-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...argv: string[]): Promise<Ran> => runIn(cwd, argv, { env: { HUBWRIGHT_DATA: cwd } });

/** As a deploy leaves it behind. */
function deployed(environment: string): string {
  const folder = join(cwd, 'environments', 'course', environment);
  mkdirSync(join(folder, 'logs', 'servers'), { recursive: true });
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'origin.json'), JSON.stringify({ file: join(cwd, 'hub.yaml') }));
  writeFileSync(join(folder, 'logs', 'hub.log'), 'a line of the hub\n');
  writeFileSync(join(folder, 'logs', 'servers', 'gone.log'), 'a line of a server\n');
  const account = { name: 'trainee-1', admin: false, ...newPassword(), temporary: false };
  writeFileSync(join(folder, 'secrets', 'accounts.json'), accountsText([account]));
  return folder;
}

const right = `name: course
environments:
  local:
    target: local
    auth: { accounts: { users: { prefix: trainee, count: 1 } } }
    profiles: { standard: { displayName: Python, default: true } }
`;

describe.each([
  ['a mistake in the environment', right.replace('profiles:', 'profils:')],
  ['text that is no YAML', `${right}  oops\n`],
])('with %s', (_name, text) => {
  beforeEach(() => writeFileSync(join(cwd, 'hub.yaml'), text));

  test.each([
    [['status'], 'hub    not running'],
    [['logs', 'hub'], 'a line of the hub'],
    [['users', 'list'], 'trainee-1'],
    [['down'], 'Nothing was running.'],
  ])('%j is about what was deployed, and says so', async (argv, answer) => {
    deployed('local');
    const { stdout, stderr, exitCode } = await run(...argv);
    expect(stderr).toContain('hub.yaml has mistakes in it (`hubwright check`)');
    expect(stdout).toContain(answer);
    expect(exitCode).toBe(0);
  });

  test('a command that needs the file is refused, and so is one about nothing that was deployed', async () => {
    expect(await run('status')).toMatchObject({ exitCode: 2, stdout: '' });
    deployed('local');
    const { exitCode, stderr } = await run('users', 'handout');
    expect(stderr).toContain('The file has a mistake in it.');
    expect(exitCode).toBe(2);
  });

  test('the warning can be pasted, beside a log that is printed as it is', async () => {
    deployed('local');
    const env = { HUBWRIGHT_DATA: cwd, HUBWRIGHT_COMMAND: './hubwright' };
    const { stderr } = await runIn(cwd, ['logs', 'hub'], { env });
    expect(stderr).toContain('`./hubwright check`');
  });

  test('which of two is meant has to be said', async () => {
    deployed('local');
    deployed('other');
    expect((await run('status')).exitCode).toBe(2);
    expect((await run('status', 'other')).stdout).toContain('other');
  });
});

describe('with a rule broken', () => {
  const broken = right.replace('default: true', 'default: true, memory: { guarantee: 2G, limit: 1G }');
  beforeEach(() => writeFileSync(join(cwd, 'hub.yaml'), broken));

  test.each([
    [['status'], 'hub    not running'],
    [['doctor'], 'local'],
  ])('%j looks at it as it is written, and says so', async (argv, answer) => {
    const { stdout, stderr, exitCode } = await run(...argv);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'hub.yaml has mistakes in it (`hubwright check`), for which a deploy of local would be refused',
    );
    expect(stdout).toContain(answer);
    expect(exitCode).toBe(0);
  });

  test.each([[['plan']], [['up']], [['doctor', '--fix']], [['users', 'handout']], [['verify']]])(
    '%j is refused with all mistakes',
    async (argv) => {
      const { stderr, exitCode } = await run(...argv);
      expect(stderr).toContain('The file has a mistake in it.');
      expect(stderr).toContain('guarantee');
      expect(exitCode).toBe(2);
    },
  );

  test('in another environment nothing is said', async () => {
    const other = right.replace('  local:', '  workshop:').replace(/^.*environments:\n/s, '');
    writeFileSync(join(cwd, 'hub.yaml'), `${broken}${other}`);
    const { stdout, stderr } = await run('status', 'workshop');
    expect(stdout).toContain('hub    not running');
    expect(stderr).toBe('');
  });
});

describe('logs user NAME', () => {
  beforeEach(() => writeFileSync(join(cwd, 'hub.yaml'), right));

  test('refuses a name that nobody has, with a suggestion', async () => {
    deployed('local');
    const { stderr, exitCode } = await run('logs', 'user', 'trainer-1');
    expect(stderr).toContain('Nobody is called trainer-1.');
    expect(stderr).toContain('Did you mean trainee-1?');
    expect(exitCode).toBe(2);
  });

  test('has no log of somebody who has not worked yet', async () => {
    deployed('local');
    expect((await run('logs', 'user', 'trainee-1')).stderr).toContain('There is no log yet.');
  });

  test('has the log of somebody who is not in the file any more', async () => {
    deployed('local');
    expect((await run('logs', 'user', 'gone')).stdout).toBe('a line of a server\n');
  });
});
