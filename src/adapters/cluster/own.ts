import type { ListedAccount } from '../../config/accounts.ts';
import { placeholder } from '../../config/values.ts';
import { UserError } from '../../errors.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { accountsText, mergeAccounts } from '../stored-accounts.ts';
import { accountsKey, readStoredAccounts } from './accounts.ts';
import type { ClusterContext } from './context.ts';
import { accountsName, keptSecret, missingTokens, readTokens, tokensAmong, tokensName } from './kept.ts';

/** The namespace as a deploy makes it: by the labels others in the cluster know whose it is. */
export function namespaceObject(name: string, { namespace, labels }: ClusterContext): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: name === namespace ? labels : {} },
  };
}

/** Implements `OwnObjects` of `operate/targets/cluster-host.ts`. */
interface OwnObjects {
  readonly namespace: KubernetesObject;
  readonly secrets: readonly KubernetesObject[];
  readonly notMade: readonly string[];
}

interface OwnWanted {
  readonly listed: readonly ListedAccount[] | undefined;
  /** Names of the secrets that the systems refer to. */
  readonly wanted: readonly string[];
  readonly reveal: boolean;
}

/**
 * What Hubwright itself keeps for the environment, as a deploy leaves it: the namespace, and Secrets with the tokens and
 * with the accounts, if there are any. Where secrets are not revealed, a placeholder stands for each.
 *
 * @throws UserError when one is to be revealed that a deploy has yet to make.
 */
export async function renderOwn(
  context: ClusterContext,
  { listed, wanted, reveal }: OwnWanted,
): Promise<OwnObjects> {
  const api = await context.api();
  const [tokens, accounts] = await Promise.all([
    ownTokens(api, context, wanted),
    ownAccounts(api, context, listed),
  ]);
  const parts = [tokens, ...(accounts === undefined ? [] : [accounts])];
  const notMade = parts.flatMap((part) => part.notMade);
  if (reveal && notMade.length > 0) throw notMadeYet(notMade, context);
  const secrets = parts.map(({ name, plain, hidden }) =>
    keptSecret(context.namespace, name, context.labels, reveal ? plain : hidden),
  );
  return { namespace: namespaceObject(context.namespace, context), secrets, notMade };
}

interface OwnSecret {
  readonly name: string;
  readonly plain: Readonly<Record<string, string>>;
  readonly hidden: Readonly<Record<string, string>>;
  /** In plain words. */
  readonly notMade: readonly string[];
}

async function ownTokens(
  api: KubernetesApi,
  { namespace }: ClusterContext,
  wanted: readonly string[],
): Promise<OwnSecret> {
  const plain = await readTokens(api, namespace);
  const names = new Set([...tokensAmong(wanted), ...Object.keys(plain)]);
  const missing = missingTokens(wanted, new Map(Object.entries(plain)));
  return {
    name: tokensName,
    plain,
    hidden: Object.fromEntries([...names].map((name) => [name, placeholder(name)])),
    notMade: missing.length === 0 ? [] : [`the hub's tokens (${missing.join(', ')})`],
  };
}

async function ownAccounts(
  api: KubernetesApi,
  { namespace }: ClusterContext,
  listed: readonly ListedAccount[] | undefined,
): Promise<OwnSecret | undefined> {
  if (listed === undefined) return undefined;
  const stored = (await readStoredAccounts(api, namespace)) ?? [];
  const known = new Set(stored.map(({ name }) => name));
  const lacking = listed.filter(({ name }) => !known.has(name)).length;
  return {
    name: accountsName,
    // Who has none is told about, and gets none here.
    plain: { [accountsKey]: accountsText(mergeAccounts(stored, listed)) },
    hidden: { [accountsKey]: placeholder('accounts') },
    notMade: lacking === 0 ? [] : [`the passwords of ${lacking === 1 ? 'one person' : `${lacking} people`}`],
  };
}

function notMadeYet(
  notMade: readonly string[],
  { namespace, environment: { name } }: ClusterContext,
): UserError {
  return new UserError({
    what: `Not everything that is to be encrypted exists yet: ${notMade.join(' and ')}.`,
    where: `namespace ${namespace}`,
    fix: `\`hubwright deploy ${name}\` makes them; then render again. Without \`--encrypt\` a placeholder stands for each until then.`,
  });
}
