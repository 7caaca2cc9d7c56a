import { sandbox, type Sandbox } from '../support/hubwright.ts';
import { type DnsServer, startDns } from '../support/dns.ts';
import type { Site } from '../support/cloud-test.ts';
import { post } from '../support/openstack/networks.ts';
import { type ClusterEnv, course } from '../cluster/kit.ts';

interface InSite {
  readonly site: Site;
  readonly kubeconfig: string;
  /** For what deploys. */
  readonly helm?: string;
}

export interface Seat {
  readonly box: Sandbox;
  readonly env: ClusterEnv;
  readonly dns: DnsServer;
  /** Writes hub.yaml, with that floating IP. */
  readonly write: (floatingIp: string | undefined, more?: string) => Promise<unknown>;
}

export const domain = 'hub.test';

/** A folder with what commands need to reach the cluster and its cloud, and a DNS server. */
export async function inSite(
  { site, kubeconfig, helm }: InSite,
  work: (seat: Seat) => Promise<void>,
): Promise<void> {
  const box = sandbox();
  const dns = await startDns({});
  try {
    const env = {
      KUBECONFIG: kubeconfig,
      ...(helm === undefined ? {} : { HUBWRIGHT_HELM: helm }),
      ...(await site.clouds(box.folder)),
    };
    const write = (floatingIp: string | undefined, more?: string): Promise<unknown> =>
      box.write('hub.yaml', fileOf({ site, floatingIp, resolver: dns.address, more }));
    if (helm !== undefined) {
      await write(undefined);
      await box.must(['charts', 'lock'], { env });
    }
    await work({ box, env, dns, write });
  } finally {
    await dns.stop();
    await box.close();
  }
}

interface File {
  readonly site: Site;
  readonly floatingIp: string | undefined;
  readonly resolver: string;
  readonly more?: string | undefined;
}

function fileOf({ site, floatingIp, resolver, more = inCloud(site) }: File): string {
  const { namespace } = site;
  const ip = floatingIp === undefined ? '' : `, floatingIp: ${floatingIp}`;
  const address = `address: { domain: ${domain}, resolvers: ['${resolver}']${ip} }`;
  return course({ namespace, placeholders: 0, more: `${address}\nhttps: off\n${more}` });
}

export function inCloud({ clusterName }: Pick<Site, 'clusterName'>): string {
  return `openstack: { cloud: test, clusterName: ${clusterName} }\n`;
}

/** A port of the project that is no load balancer's. */
export async function somebodysPort({ api, subnet }: Site): Promise<string> {
  const network_id = (await api.network.subnet(subnet))?.network_id;
  return (await post(api, 'port', { name: 'somebodys', network_id })).id;
}
