import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repo } from './hubwright.ts';

export type MiniChart =
  | 'jupyterhub'
  | 'longhorn'
  | 'monitoring'
  | 'never-ready'
  | 'crds'
  | 'openstack-cluster';

/** The folder of a miniature chart of our own. */
export function miniChart(name: MiniChart): string {
  return join(repo, 'tests', 'charts', 'mini', name);
}

/** A copy of it that calls itself another version, in a new folder of `parent`. @returns the copy's folder. */
export async function miniChartOf(name: MiniChart, version: string, parent: string): Promise<string> {
  const copy = join(parent, `${name}-${version}`);
  await cp(miniChart(name), copy, { recursive: true });
  const file = join(copy, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text
      .replace(/^version: .*$/m, `version: ${version}`)
      .replace(/^appVersion: v.*$/m, `appVersion: v${version}`),
  );
  return copy;
}

/** Runs Helm by hand, as somebody without Hubwright does. @returns what it printed. @throws Error with its stderr. */
export async function helm(program: string, kubeconfig: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
