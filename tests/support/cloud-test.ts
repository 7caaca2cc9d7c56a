import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api, type V1Service } from '@kubernetes/client-node';
import { test as clusterTest } from './cluster-test.ts';
import { type FakeCloudController, startFakeCloudController } from './cloud/fake-cloud-controller.ts';
import type { Site as CloudSite } from './cloud/fake-listeners.ts';
import { until } from './cluster.ts';
import { type OpenstackFixtures, openstackFixtures } from './openstack-test.ts';

/** A cluster in a cloud: a namespace in the one, a project in the other, and the cloud controller between them. */
export interface Site extends CloudSite {
  readonly floatingNetwork: string;
  readonly namespace: string;
  readonly controller: FakeCloudController;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  /** Of clouds.yaml. */
  readonly auth: object;
  /** Writes a clouds.yaml with the cloud `test`, as `entry` changes it. @returns the variables by which it is found. */
  clouds(folder: string, entry?: object): Promise<Readonly<Record<string, string>>>;
  /** A floating IP of the project that leads nowhere. */
  makeFloatingIp(description?: string): Promise<{ readonly id: string; readonly address: string }>;
  /** A Service of type LoadBalancer. */
  makeService(name: string, spec?: object): Promise<V1Service>;
  service(name: string): Promise<V1Service>;
  /** As `until` of the cluster's tests, which names the events of the namespace where it does not come to be. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Waits until the Service has an address. @returns it, with the id of its load balancer. */
  balanced(name: string): Promise<{ readonly address: string; readonly id: string }>;
}

interface Fixtures extends OpenstackFixtures {
  readonly site: Site;
}

/** `test` of files in tests/cloud. */
export const test = clusterTest.extend<OpenstackFixtures>(openstackFixtures).extend<Pick<Fixtures, 'site'>>({
  site: async ({ cluster, namespace, project }, use) => {
    const config = cluster.config();
    const core = config.makeApiClient(CoreV1Api);
    const [floatingNetwork, subnet] = [await project.external, await project.makeNetwork()];
    const site = { api: project.api, clusterName: `in-${namespace}`, subnet, floatingNetwork };
    const controller = await startFakeCloudController({ ...site, config, namespace });
    const service = (name: string): Promise<V1Service> => core.readNamespacedService({ name, namespace });
    const untilOrWhy: Site['until'] = (what, holds) =>
      until(what, holds).catch(async (error: unknown) => {
        const { items } = await core.listNamespacedEvent({ namespace });
        const events = items.map(({ involvedObject, message }) => `${involvedObject.name}: ${message}`);
        throw new Error([String(error), ...events].join('\n'));
      });
    await use({
      ...site,
      namespace,
      controller,
      core,
      apps: config.makeApiClient(AppsV1Api),
      auth: project.entry.auth,
      clouds: async (folder, entry = {}) => {
        const file = join(folder, 'clouds.yaml');
        await writeFile(file, JSON.stringify({ clouds: { test: { ...project.entry, ...entry } } }), {
          mode: 0o600,
        });
        return { OS_CLIENT_CONFIG_FILE: file };
      },
      makeFloatingIp: async (description = 'of the test') => {
        const wanted = { floating_network_id: floatingNetwork, description };
        const { id, floating_ip_address } = await project.api.network.createFloatingIp(wanted);
        return { id, address: floating_ip_address };
      },
      makeService: (name, spec = {}) => {
        const ports = [{ name: 'http', port: 80 }];
        const body = { metadata: { name }, spec: { type: 'LoadBalancer', ports, ...spec } };
        return core.createNamespacedService({ namespace, body });
      },
      service,
      until: untilOrWhy,
      balanced: async (name) => {
        let found: V1Service | undefined;
        await untilOrWhy(`Service ${name} has an address`, async () => {
          found = await service(name).catch(() => undefined);
          return (found?.status?.loadBalancer?.ingress ?? []).length > 0;
        });
        const [entry] = found?.status?.loadBalancer?.ingress ?? [];
        const id = found?.metadata?.annotations?.['loadbalancer.openstack.org/load-balancer-id'] ?? '';
        return { address: entry?.ip ?? entry?.hostname ?? '', id };
      },
    });
    await controller.stop();
  },
});
