import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuntimeFiles } from '../../platform/kubernetes/runtime-files.ts';

const runtime = fileURLToPath(new URL('../../../runtime/hubwright_hub', import.meta.url));

/** Our own code that a cluster's hub gets too. */
export async function runtimeFiles(): Promise<Omit<RuntimeFiles, 'dashboards'>> {
  const read = (...path: string[]): Promise<string> => readFile(join(runtime, ...path), 'utf8');
  const names = (await readdir(join(runtime, 'templates'))).filter((name) => name.endsWith('.html'));
  const templates = names.toSorted().map(async (name) => [name, await read('templates', name)] as const);
  const [accounts, oidc, metrics, certificate, choice, spawner, pages] = await Promise.all([
    read('accounts.py'),
    read('oidc.py'),
    read('metrics.py'),
    read('certificate.py'),
    read('choice.py'),
    read('cluster_spawner.py'),
    Promise.all(templates),
  ]);
  return {
    accounts,
    oidc,
    metrics,
    certificate,
    choice,
    spawner,
    templates: Object.fromEntries(pages),
  };
}
