import { UserError } from '../../../errors.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { MachineGroup } from '../../../plan/kubernetes/nodes/machines.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { whose } from '../../../ports.ts';
import { isServer, ownerOf, podsAround, serverSelector } from '../../kubernetes/pods.ts';
import type { ClusterContext } from '../context.ts';
import type { Telling } from '../telling.ts';
import { waitFor } from '../wait-for.ts';
import { observeGroups } from './machine-groups.ts';
import { elsewhereOf } from '../namespaced.ts';
import { onManagement } from './on-management.ts';

type Action = Extract<NodeAction, { kind: 'followRollout' }>;

/** Looks again and again until the last old machine is gone. People who take their time are waited for, however long. */
export async function followRollout(action: Action, { context, report }: Telling): Promise<void> {
  const left = await onManagement(context, (management) =>
    waitFor(
      async () => {
        const group = await groupOf(management, action);
        return isDone(group, action.flavor) ? undefined : progress(group, context);
      },
      { seconds: context.timeoutSeconds ?? Infinity, report, pauseMs: 2000 },
    ),
  );
  if (left !== undefined) throw notYet(action, left, context);
}

async function groupOf(api: KubernetesApi, { group, cluster }: Action): Promise<MachineGroup> {
  const found = (await observeGroups(api, cluster)).find(
    ({ ref }) => ref.kind === group.kind && ref.name === group.name,
  );
  if (found !== undefined) return found;
  throw new UserError({
    what: `${group.kind} ${group.name} is not there any more.`,
    where: `namespace ${group.namespace ?? ''}, context ${api.context}`,
    fix: 'Look at what there is, and plan anew.',
  });
}

function isDone({ settled, template, counts, machines }: MachineGroup, flavor: string): boolean {
  const { wanted, all, upToDate, ready } = counts;
  return (
    settled &&
    template?.flavor === flavor &&
    upToDate === wanted &&
    all === wanted &&
    ready === wanted &&
    machines.every(({ deleting }) => !deleting)
  );
}

/** `1 of 3 machines are new; training-workers-abc waits for ann, bo`. */
async function progress({ counts, machines }: MachineGroup, context: ClusterContext): Promise<string> {
  const { pods } = await podsAround(await context.api(), context.namespace, serverSelector);
  const servers = pods.filter(isServer);
  const going = machines
    .filter(({ deleting }) => deleting)
    .map(({ name, node, says }) => {
      const people = servers
        .filter(({ spec }) => spec?.nodeName === node)
        .map((pod) => whose({ user: ownerOf(pod), elsewhere: elsewhereOf(pod, context.namespace) }));
      return people.length > 0
        ? `${name} waits for ${people.join(', ')}`
        : `${name} goes${says[0] === undefined ? '' : ` (${says[0].split('\n')[0]})`}`;
    });
  return [`${counts.upToDate} of ${counts.wanted} machines are new`, ...going].join('; ');
}

function notYet({ group }: Action, text: string, { environment }: ClusterContext): UserError {
  return new UserError({
    what: `The roll-out of ${group.name} has not come to its end: ${text}.`,
    where: `namespace ${group.namespace ?? ''} of the management cluster`,
    fix: `It goes on by itself. \`hubwright nodes ${environment.name}\` shows how far it is; the same command again follows it.`,
  });
}
