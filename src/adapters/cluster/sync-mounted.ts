import { createHash, randomUUID } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { HubApi } from '../../ports.ts';
import { systemClock } from '../clock.ts';
import { storedText } from './accounts.ts';
import type { ClusterContext } from './context.ts';
import { readyPod } from './hub-pod.ts';

/** Longest wait for the kubelet. By itself it looks at mounted Secrets once in a minute or so. */
const patienceSeconds = 150;
const pauseMs = 300;

/**
 * Makes the hub read the list of accounts once its mount has the newest one. The kubelet brings mounts up to date when
 * something about their pod changes, so that an annotation is given to it.
 *
 * @throws UserError when the kubelet does not follow.
 */
export async function syncMounted(context: ClusterContext, hub: HubApi): Promise<string> {
  const { namespace, environment } = context;
  const api = await context.api();
  const text = (await storedText(api, namespace)) ?? '';
  const wanted = createHash('sha256').update(text).digest('hex');
  for (let waited = 0; waited < patienceSeconds * 1000; waited += pauseMs) {
    if ((await hub.syncAccounts()) === wanted) return wanted;
    if (waited === 0) await nudge(context);
    await systemClock.sleep(pauseMs);
  }
  throw new UserError({
    what: 'The hub does not get the new list of accounts: its node is slow, or does not answer.',
    where: `Secret hubwright-accounts, namespace ${namespace}`,
    fix: `Look at the node (\`hubwright status ${environment.name}\`), then run the command again.`,
  });
}

async function nudge(context: ClusterContext): Promise<void> {
  const name = await readyPod(context, 'hub');
  if (name === undefined) return;
  const api = await context.api();
  await api.patch(
    { apiVersion: 'v1', kind: 'Pod', name, namespace: context.namespace },
    { metadata: { annotations: { 'hubwright/accounts-written': randomUUID() } } },
  );
}
