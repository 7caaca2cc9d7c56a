import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { UserError, messageOf } from '../../errors.ts';
import { ExecPluginCredentials } from './exec-plugin.ts';
import type { ClusterAccess, Cluster, User } from './kubeconfig.ts';

/** How a request proves who it is. */
export interface Proof {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

export interface Credentials {
  /** What the next request carries. */
  get(): Promise<Proof>;
  /** The server refused what was given. @returns whether asking again can give something else. */
  refused(): boolean;
}

/** The credentials of the kubeconfig's user. */
export function credentialsOf(access: ClusterAccess): Credentials {
  const { user } = access;
  if (user.exec) return execCredentials(user, new ExecPluginCredentials(user.exec, access.cluster));
  if (user['auth-provider']) return libraryCredentials(access);
  let certificate: Promise<Pick<Proof, 'certificate' | 'key'>> | undefined;
  return {
    get: async () => {
      certificate ??= certificateOf(user);
      return { headers: { ...impersonation(user), ...(await authorization(user)) }, ...(await certificate) };
    },
    // Somebody may have put a newer token into the file meanwhile.
    refused: () => false,
  };
}

function execCredentials(user: User, plugin: ExecPluginCredentials): Credentials {
  return {
    get: async () => {
      const { token, clientCertificateData, clientKeyData } = await plugin.get();
      return {
        headers: { ...impersonation(user), ...(token ? { authorization: `Bearer ${token}` } : {}) },
        certificate: clientCertificateData,
        key: clientKeyData,
      };
    },
    refused: () => {
      plugin.forget();
      return true;
    },
  };
}

/** The older `auth-provider` (oidc): rare, and the library knows how. It takes 0.4 s to load. */
function libraryCredentials({ user, cluster }: ClusterAccess): Credentials {
  let loaded: Promise<{ applyToHTTPSOptions(options: RequestOptions): Promise<void> }> | undefined;
  const load = async () => {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'cluster', server: cluster.server, skipTLSVerify: true },
      { name: 'user', authProvider: user['auth-provider'] },
    );
    return config;
  };
  return {
    get: async () => {
      loaded ??= load();
      const options: RequestOptions = {};
      await (await loaded).applyToHTTPSOptions(options);
      return { headers: { ...impersonation(user), ...(options.headers as Record<string, string>) } };
    },
    refused: () => false,
  };
}

async function authorization(user: User): Promise<Record<string, string>> {
  // Read each time: programs that renew tokens write them there. The file wins over `token`, as in client-go.
  const token = user.tokenFile ? (await readPart(user.tokenFile, 'token')).trim() : user.token;
  if (token) return { authorization: `Bearer ${token}` };
  if (!user.username) return {};
  const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

function impersonation(user: User): Record<string, string | readonly string[]> {
  return {
    ...(user.as ? { 'impersonate-user': user.as } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'impersonate-group': user['as-groups'] } : {}),
    ...Object.fromEntries(
      Object.entries(user['as-user-extra'] ?? {}).map(([key, values]) => [
        `impersonate-extra-${encodeURIComponent(key)}`,
        values,
      ]),
    ),
  };
}

async function certificateOf(user: User): Promise<Pick<Proof, 'certificate' | 'key'>> {
  const [certificate, key] = await Promise.all([
    dataOrFile(user['client-certificate-data'], user['client-certificate'], 'client certificate'),
    dataOrFile(user['client-key-data'], user['client-key'], "client certificate's key"),
  ]);
  return { certificate, key };
}

/** The certificate authority that the cluster's certificate has to come from; undefined: those that Node trusts. */
export function authorityOf(cluster: Cluster): Promise<string | undefined> {
  return dataOrFile(
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
    'certificate authority',
  );
}

async function dataOrFile(
  data: string | null | undefined,
  path: string | null | undefined,
  what: string,
): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return path ? readPart(path, what) : undefined;
}

async function readPart(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError({
      what: `The kubeconfig names a file for the ${what} that cannot be read.`,
      where: path,
      fix: 'Put the file there, or get a new kubeconfig for this cluster.',
      details: messageOf(error),
      cause: error,
    });
  }
}
