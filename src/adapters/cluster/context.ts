import type { Environment } from '../../config/schema/environment.ts';
import type { SecretReference } from '../../config/schema/secret.ts';
import type { ChartName } from '../../platform/kubernetes/system.ts';
import { UserError } from '../../errors.ts';
import type { LockedChart } from '../charts/charts.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { FoundHelm } from '../helm/find.ts';
import type { HelmClient } from '../helm/helm.ts';
import type { OpenstackApi } from '../openstack/connect.ts';
import { readSecret } from '../secrets.ts';
import { grafanaName, readTokens, secretData, secretRef } from './kept.ts';

/** What the parts of this adapter share. */
export interface ClusterContext {
  readonly environment: Environment;
  readonly namespace: string;
  readonly api: () => Promise<KubernetesApi>;
  /** Another connection each time, to close: the Cluster API management cluster's, where the file names its context. */
  readonly management: (() => Promise<KubernetesApi>) | undefined;
  /** Helm for the management cluster. */
  readonly managementHelm: (report: (text: string) => void) => Promise<HelmClient>;
  /** The cloud that the file names (`openstack`), one connection for all; undefined: it names none. */
  readonly cloud: (() => Promise<OpenstackApi>) | undefined;
  /** One that is there; undefined: there is none. */
  readonly helmThere: () => Promise<FoundHelm | undefined>;
  /** Looked for, or downloaded, when it is needed. */
  readonly helm: (report: (text: string) => void) => Promise<HelmClient>;
  readonly charts: () => Promise<Readonly<Partial<Record<ChartName, LockedChart>>>>;
  /** Labels of everything that is the environment's. */
  readonly labels: Readonly<Record<string, string>>;
  /** Longest wait for anything, where people have set one. */
  readonly timeoutSeconds: number | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths of the file count from here. */
  readonly configFolder: string;
}

export function labelsOf({ deployment, name }: Environment): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'hubwright',
    'hubwright/deployment': deployment,
    'hubwright/environment': name,
  };
}

/** Every secret by its name: the tokens in the cluster, and those that the file refers to. */
export async function secretsOf(context: ClusterContext): Promise<ReadonlyMap<string, string>> {
  const api = await context.api();
  const references = Object.entries(referencesOf(context.environment));
  const [tokens, grafana, ...read] = await Promise.all([
    readTokens(api, context.namespace),
    grafanaPassword(api, context.environment),
    ...references.map(
      async ([name, reference]) =>
        [name, await readSecret(reference, context.configFolder, context.env)] as const,
    ),
  ]);
  return new Map([...Object.entries(tokens), ...grafana, ...read]);
}

/** Environments share Grafana: the password that is there counts, whoever made it. */
async function grafanaPassword(
  api: KubernetesApi,
  { monitoring }: Environment,
): Promise<(readonly [string, string])[]> {
  if (typeof monitoring !== 'object') return [];
  const { 'admin-password': password } =
    (await secretData(api, secretRef(monitoring.namespace, grafanaName))) ?? {};
  return password === undefined ? [] : [['grafanaPassword', password]];
}

function referencesOf({ auth, https, monitoring }: Environment): Record<string, SecretReference> {
  const files = typeof https === 'object' ? https.files : undefined;
  return {
    ...(auth.oidc ? { oidcClientSecret: auth.oidc.clientSecret } : {}),
    ...(files ? { tlsKey: files.key, tlsCertificate: { fromFile: files.certificate } } : {}),
    ...(typeof monitoring === 'object' ? receiverReferences(monitoring) : {}),
  };
}

/** By the names that `platform/kubernetes/monitoring/alertmanager.ts` calls them by. */
function receiverReferences({
  receivers,
  smtp,
}: Exclude<Environment['monitoring'], 'off' | false>): Record<string, SecretReference> {
  const ways = Object.entries(receivers).flatMap(([name, { webhook, slack }]) => [
    ...(webhook === undefined ? [] : [[`receiver.${name}.webhook`, webhook] as const]),
    ...(slack === undefined ? [] : [[`receiver.${name}.slack`, slack] as const]),
  ]);
  return {
    ...Object.fromEntries(ways),
    ...(smtp?.password === undefined ? {} : { smtpPassword: smtp.password }),
  };
}

/** Which secret a text is. */
export function namesByValue(secrets: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...secrets].map(([name, value]) => [value, name]));
}

/** Looks secrets up by name. @throws UserError for one that is not there: an earlier step has to make it. */
export function lookUp(
  secrets: ReadonlyMap<string, string>,
  context: ClusterContext,
): (name: string) => string {
  return (name) => {
    const value = secrets.get(name);
    if (value !== undefined) return value;
    throw new UserError({
      what: `The secret ${name} is not in the cluster any more.`,
      where: `Secret hubwright-secrets, namespace ${context.namespace}`,
      fix: `\`hubwright deploy ${context.environment.name}\` makes it again.`,
    });
  };
}
