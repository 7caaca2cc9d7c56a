import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { KubernetesObject, Release } from '../../src/platform/kubernetes/system.ts';
import { withSecrets } from '../../src/config/values.ts';

/** Why the real chart cannot be rendered here; undefined when it can. */
export function whyNot(chart: string): string | undefined {
  const folder = process.env['HUBWRIGHT_CHARTS'];
  if (folder === undefined) return `HUBWRIGHT_CHARTS names no folder with the chart ${chart}`;
  if (!existsSync(join(folder, chart, 'Chart.yaml'))) return `there is no chart ${join(folder, chart)}`;
  return execaSync('helm', ['version', '--short'], { reject: false }).failed ? 'no helm on PATH' : undefined;
}

/**
 * A folder with the chart as it is released: a checkout has its schema as YAML, and Helm reads only JSON. Gone after
 * the test.
 */
export function releasedChart(chart: string): string {
  const source = realpathSync(join(process.env['HUBWRIGHT_CHARTS'] ?? '', chart));
  const folder = mkdtempSync(join(tmpdir(), 'hubwright-chart-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  cpSync(source, folder, { recursive: true, dereference: true });
  const schema = join(folder, 'values.schema.yaml');
  const json = join(folder, 'values.schema.json');
  if (existsSync(schema) && !existsSync(json)) {
    writeFileSync(json, JSON.stringify(parse(readFileSync(schema, 'utf8'))));
  }
  return folder;
}

/** What the release would send: Helm's own template engine, and its check of the values by the chart's schema. */
export async function rendered(folder: string, release: Release): Promise<string> {
  const values = withSecrets(release.values, (name) =>
    name === 'cryptKey' ? 'ab'.repeat(32) : `put in for ${name}`,
  );
  const { name, namespace } = release;
  // Said, because a Helm that was built without a stamp takes itself for a very old cluster.
  const cluster = ['--namespace', namespace, '--kube-version', '1.34.0'];
  const { stdout } = await execa('helm', ['template', name, folder, ...cluster, '-f', '-'], {
    input: JSON.stringify(values),
  });
  return stdout;
}

export function objectsOf(manifest: string): KubernetesObject[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}
