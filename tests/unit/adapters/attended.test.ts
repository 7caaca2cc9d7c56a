import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, run, startTimeOf } from '../../../src/adapters/processes.ts';
import { repo } from '../../support/hubwright.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hubwright-attended-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('an attended program', () => {
  test('reads its input, and its output, exit code and command come back', async () => {
    const lines: string[] = [];
    const result = await run('sh', ['-c', 'cat; echo "oh no" >&2; exit 3'], {
      attended: true,
      input: 'secret values\n',
      onLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({
      ok: false,
      stdout: 'secret values',
      command: `sh -c 'cat; echo "oh no" >&2; exit 3'`,
    });
    // Two pipes: which is read first, nobody says.
    expect(lines.toSorted()).toEqual(['oh no', 'secret values']);
  });

  test('succeeds without input too', async () => {
    expect(await run('sh', ['-c', 'cat; echo done'], { attended: true })).toMatchObject({
      ok: true,
      stdout: 'done',
    });
  });

  test('that is not there', async () => {
    expect(await run('/nowhere/helm', [], { attended: true })).toMatchObject({ ok: false, missing: true });
  });

  /** A process that runs an attended program, which says who it is. */
  async function start(program: string) {
    const script = join(folder, 'parent.ts');
    const module = join(repo, 'src', 'adapters', 'processes.ts');
    await writeFile(
      script,
      `import { run } from ${JSON.stringify(module)};\nawait run('sh', ['-c', ${JSON.stringify(program)}, 'sh', ${JSON.stringify(folder)}], { attended: true, input: 'x' });\n`,
    );
    const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
    const pid = await waitFor(async () => Number(await readFile(join(folder, 'pid'), 'utf8')));
    return { parent, child: { pid, startTime: (await startTimeOf(pid)) ?? '' } };
  }

  async function waitFor<Value>(look: () => Promise<Value>): Promise<Value> {
    for (;;) {
      const found = await look().catch(() => undefined);
      if (found) return found;
      await sleep(20);
    }
  }

  // Its last word has no reader any more.
  const polite =
    'trap "echo last words; echo asked >$1/said; exit 1" TERM; echo $$ >$1/pid; while :; do sleep 0.05; done';

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends politely when its parent gets %s',
    async (signal) => {
      const { parent, child } = await start(polite);
      parent.kill(signal);
      expect(await waitFor(() => readFile(join(folder, 'said'), 'utf8'))).toBe('asked\n');
      await waitFor(async () => !(await isAlive(child)));
    },
  );
});
