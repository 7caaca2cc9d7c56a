import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LocalAction } from '../../plan/local/actions.ts';
import type { Daemon, MonitoringObserved } from '../../plan/local/observed.ts';
import { readJson, writeWhole } from '../files.ts';
import { programsOnPath } from '../on-path.ts';
import type { LocalContext } from './context.ts';
import { observeDaemon, startDaemon, stopDaemon, waitUntil } from './daemons.ts';
import type { StatePaths } from './paths.ts';
import { keepPort } from './ports.ts';

/** Seconds that it gets to write down what it has in memory, and to read it again. */
const graceSeconds = 30;
const startSeconds = 120;

function filesOf({ prometheusRecord, prometheusLog }: StatePaths) {
  return { record: prometheusRecord, log: prometheusLog };
}

export function observePrometheus({ paths }: LocalContext): Promise<Daemon> {
  return observeDaemon(filesOf(paths));
}

export async function observeMonitoring(
  { paths, env }: LocalContext,
  daemon: Daemon,
): Promise<MonitoringObserved> {
  return {
    program: await findPrometheus(env),
    port: daemon.state === 'running' ? daemon.port : await keepPort(await portBefore(paths), false),
    node: hostname(),
    folder: paths.prometheus,
  };
}

/** Path of the program; undefined where it is not installed. */
export async function findPrometheus(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for await (const program of programsOnPath('prometheus', env)) return program;
  return undefined;
}

/** The address of the one that runs. */
export async function prometheusUrl(context: LocalContext): Promise<string | undefined> {
  const found = await observePrometheus(context);
  return found.state === 'running' ? urlAt(found.port) : undefined;
}

function urlAt(port: number): string {
  return `http://127.0.0.1:${port}/`;
}

async function portBefore({ prometheusSettings }: StatePaths): Promise<number | undefined> {
  const before = (await readJson(prometheusSettings)) as { readonly port?: unknown } | null | undefined;
  return typeof before?.port === 'number' ? before.port : undefined;
}

type Start = LocalAction & { kind: 'startPrometheus' };

export async function startPrometheus(
  { program, file, startedWith }: Start,
  { paths, shared }: LocalContext,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const files = filesOf(paths);
  await stopDaemon(files, graceSeconds);
  const { config, rules, ...settings } = file;
  const { stringify } = await import('yaml');
  await writeWhole(join(paths.prometheus, 'prometheus.yml'), stringify(config));
  await writeWhole(join(paths.prometheus, 'rules.yml'), stringify(rules));
  await writeWhole(paths.prometheusSettings, `${JSON.stringify(settings, null, 1)}\n`);
  const identity = await startDaemon({
    ...files,
    runtime: shared.runtime,
    startedWith,
    port: file.port,
    cwd: paths.prometheus,
    env,
    command: [
      program,
      `--config.file=${join(paths.prometheus, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(paths.prometheus, 'data')}`,
      `--storage.tsdb.retention.time=${file.retention}`,
      `--storage.tsdb.retention.size=${file.size}`,
      `--web.listen-address=127.0.0.1:${file.port}`,
    ],
  });
  await waitUntil(() => isReady(`${urlAt(file.port)}-/ready`), {
    ...files,
    identity,
    name: 'Prometheus server',
    port: file.port,
    seconds: startSeconds,
  });
}

export function stopPrometheus({ paths }: LocalContext): Promise<void> {
  return stopDaemon(filesOf(paths), graceSeconds);
}

/** It answers while it still reads what it has recorded, and says so with a 503. */
async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
