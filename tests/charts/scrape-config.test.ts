import { join } from 'node:path';
import { execa } from 'execa';
import { type TestContext, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { valueAt } from '../../src/config/merge.ts';
import type { Environment } from '../../src/config/schema/environment.ts';
import { compileKubernetes } from '../../src/platform/kubernetes/index.ts';
import type { KubernetesObject, Release } from '../../src/platform/kubernetes/system.ts';
import { parts } from '../support/parts.ts';
import { renderReal } from '../support/real-charts.ts';
import { goldenEnvironments, shortFiles } from '../unit/platform/kubernetes/environments.ts';

const environment = goldenEnvironments()['monitored'] as Environment;
const systems = compileKubernetes(environment, shortFiles);
const stack = systems.find(({ id }) => id === 'monitoring')?.release as Release;
const monitors = systems.find(({ id }) => id === 'metrics')?.objects ?? [];

/** As the hub's chart keeps it. */
const hubSecret: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'hub', namespace: 'jupyterhub' },
  stringData: { 'hub.services.hubwright-metrics.apiToken': 'token-of-prometheus' },
};

interface Job {
  readonly job_name: string;
  readonly metrics_path?: string;
  readonly authorization?: { readonly type: string; readonly credentials: string };
  readonly relabel_configs: readonly Relabelling[];
  readonly metric_relabel_configs?: readonly Relabelling[];
}

interface Relabelling {
  readonly action?: string;
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly replacement?: string;
  readonly target_label?: string;
}

/** What the operator's own code makes of these objects. */
async function jobsOf(objects: readonly KubernetesObject[], skip: TestContext['skip']): Promise<Job[]> {
  const found = await parts('scrape-config');
  if ('missing' in found) skip(found.missing);
  const program = join((found as { 'scrape-config': string })['scrape-config'], 'scrape-config');
  const input = objects.map((object) => stringify(object)).join('---\n');
  const { stdout } = await execa(program, { input });
  return (parse(stdout) as { scrape_configs: Job[] }).scrape_configs;
}

/** The labels of a target after a job's `replace` rules (Prometheus, relabel_config); the others only choose targets. */
function relabelled(
  rules: readonly Relabelling[],
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  const now: Record<string, string> = { ...labels };
  for (const rule of rules) {
    if ((rule.action ?? 'replace') !== 'replace' || rule.target_label === undefined) continue;
    const source = (rule.source_labels ?? []).map((name) => now[name] ?? '').join(rule.separator ?? ';');
    const match = new RegExp(`^(?:${rule.regex ?? '(.*)'})$`, 's').exec(source);
    if (match === null) continue;
    now[rule.target_label] = (rule.replacement ?? '$1').replaceAll(
      /\$\{?(\d+)\}?/g,
      (_, group) => match[Number(group)] ?? '',
    );
  }
  return now;
}

const pod = {
  __address__: '10.0.0.7:8081',
  __meta_kubernetes_pod_ip: '10.0.0.7',
  __meta_kubernetes_pod_name: 'hub-0',
  __meta_kubernetes_pod_node_name: 'worker-3',
  __meta_kubernetes_namespace: 'jupyterhub',
};

describe('what the Prometheus operator makes of our monitors', () => {
  const prometheus: KubernetesObject = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'stack', namespace: 'monitoring' },
    spec: {
      version: 'v3.14.0',
      scrapeClasses: valueAt(stack.values, ['prometheus', 'prometheusSpec', 'scrapeClasses']) as never,
      serviceMonitorSelector: {},
      podMonitorSelector: {},
    },
  };
  const job = async (name: string, skip: TestContext['skip']): Promise<Job> => {
    const jobs = await jobsOf([prometheus, hubSecret, ...monitors], skip);
    const found = jobs.find(({ job_name: is }) => is.includes(name));
    if (found === undefined) throw new Error(`no job ${name}: ${jobs.map((one) => one.job_name).join(', ')}`);
    return found;
  };

  test('the hub is asked with the token that its chart keeps', async ({ skip }) => {
    const { metrics_path, authorization, relabel_configs } = await job('hubwright-hub', skip);
    expect(metrics_path).toBe('/hub/metrics');
    expect(authorization).toEqual({ type: 'Bearer', credentials: 'token-of-prometheus' });
    expect(relabelled(relabel_configs, pod)).toMatchObject({ instance: 'worker-3', namespace: 'jupyterhub' });
  });

  test('the proxy is asked at the port that its chart does not declare', async ({ skip }) => {
    const { relabel_configs } = await job('hubwright-proxy', skip);
    expect(relabelled(relabel_configs, pod)).toMatchObject({
      __address__: '10.0.0.7:8002',
      instance: 'worker-3',
    });
  });

  test('traefik is asked until when its certificates are good', async ({ skip }) => {
    expect(relabelled((await job('hubwright-autohttps', skip)).relabel_configs, pod)).toMatchObject({
      instance: 'worker-3',
    });
  });
});

describe('the real kube-prometheus-stack chart', () => {
  test('gives every series of a node its name, without a hook or a made-up secret', async ({ skip }) => {
    const objects = await renderReal(stack, { major: 3, skip });
    expect(await renderReal(stack, { major: 3, skip })).toEqual(objects);
    expect(await renderReal(stack, { major: 4, skip })).toEqual(objects);
    expect(JSON.stringify(objects)).not.toContain('helm.sh/hook');
    const jobs = await jobsOf([...objects, hubSecret, ...monitors], skip);
    const node = {
      __meta_kubernetes_endpointslice_address_target_kind: 'Node',
      __meta_kubernetes_endpoint_address_target_kind: 'Node',
      __meta_kubernetes_endpointslice_address_target_name: 'worker-3',
      __meta_kubernetes_endpoint_address_target_name: 'worker-3',
    };
    for (const { job_name: name, relabel_configs, metric_relabel_configs = [] } of jobs) {
      if (name.includes('apiserver')) continue;
      const target = name.includes('kubelet') ? node : pod;
      const { instance } = relabelled(relabel_configs, target);
      if (name.includes('kube-state-metrics')) {
        expect(instance, name).toBe('kube-state-metrics');
        expect(
          relabelled(metric_relabel_configs, { node: 'worker-9', instance: instance ?? '' }),
        ).toMatchObject({
          instance: 'worker-9',
        });
      } else expect(instance, name).toBe('worker-3');
    }
    expect(jobs.length).toBeGreaterThan(8);
  });
});
