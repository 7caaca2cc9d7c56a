import { randomBytes } from 'node:crypto';

/** Who may use the cluster, and the groups that they are in. Those of Kubernetes itself have their rights from it. */
export const users = {
  /** May do everything. */
  admin: ['system:masters'],
  /** May read what the built-in role `view` allows: no secrets, and nothing of the whole cluster. */
  viewer: ['test:viewers'],
  /** Is somebody, and may do nothing. */
  stranger: [],
  'system:kube-controller-manager': [],
  'system:kube-scheduler': [],
} as const satisfies Record<string, readonly string[]>;

export type User = keyof typeof users;
export type Tokens = Readonly<Record<User, string>>;

export function makeTokens(): Tokens {
  return Object.fromEntries(
    Object.keys(users).map((name) => [name, randomBytes(24).toString('hex')]),
  ) as Tokens;
}

/** For `kube-apiserver --token-auth-file`. */
export function tokenFile(tokens: Tokens): string {
  return Object.entries(users)
    .map(([name, groups]) => `${tokens[name as User]},${name},${name},"${groups.join(',')}"\n`)
    .join('');
}

/** A kubeconfig (JSON is YAML) with one context for each of these users, named as they are; the first is current. */
export function kubeconfig(server: string, ca: string, tokens: Partial<Tokens>): string {
  const names = Object.keys(tokens);
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0],
    clusters: [{ name: 'test', cluster }],
    users: Object.entries(tokens).map(([name, token]) => ({ name, user: { token } })),
    contexts: names.map((name) => ({ name, context: { cluster: 'test', user: name } })),
  });
}
