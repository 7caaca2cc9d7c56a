import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runIn } from './run.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'hubwright-new-'));
  mkdirSync(join(cwd, 'here'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...argv: string[]) => runIn(join(cwd, 'here'), argv);

describe.each(['--file', '--out'])('init %s', (option) => {
  test.for([
    ['an absolute path', (): string => join(cwd, 'there', 'hub.yaml')],
    ['a path from here', (): string => '../there/hub.yaml'],
  ] as const)('writes where %s says', async ([, path]) => {
    const { exitCode, stdout } = await run('init', '--name', 'my-course', option, path());
    expect(exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'there', 'hub.yaml'), 'utf8')).toContain('name: my-course');
    expect(stdout).toContain(`\`hubwright up --file ${path()}\``);
  });
});

describe('import ansible', () => {
  const secret = 'there/secrets/training-oidc-client-secret';
  beforeEach(() => {
    mkdirSync(join(cwd, 'ansible', 'group_vars', 'training'), { recursive: true });
    writeFileSync(
      join(cwd, 'ansible', 'group_vars', 'training', 'all.yaml'),
      'iris_iam: true\nclient_id: hub\nclient_secret: hush\n',
    );
  });
  const importTo = (...options: string[]) => run('import', 'ansible', join(cwd, 'ansible'), ...options);
  const importing = () => importTo('--out', join(cwd, 'there/hub.yaml'));

  test.each(['--file', '--out'])('writes where %s says, and nowhere else', async (option) => {
    expect((await importTo(option, 'mine.yaml')).stdout).toContain('Wrote mine.yaml: ');
    expect(readdirSync(join(cwd, 'here'))).toEqual(['mine.yaml', 'secrets']);
  });

  test('refuses two names for one file', async () => {
    const { exitCode, stderr } = await importTo('--out', 'a.yaml', '--file', 'b.yaml');
    expect(stderr).toContain('`--file` and `--out` name two files');
    expect({ exitCode, written: readdirSync(join(cwd, 'here')) }).toEqual({ exitCode: 2, written: [] });
  });

  test('below what is a file says which, and how to write elsewhere', async () => {
    writeFileSync(join(cwd, 'here', 'notes'), '');
    const { exitCode, stderr } = await importTo('--out', 'notes/hub.yaml');
    expect(stderr).toContain('a part of the path is a file');
    expect(stderr).toContain('or name a file in another folder with `--file FOLDER/hub.yaml`');
    expect(stderr).not.toMatch(/HUBWRIGHT_DATA|ENOTDIR|EEXIST/);
    expect(exitCode).toBe(1);
  });

  test('writes the secret beside the file, for the user alone, and names its place', async () => {
    const { exitCode, stdout } = await importing();
    expect(exitCode).toBe(0);
    expect(readFileSync(join(cwd, secret), 'utf8')).toBe('hush');
    expect(statSync(join(cwd, secret)).mode & 0o777).toBe(0o600);
    expect(stdout).toContain(`it is in ${join(cwd, secret)} now`);
    expect(stdout).toContain(`\`hubwright check --file ${join(cwd, 'there/hub.yaml')}\``);
  });

  test('writes nothing at all when a file of a secret is there already, and can be run again', async () => {
    mkdirSync(join(cwd, 'there', 'secrets'), { recursive: true });
    writeFileSync(join(cwd, secret), 'another');
    const { exitCode, stderr } = await importing();
    expect(stderr).toContain(`where ${join(cwd, secret)}`);
    // Another name for the file alone would meet the same secret.
    expect(stderr).toContain('or name a file in another folder with `--file FOLDER/hub.yaml`');
    expect(exitCode).toBe(2);
    expect(existsSync(join(cwd, 'there', 'hub.yaml'))).toBe(false);
    expect(readFileSync(join(cwd, secret), 'utf8')).toBe('another');
    rmSync(join(cwd, secret));
    expect((await importing()).exitCode).toBe(0);
  });

  test('that was killed before the file was written can be run again', async () => {
    await importing();
    rmSync(join(cwd, 'there', 'hub.yaml'));
    expect((await importing()).exitCode).toBe(0);
    expect(existsSync(join(cwd, 'there', 'hub.yaml'))).toBe(true);
  });

  test('never writes over a file that was edited since', async () => {
    await importing();
    writeFileSync(join(cwd, 'there', 'hub.yaml'), 'mine');
    expect((await importing()).exitCode).toBe(2);
    expect(readFileSync(join(cwd, 'there', 'hub.yaml'), 'utf8')).toBe('mine');
  });
});
