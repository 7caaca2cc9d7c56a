import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { plainReporter } from '../../../src/cli/render/plain-reporter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reporter() {
  const lines: string[] = [];
  const write = (text: string): void => void lines.push(text.trimEnd());
  const io = {
    stdout: { write: () => undefined },
    stderr: { write },
    terminal: { stdout: false, stderr: false, columns: 80 },
    env: {},
    cwd: '/',
  };
  const plain = plainReporter(io);
  plain.emit({ type: 'stepStarted', id: 'hub', title: 'JupyterHub' });
  return {
    lines,
    close: () => plain.close(),
    waits: (text: string) => plain.emit({ type: 'stepProgress', id: 'hub', text }),
    done: () => plain.emit({ type: 'stepDone', id: 'hub', title: 'JupyterHub', seconds: 3 }),
  };
}

test('a step that is soon done is told of when it begins and ends', () => {
  const { lines, waits, done } = reporter();
  waits('0 of 1 pods ready');
  vi.advanceTimersByTime(9000);
  done();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual(['… JupyterHub', '✔ JupyterHub (3.0 s)']);
});

test('what a step waits for is told once, after ten seconds, also where nothing new comes', () => {
  const { lines, waits } = reporter();
  waits('0 of 1 pods ready');
  waits('image pull backs off');
  vi.advanceTimersByTime(600_000);
  expect(lines).toEqual(['… JupyterHub', '… JupyterHub: image pull backs off']);
});

test('of what changes often, a line every ten seconds', () => {
  const { lines, waits } = reporter();
  for (let second = 1; second <= 25; second++) {
    vi.advanceTimersByTime(1000);
    waits(`${second} of 99`);
  }
  expect(lines).toEqual(['… JupyterHub', '… JupyterHub: 9 of 99', '… JupyterHub: 19 of 99']);
});

test('what is new after a long while is told at once', () => {
  const { lines, waits } = reporter();
  const timer = vi.spyOn(globalThis, 'setTimeout');
  vi.advanceTimersByTime(60_000);
  waits('still here');
  vi.advanceTimersByTime(1);
  expect(lines.at(-1)).toBe('… JupyterHub: still here');
  // Node warns of a negative time, on the terminal of whoever looks.
  expect(timer.mock.calls.every(([, pause]) => (pause ?? 0) >= 0)).toBe(true);
});

test('nothing is told once it is closed', async () => {
  const { lines, waits, close } = reporter();
  waits('0 of 1 pods ready');
  await close();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual(['… JupyterHub']);
});
