import { appendFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { CoreV1Api, CustomObjectsApi, type V1Pod } from '@kubernetes/client-node';
import * as acme from 'acme-client';
import { parse } from 'yaml';
import type { ClusterClient } from '../cluster.ts';
import type { Stop } from '../cluster/watch.ts';
import type { Authority } from './authority.ts';

/** Where secret-sync keeps what traefik has. */
const secretName = 'proxy-public-tls-acme';
const lookEveryMs = 150;
/** secret-sync itself looks every 30 s. */
const saveEveryMs = 500;

// Of the stand-ins' certificates nobody knows the root.
acme.axios.defaults.httpsAgent = new Agent({ rejectUnauthorized: false });
// As traefik: a refusal is no reason to ask again at once.
Object.assign(acme.axios.defaults, { acmeSettings: { retryMaxAttempts: 0 } });

interface Entry {
  readonly domain: { readonly main: string };
  readonly certificate: string;
  readonly key: string;
  readonly Store: 'default';
}

interface Resolver {
  Account: {
    readonly Email: string;
    readonly Registration: { readonly uri: string };
    readonly PrivateKey: string;
  } | null;
  Certificates: Entry[] | null;
}

interface Where {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  readonly authority: Authority;
  /** For what pods have logged. */
  readonly folder: string;
}

/** What port 80 of the hub answers for a token, as long as some traefik knows it. */
export type Challenges = Map<string, string>;

/** A certificate with its chain, and its key: PEM. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
}

interface Life {
  stopped: boolean;
  resolver?: Resolver;
}

interface FakeAutohttps {
  readonly challenges: Challenges;
  /** What a traefik that runs has for that name. */
  readonly shown: (name: string) => Shown | undefined;
  readonly stop: Stop;
}

/**
 * Plays z2jh's autohttps in that namespace: the pods are KWOK's, and each that starts does what traefik 3.6 and secret-sync
 * of z2jh 4.4.0 do. traefik loads `acme.json` from the Secret, resets an account of another server and keeps the
 * certificates, asks once for the names that it has none for, and does not ask again. secret-sync saves what there is, as
 * soon as there is a certificate, and goes on to do so while its pod runs.
 */
export function fakeAutohttps(where: Where): FakeAutohttps {
  const challenges: Challenges = new Map();
  const api = where.cluster.config().makeApiClient(CoreV1Api);
  const running = new Map<string, Life>();
  const look = async (): Promise<void> => {
    const labelSelector = 'component=autohttps';
    const { items } = await api.listNamespacedPod({ namespace: where.namespace, labelSelector });
    const alive = new Map(items.filter(isRunning).map((pod) => [pod.metadata?.uid ?? '', pod]));
    for (const [uid, life] of running) if (!alive.has(uid)) life.stopped = true;
    for (const [uid, pod] of alive) {
      if (running.has(uid)) continue;
      const life: Life = { stopped: false };
      running.set(uid, life);
      void traefik(pod.metadata?.name ?? '', life, where, challenges).catch((error: unknown) => {
        if (!life.stopped) throw error;
      });
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return {
    challenges,
    shown: (name) => {
      const alive = [...running.values()].filter(({ stopped }) => !stopped);
      const entry = alive.flatMap(({ resolver }) => resolver?.Certificates ?? []);
      const found = entry.find(({ domain }) => domain.main === name);
      return found && { cert: plain(found.certificate), key: plain(found.key) };
    },
    stop: () => {
      clearInterval(timer);
      for (const life of running.values()) life.stopped = true;
    },
  };
}

function plain(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function isRunning({ metadata, status }: V1Pod): boolean {
  return metadata?.deletionTimestamp === undefined && status?.phase === 'Running';
}

async function traefik(pod: string, life: Life, where: Where, challenges: Challenges): Promise<void> {
  const api = where.cluster.config().makeApiClient(CoreV1Api);
  const { namespace, authority } = where;
  const log = await logOf(pod, where);
  const { data = {} } = await api.readNamespacedConfigMap({ name: 'autohttps', namespace });
  const { acmeServer, contactEmail } = parse(data['traefik.yaml'] ?? '') as Record<string, string>;
  const [host = ''] = parse(data['dynamic.yaml'] ?? '') as string[];
  const resolver = await load(api, namespace);
  if (resolver.Account && new URL(resolver.Account.Registration.uri).host !== new URL(acmeServer ?? '').host)
    resolver.Account = null;
  life.resolver = resolver;
  const saving = save(api, namespace, resolver, life);
  if (!resolver.Certificates?.some(({ domain }) => domain.main === host)) {
    try {
      const entry = await obtain(
        host,
        { acmeServer: acmeServer ?? '', email: contactEmail ?? '' },
        resolver,
        challenges,
      );
      resolver.Certificates = [...(resolver.Certificates ?? []), entry];
    } catch (error) {
      const { status, type, detail } = authority.lastProblem() ?? {
        status: 0,
        type: '',
        detail: String(error),
      };
      await log(
        `ERR Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [${host}]: error: one or more domains had a problem:\\n[${host}] acme: error: ${status} :: ${type} :: ${detail}" ACME CA=${acmeServer} domains=["${host}"] providerName=default.acme routerName=default@file`,
      );
    }
  }
  await saving;
}

async function obtain(
  host: string,
  { acmeServer, email }: { readonly acmeServer: string; readonly email: string },
  resolver: Resolver,
  challenges: Challenges,
): Promise<Entry> {
  const accountKey = resolver.Account
    ? Buffer.from(resolver.Account.PrivateKey, 'base64')
    : await acme.crypto.createPrivateEcdsaKey();
  const client = new acme.Client({
    directoryUrl: acmeServer,
    accountKey,
    backoffAttempts: 30,
    backoffMin: 100,
    backoffMax: 500,
  });
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${email}`] });
  resolver.Account = {
    Email: email,
    Registration: { uri: client.getAccountUrl() },
    PrivateKey: accountKey.toString('base64'),
  };
  const order = await client.createOrder({ identifiers: [{ type: 'dns', value: host }] });
  const [authorization] = await client.getAuthorizations(order);
  const challenge = authorization?.challenges.find(({ type }) => type === 'http-01');
  if (challenge === undefined) throw new Error('no http-01');
  challenges.set(challenge.token, await client.getChallengeKeyAuthorization(challenge));
  try {
    await client.completeChallenge(challenge);
    await client.waitForValidStatus(challenge);
  } finally {
    challenges.delete(challenge.token);
  }
  const [key, csr] = await acme.crypto.createCsr({ commonName: host });
  const finalized = await client.finalizeOrder(order, csr);
  const chain = await client.getCertificate(finalized);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    domain: { main: host },
    certificate: base64(chain),
    key: base64(key.toString()),
    Store: 'default',
  };
}

async function load(api: CoreV1Api, namespace: string): Promise<Resolver> {
  const found = await api.readNamespacedSecret({ name: secretName, namespace }).catch(() => undefined);
  const text = plain(found?.data?.['acme.json'] ?? '');
  const { default: resolver } = JSON.parse(text || '{}') as { default?: Resolver };
  return resolver ?? { Account: null, Certificates: null };
}

/** Never a state without a certificate: with it the account of a failed request is lost too. */
async function save(
  api: CoreV1Api,
  namespace: string,
  resolver: Resolver,
  life: { readonly stopped: boolean },
): Promise<void> {
  const labels = { 'app.kubernetes.io/managed-by': 'secret-sync' };
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, saveEveryMs));
    if (life.stopped) return;
    if (!resolver.Certificates?.length) continue;
    const data = { 'acme.json': Buffer.from(JSON.stringify({ default: resolver })).toString('base64') };
    const body = { metadata: { name: secretName, labels }, data };
    const now = await api.readNamespacedSecret({ name: secretName, namespace }).catch(() => undefined);
    // As secret-sync writes: the whole object that it has read, or a new one.
    if (now === undefined) await api.createNamespacedSecret({ namespace, body }).catch(() => undefined);
    else if (now.data?.['acme.json'] !== data['acme.json'])
      await api
        .replaceNamespacedSecret({ name: secretName, namespace, body: Object.assign(now, { data }) })
        .catch(() => undefined);
  }
}

/** What that pod logs from now on, for `kubectl logs`. */
async function logOf(
  pod: string,
  { cluster, namespace, folder }: Where,
): Promise<(text: string) => Promise<void>> {
  const logsFile = join(folder, `${pod}.log`);
  const write = (text: string): Promise<void> =>
    appendFile(logsFile, `${new Date().toISOString()} stderr F ${text}\n`);
  await write('WRN traefik starts');
  const spec = { logs: [{ containers: ['traefik'], logsFile, follow: false }] };
  const kwok = { group: 'kwok.x-k8s.io', version: 'v1alpha1', plural: 'logs' };
  await cluster
    .config()
    .makeApiClient(CustomObjectsApi)
    .createNamespacedCustomObject({
      ...kwok,
      namespace,
      body: { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Logs', metadata: { name: pod, namespace }, spec },
    });
  return write;
}
