import { UserError } from '../../errors.ts';
import type { ListedAccount } from '../../config/accounts.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import {
  type AccountStore,
  type StoredAccount,
  accountList,
  accountsText,
  mergeAccounts,
  parseAccounts,
} from '../stored-accounts.ts';
import type { ClusterContext } from './context.ts';
import { accountsName, keptSecret, secretData, secretRef } from './kept.ts';

/** Of the Secret, and the file's name where the hub sees it. */
export const accountsKey = 'accounts.json';

/** Its text, as the hub gets it; undefined when there is none. */
export async function storedText(api: KubernetesApi, namespace: string): Promise<string | undefined> {
  return (await secretData(api, secretRef(namespace, accountsName)))?.[accountsKey];
}

/** The list in the Secret that is mounted on the hub; undefined when there is none. */
export async function readStoredAccounts(
  api: KubernetesApi,
  namespace: string,
): Promise<StoredAccount[] | undefined> {
  const text = await storedText(api, namespace);
  if (text === undefined) return undefined;
  return parseAccounts(text, {
    where: `Secret ${accountsName}, namespace ${namespace}`,
    fix: `Save it (\`kubectl -n ${namespace} get secret ${accountsName} -o yaml\`) and delete it: the next deploy makes new passwords for everybody.`,
  });
}

function storeOf({ api, namespace, labels }: ClusterContext): AccountStore {
  return {
    read: async () => readStoredAccounts(await api(), namespace),
    write: async (accounts) => {
      const text = accountsText(accounts);
      await (await api()).apply(keptSecret(namespace, accountsName, labels, { [accountsKey]: text }));
    },
  };
}

/** Brings the list up to date: who is listed keeps their password or gets one, nobody else is in it. */
export async function writeListed(context: ClusterContext, listed: readonly ListedAccount[]): Promise<void> {
  const { read, write } = storeOf(context);
  await write(mergeAccounts((await read()) ?? [], listed));
}

/** The accounts of an environment on a cluster. Implements `AccountBook` of `operate/target.ts`. */
export function accountBook(context: ClusterContext) {
  const { namespace } = context;
  const homeOf = (user: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    name: `claim-${safeSlug(user)}`,
    namespace,
  });
  return {
    ...accountList(storeOf(context)),
    hasHome: async (user: string) => (await (await context.api()).get(homeOf(user))) !== undefined,
    deleteHome: async (user: string) => (await context.api()).delete(homeOf(user)),
    /** A pod's log goes with the pod. */
    deleteLog: async () => undefined,
  };
}

/**
 * The name as KubeSpawner 7 puts it into names of claims. Names of our accounts are safe as they are; those of an OIDC
 * provider may not be.
 *
 * @throws UserError for a name whose claim cannot be told from its name alone.
 */
function safeSlug(user: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/.test(user) && !user.includes('---')) return user;
  throw new UserError({
    what: `The home of ${user} cannot be found by the name: KubeSpawner writes such names in its own way.`,
    fix: 'Look for it with `kubectl get persistentvolumeclaims`, by the annotation hub.jupyter.org/username.',
  });
}
