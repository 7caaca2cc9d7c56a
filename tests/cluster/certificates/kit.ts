import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { TestContext } from 'vitest';
import { type ClusterClient, until } from '../../support/cluster.ts';
import { test as base, partsOr } from '../../support/cluster-test.ts';
import { type Authority, startAuthority } from '../../support/acme/authority.ts';
import { fakeAutohttps } from '../../support/acme/fake-autohttps.ts';
import { type PublicDoor, fakePublicDoor } from '../../support/acme/fake-public-door.ts';
import type { Result, Sandbox } from '../../support/hubwright.ts';
import { type ClusterEnv, course, inCourse } from '../kit.ts';

interface Given {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  readonly helm3: string;
  readonly skip: TestContext['skip'];
}

/** A hub with a public name, and the world that its certificate hangs on. */
export interface World {
  readonly box: Sandbox;
  readonly env: ClusterEnv;
  readonly domain: string;
  readonly door: PublicDoor;
  readonly authority: Authority;
  /** A second one, for changing over. */
  readonly other: () => Promise<Authority>;
  /** Writes the file: which server is asked, and further lines of `https.letsEncrypt`. */
  readonly write: (how?: {
    readonly from?: Authority;
    readonly more?: string;
    readonly values?: string;
    readonly domain?: string;
    /** Instead of Let's Encrypt. */
    readonly https?: string;
  }) => Promise<void>;
  /** `hubwright deploy training --no-verify` and so on: what it says on both streams, and how it ended. */
  readonly run: (...words: string[]) => Promise<Result & { readonly said: string }>;
  /** The names of the requests that are counted in the cluster. */
  readonly outcomes: () => Promise<string[]>;
}

/** `test` of files here. The name leads nowhere at first, and port 80 answers. */
export const test = base.extend<{ readonly world: World }>({
  world: async ({ cluster, namespace, helm3, skip }, use) =>
    inWorld({ cluster, namespace, helm3, skip }, use),
});

async function inWorld(given: Given, work: (world: World) => Promise<void>): Promise<void> {
  const { cluster, namespace, helm3, skip } = given;
  const { pebble } = await partsOr(skip, 'pebble');
  const behind: { traefik?: ReturnType<typeof fakeAutohttps> } = {};
  const door = await fakePublicDoor(
    () => behind.traefik?.challenges ?? new Map(),
    (name) => behind.traefik?.shown(name),
  );
  if (door === undefined) return skip('this user may not listen on ports 80 and 443');
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-autohttps-'));
  const authority = await startAuthority(pebble);
  const traefik = (behind.traefik = fakeAutohttps({ cluster, namespace, authority, folder }));
  const ends: (() => Promise<void>)[] = [];
  const domain = `${namespace}.hubs.example-course.org`;
  try {
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
      const write: World['write'] = async ({
        from = authority,
        more = '',
        values = '',
        domain: name = domain,
        https,
      } = {}) => {
        await box.write(
          'hub.yaml',
          course({ namespace, more: lines({ door, domain: name, from, authority, more, values, https }) }),
        );
      };
      await write();
      await work({
        box,
        env,
        domain,
        door,
        authority,
        other: async () => {
          const second = await startAuthority(pebble);
          ends.push(() => second.stop());
          return second;
        },
        write,
        run: async (...words) => {
          const result = await box.run(words, { env });
          return { ...result, said: result.stdout + result.stderr };
        },
        outcomes: () => outcomesOf(cluster, domain),
      });
    });
  } finally {
    traefik.stop();
    await Promise.all([door.end(), authority.stop(), ...ends.map((end) => end())]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Lines {
  readonly door: PublicDoor;
  readonly domain: string;
  readonly from: Authority;
  readonly authority: Authority;
  readonly more: string;
  readonly values: string;
  readonly https: string | undefined;
}

function lines({ door, domain, from, authority, more, values, https }: Lines): string {
  return `contactEmail: ops@example-course.org
address: { domain: ${domain}, floatingIp: ${door.address}, resolvers: ${JSON.stringify(authority.resolvers)} }
https: ${https ?? `{ letsEncrypt: { ${more} } }`}
helmValues:
  jupyterhub:
    proxy:
      https: { letsencrypt: { acmeServer: '${from.directory}' } }
${values}`;
}

async function outcomesOf(cluster: ClusterClient, domain: string): Promise<string[]> {
  const api = cluster.config().makeApiClient(CoreV1Api);
  const name = `requests-${domain}`;
  const { data = {} } = await api.readNamespacedConfigMap({ name, namespace: 'hubwright-certificates' });
  return (JSON.parse(data['requests'] ?? '[]') as { outcome: string }[]).map(({ outcome }) => outcome);
}

interface Autohttps {
  readonly replicas: () => Promise<number | undefined>;
  /** Stops it, and deletes what it has. */
  readonly lose: () => Promise<void>;
}

/** What others may do to it. */
export function autohttpsIn(cluster: ClusterClient, namespace: string): Autohttps {
  const apps = cluster.config().makeApiClient(AppsV1Api);
  const core = cluster.config().makeApiClient(CoreV1Api);
  const deployment = { name: 'autohttps', namespace };
  const pods = { namespace, labelSelector: 'component=autohttps' };
  return {
    replicas: async () => (await apps.readNamespacedDeployment(deployment)).spec?.replicas,
    lose: async () => {
      const body = [{ op: 'replace', path: '/spec/replicas', value: 0 }];
      await apps.patchNamespacedDeploymentScale({ ...deployment, body });
      const gone = async () => (await core.listNamespacedPod(pods)).items.length === 0;
      await until('autohttps is gone', gone);
      await core.deleteNamespacedSecret({ name: 'proxy-public-tls-acme', namespace });
    },
  };
}
