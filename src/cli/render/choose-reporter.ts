import type { Io } from '../io.ts';
import { jsonReporter } from './json-reporter.ts';
import { plainReporter } from './plain-reporter.ts';
import type { Reporter } from './reporter.ts';

/** One line of JSON an event; a living list on a terminal; else plain lines. */
export async function chooseReporter(io: Io, json: boolean): Promise<Reporter> {
  if (json) return jsonReporter(io);
  if (!io.terminal.stderr || io.env['CI'] || io.env['TERM'] === 'dumb') return plainReporter(io);
  const { terminalReporter } = await import('./terminal-reporter.ts');
  return terminalReporter(io);
}
