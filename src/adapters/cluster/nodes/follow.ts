import { UserError } from '../../../errors.ts';
import type { NodeAction } from '../../../plan/kubernetes/nodes/actions.ts';
import type { Machine, MachineGroup } from '../../../plan/kubernetes/nodes/machines.ts';
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

/**
 * Looks again and again until the last old machine is gone. People who take their time are waited for, however long.
 *
 * @throws UserError when a new machine has failed: without it no old one goes.
 */
export async function followRollout(action: Action, { context, report }: Telling): Promise<void> {
  const left = await onManagement(context, (management) =>
    waitFor(
      async () => {
        const group = await groupOf(management, action);
        const failed = group.machines.find((machine) => hasFailed(machine, group));
        if (failed !== undefined) throw notMade(failed, group, { context, management: management.context });
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

/** Those of an earlier template are taken away by Cluster API itself. */
function hasFailed({ phase, template }: Machine, group: MachineGroup): boolean {
  return phase === 'Failed' && template !== undefined && template === group.template?.name;
}

/** `1 of 3 machines are new; training-workers-abc waits for ann, bo; training-workers-def is Provisioning (…)`. */
async function progress({ counts, machines }: MachineGroup, context: ClusterContext): Promise<string> {
  const { pods } = await podsAround(await context.api(), context.namespace, serverSelector);
  const servers = pods.filter(isServer);
  const peopleOn = (node: string | undefined): string[] =>
    servers
      .filter(({ spec }) => spec?.nodeName === node)
      .map((pod) => whose({ user: ownerOf(pod), elsewhere: elsewhereOf(pod, context.namespace) }));
  const moving = machines.flatMap(({ name, node, phase, deleting, says }) => {
    if (!deleting) return phase === 'Running' ? [] : [`${name} is ${phase}${inBrackets(says)}`];
    const people = peopleOn(node);
    return people.length > 0 ? `${name} waits for ${people.join(', ')}` : `${name} goes${inBrackets(says)}`;
  });
  return [`${counts.upToDate} of ${counts.wanted} machines are new`, ...moving].join('; ');
}

function inBrackets([first]: Machine['says']): string {
  return first === undefined ? '' : ` (${firstLine(first)})`;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[\s.]+$/, '');
}

function notMade(
  { name, says, template, flavor }: Machine,
  { name: group, ref: { namespace = '' }, machines }: MachineGroup,
  { context: { environment }, management }: { context: ClusterContext; management: string },
): UserError {
  const why = says.slice(0, 2).map(firstLine).join('; ') || 'nothing says why';
  const before = machines.find((one) => one.template !== template && one.flavor !== flavor)?.flavor;
  const back =
    before === undefined
      ? ''
      : ` \`hubwright nodes ${environment.name} flavor ${group} ${before}\` goes back.`;
  return new UserError({
    what: `The new machine ${name} of ${group} has failed: ${why}.`,
    where: `namespace ${namespace}, context ${management}`,
    fix: `No old machine goes until a new one is ready. \`openstack server show ${name}\` says more. Once the cause is mended, \`kubectl --context ${management} --namespace ${namespace} delete machine ${name}\` has another one made, and the same command again follows it.${back}`,
  });
}

function notYet({ group }: Action, text: string, { environment }: ClusterContext): UserError {
  return new UserError({
    what: `The roll-out of ${group.name} has not come to its end: ${text}.`,
    where: `namespace ${group.namespace ?? ''} of the management cluster`,
    fix: `It goes on by itself. \`hubwright nodes ${environment.name}\` shows how far it is; the same command again follows it.`,
  });
}
