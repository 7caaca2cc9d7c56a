import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, repo, sandbox } from '../support/hubwright.ts';
import { passwords, small } from './kit.ts';

/** Gives the command a terminal (pty(7)) of its own, by way of the Python that every hub needs, and copies what it shows. */
const onTerminal = `
import fcntl, os, pty, select, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
readers = [0, terminal]
while True:
    for reader in select.select(readers, [], [])[0]:
        try:
            data = os.read(reader, 65536)
        except OSError:
            data = b""
        if reader == terminal and not data:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        if not data:
            readers.remove(reader)
        os.write(1 if reader == terminal else terminal, data)
`;

interface Shown {
  readonly exitCode: number | null;
  /** With all that only a terminal understands. */
  readonly raw: string;
  readonly text: string;
}

/** What is typed when that is shown. */
interface Keys {
  readonly when: string;
  readonly type: string;
}

describe('on a terminal', () => {
  let box: Sandbox;

  beforeAll(async () => {
    box = sandbox();
    await box.writeConfig(small());
  });
  afterAll(() => box.close());

  function shown(args: readonly string[], redirection = '', keys?: Keys): Promise<Shown> {
    const node = join(repo, 'node_modules', '.bin', 'node');
    const words = [
      node,
      '--disable-warning=ExperimentalWarning',
      join(repo, 'src', 'cli', 'main.ts'),
      ...args,
    ];
    const command = `exec ${words.map((word) => `'${word}'`).join(' ')}${redirection}`;
    const child = spawn('python3', ['-c', onTerminal, 'sh', '-c', command], {
      cwd: box.folder,
      env: {
        ...process.env,
        HUBWRIGHT_DATA: box.data,
        TERM: 'xterm-256color',
        ...Object.fromEntries(['CI', 'NO_COLOR', 'NODE_OPTIONS'].map((name) => [name, undefined])),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let raw = '';
    let typed = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      raw += text;
      if (keys === undefined || typed || !raw.includes(keys.when)) return;
      typed = true;
      child.stdin.write(keys.type);
    });
    return new Promise((resolve) => {
      child.on('close', (exitCode) => resolve({ exitCode, raw, text: stripVTControlCharacters(raw) }));
    });
  }

  test('up draws a living list, and the last thing it prints is where to go and how to log in', async () => {
    const { exitCode, raw, text } = await shown(['up']);
    expect(exitCode, text).toBe(0);
    // Frames of a spinner, drawn over each other, and the cursor back at the end.
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    // Only what is at work turns.
    expect(text).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Start the proxy\s+· Start the hub/);
    expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Start the proxy\s+[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Start the hub/);
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
    expect(text).toMatch(/✔ Start the hub \d/);
    const login = `trainee-1  ${passwords(box).get('trainee-1')}   (all 4: hubwright users local handout)`;
    expect(
      text
        .trimEnd()
        .split('\n')
        .slice(-3)
        .map((line) => line.trim()),
    ).toEqual([
      expect.stringMatching(/^Open +http:\/\/127\.0\.0\.1:\d+\/$/),
      `Log in  ${login}`,
      'Stop    hubwright down local',
    ]);
  });

  test('with stdout in a file the list is drawn all the same, and the file holds the result alone', async () => {
    const { raw, text } = await shown(['up', '--no-verify'], ' > result.txt');
    expect(raw + text).not.toContain('Open');
    expect(await readFile(join(box.folder, 'result.txt'), 'utf8')).toMatch(
      /^\n✔ Nothing has changed.*\n\n {2}Open/,
    );
  });

  test('up that is stopped with Ctrl-C gives the cursor back, and the next one goes on', async () => {
    await box.must(['down']);
    // Ctrl-C is a character to the terminal, which makes a signal of it.
    const { exitCode, raw } = await shown(['up'], '', { when: 'Start the hub', type: '\u0003' });
    expect(raw).toContain('Interrupted. `hubwright up local` again continues.');
    expect(exitCode).toBe(130);
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
    expect(await box.must(['up', '--no-verify'])).toContain('Open');
  });
});
