import type { ClusterAction } from '../../plan/kubernetes/actions.ts';
import type { BalancerAction } from '../../plan/kubernetes/balancers/actions.ts';
import type { LonghornAction } from '../../plan/kubernetes/longhorn/actions.ts';
import type { NodeAction } from '../../plan/kubernetes/nodes/actions.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import type { ObjectRef } from '../../plan/kubernetes/observed.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import { withSecrets } from '../../config/values.ts';
import { serverSelector } from '../kubernetes/pods.ts';
import { waitReady } from '../kubernetes/wait.ts';
import { performAddress } from './balancers/floating-ip.ts';
import { writeListed } from './accounts.ts';
import { isRepair, performRepair } from './balancers/repair.ts';
import type { Repairing } from './balancers/sync.ts';
import { lookUp, secretsOf } from './context.ts';
import { proveGone, waitGone } from './gone.ts';
import type { HubDoor } from './hub.ts';
import { createTokens } from './kept.ts';
import { refOf } from './namespaced.ts';
import { isLonghornAction, performLonghorn } from './longhorn/perform.ts';
import { isNodeAction, performNodes } from './nodes/perform.ts';
import { namespaceObject } from './own.ts';
import { performRelease } from './perform-release.ts';
import { restoreDatabase, startHub } from './restore.ts';
import { saveHub } from './save.ts';
import { type Telling, seconds } from './telling.ts';

interface Work extends Repairing {
  readonly door: HubDoor;
  /** Called with the folder in which the hub's database was saved. */
  readonly onSaved: (folder: string) => void;
}

/** Does one action. Safe to repeat after being killed in the middle of it. */
export async function performCluster(
  action: Exclude<ClusterAction, CertificateAction>,
  work: Work,
): Promise<void> {
  const { context, door, report } = work;
  const api = await context.api();
  switch (action.kind) {
    case 'createNamespace':
      await api.apply(namespaceObject(action.name, context));
      return;
    case 'unmarkNamespace': {
      const labels = Object.fromEntries(Object.keys(context.labels).map((key) => [key, null]));
      await api.patch({ apiVersion: 'v1', kind: 'Namespace', name: action.name }, { metadata: { labels } });
      return;
    }
    case 'createSecrets':
      return createTokens(api, context.namespace, context.labels, action.names);
    case 'writeAccounts':
      return writeListed(context, action.accounts);
    case 'applyObjects':
      return applyObjects(action, work);
    case 'deleteObjects':
      return deleteObjects(action.objects, work);
    case 'waitReady':
      return waitReady(api, action.objects, { timeoutSeconds: seconds('ready', context), report });
    case 'syncAccounts':
      await (await door.api()).syncAccounts();
      return;
    case 'removePeople':
      return removePeople(action.names, work);
    case 'stopServers':
      return stopServers(work);
    case 'saveHub':
      return save(action, work);
    case 'restoreDatabase':
      return restoreDatabase(action, stopping(work));
    case 'startHub':
      return startHub(stopping(work));
    case 'waitGone':
      return waitGone(action.objects, context, { timeoutSeconds: seconds('gone', context), report });
    case 'proveGone':
      return proveGone(action, context, { timeoutSeconds: seconds('gone', context), report });
    case 'moveFloatingIp':
    case 'keepFloatingIp':
    case 'lookAgain':
      return performAddress(action, work);
    default:
      return performOther(action, work);
  }
}

type Other = BalancerAction | LonghornAction | NodeAction | Parameters<typeof performRelease>[0];

function performOther(action: Other, work: Work): Promise<void> {
  if (isRepair(action)) return performRepair(action, work);
  if (isLonghornAction(action)) return performLonghorn(action, work);
  return isNodeAction(action) ? performNodes(action, work) : performRelease(action, work);
}

async function save(
  need: Extract<ClusterAction, { kind: 'saveHub' }>,
  { context, report, onSaved }: Work,
): Promise<void> {
  const folder = await saveHub(context, report, need);
  if (folder !== undefined) onSaved(folder);
}

function stopping({ context, report }: Work): Parameters<typeof restoreDatabase>[1] {
  return {
    context,
    report,
    readySeconds: seconds('ready', context),
    goneSeconds: seconds('gone', context),
  };
}

async function applyObjects(
  { system, objects }: Extract<ClusterAction, { kind: 'applyObjects' }>,
  { context, report }: Work,
): Promise<void> {
  const api = await context.api();
  const find = lookUp(await secretsOf(context), context);
  for (const object of objects) {
    await api.apply(withSecrets(object, find) as KubernetesObject);
  }
  // To be pending until there is room is what placeholders are for.
  if (system === 'placeholders') return;
  await waitReady(api, objects.map(refOf), { timeoutSeconds: seconds('ready', context), report });
}

async function deleteObjects(objects: readonly ObjectRef[], { context, report }: Telling): Promise<void> {
  const api = await context.api();
  await Promise.all(
    objects.map(async (ref) => {
      await api.delete(ref, { waitSeconds: seconds('gone', context) });
      report(`${ref.kind} ${ref.name} is gone`);
    }),
  );
}

async function removePeople(names: readonly string[], { door, report }: Work): Promise<void> {
  const api = await door.api();
  let done = 0;
  await Promise.all(
    names.map(async (name) => {
      await api.deleteUser(name);
      done += 1;
      report(`${done} of ${names.length}`);
    }),
  );
}

/** Through their pods, not the hub: it may be what is broken. */
async function stopServers({ context, report }: Work): Promise<void> {
  const api = await context.api();
  const { namespace } = context;
  const pods = await api.listMetadata({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: serverSelector,
  });
  await deleteObjects(
    pods.map(({ metadata }) => ({ apiVersion: 'v1', kind: 'Pod', name: metadata.name, namespace })),
    { context, report },
  );
}
