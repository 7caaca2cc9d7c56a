import { describe, expect, test } from 'vitest';
import { renderStatus } from '../../../src/cli/render/status.ts';
import type { TargetStatus } from '../../../src/operate/target.ts';
import { pipedIo } from './run.ts';

const now = new Date('2026-11-23T10:00:00Z');

function shown(change: Partial<TargetStatus>): string {
  const quiet = { environment: 'local', target: 'local', url: undefined, parts: [], people: [] } as const;
  return renderStatus({ ...quiet, notes: [], troubles: [], ...change }, now, pipedIo());
}

describe('status', () => {
  test('has parts under each other, and the address of one that has pages for the operator', () => {
    const since = '2026-11-23T09:50:00Z';
    const text = shown({
      parts: [
        { name: 'hub', state: 'running', since },
        { name: 'prometheus', state: 'running', since, url: 'http://127.0.0.1:9090/' },
      ],
    });
    expect(text).toContain(
      '✔ hub        running for 10 min\n✔ prometheus running for 10 min  http://127.0.0.1:9090/\n',
    );
  });

  test('adds up the memory of all servers', () => {
    const people = [
      { name: 'ann', memory: 1024 ** 3 },
      { name: 'bo', memory: 512 * 1024 ** 2 },
    ];
    expect(shown({ people })).toContain('2 servers (1.5 GB):\n');
  });

  test('of a hub that tells no memory adds up none', () => {
    expect(shown({ people: [{ name: 'ann' }] })).toContain('1 server:\n');
  });

  test('says what has happened since the hub started', () => {
    const activity = {
      logIns: { succeeded: 12, failed: 2 },
      starts: { succeeded: 8, failed: 1, p50: 2.14, p95: 14.6 },
    };
    expect(shown({ activity })).toContain(
      'Since the hub started: 12 log-ins, 2 refused; 8 servers started (half within 2.1 s, 95 % within 15 s), 1 failed.\n',
    );
  });

  test('says nothing of failures that were not, of times without starts, and of log-ins that are not counted', () => {
    const activity = { starts: { succeeded: 0, failed: 0 } };
    expect(shown({ activity })).toContain('Since the hub started: 0 servers started.\n');
  });
});
