import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Adapters } from './adapters.ts';
import { catalog } from './catalog.ts';
import { type ExitCode, exitCodeOf, type Interruption, type Io } from './io.ts';
import { createProgram } from './program.ts';

const adapters: Adapters = {
  ask: async () => (await import('../adapters/ask.ts')).ask,
  clock: async () => (await import('../adapters/clock.ts')).systemClock,
  readConfigFile: async () => (await import('../adapters/config-file.ts')).readConfigFile,
  files: () => import('../adapters/files.ts'),
  readFolder: async () => (await import('../adapters/folder.ts')).readFolder,
  charts: async () => (await import('../adapters/charts/charts.ts')).openCharts,
  chartRenderer: async () => (await import('../adapters/helm/render-chart.ts')).chartRenderer,
  clusterHost: async () => (await import('../adapters/cluster/host.ts')).clusterHost,
  deployedFrom: async () => (await import('../adapters/local/deployed.ts')).deployedFrom,
  certificateFiles: async () => (await import('../adapters/certificate-files.ts')).readCertificateFiles,
  openBrowser: async () => (await import('../adapters/open-browser.ts')).openBrowser,
  kindOf: async () => (await import('../adapters/folder.ts')).kindOf,
  seals: () => import('../adapters/seals.ts'),
  localHost: async () => (await import('../adapters/local/host.ts')).localHost,
};

/** Runs one command line and says how it went. Throws nothing and ends nothing: the caller exits. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  return createProgram({ catalog, adapters, io })(argv);
}

function processIo(): Io {
  // `hubwright … | head` closes the pipe early: that is the reader's right and no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    terminal: {
      stdout: process.stdout.isTTY,
      // A terminal of no width (some CI systems) shows nothing of a list that fits its width.
      stderr: process.stderr.isTTY && process.stderr.columns > 0,
      columns: process.stderr.columns || 80,
    },
    env: process.env,
    cwd: process.cwd(),
    interrupted: firstSignal(),
  };
}

/**
 * A second one ends the process at once. The listeners stay: where there are none but its own, `signal-exit` (of execa)
 * kills the process.
 */
function firstSignal(): Promise<Interruption> {
  let asked = false;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(exitCodeOf(signal));
        asked = true;
        resolve(signal);
      });
    }
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2), processIo());
  // What was interrupted is still at work.
  if (process.exitCode > 2) process.exit();
}
