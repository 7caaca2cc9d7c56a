import { whose } from '../../../ports.ts';
import { fewNames } from '../../names.ts';
import type { Refusal } from '../../plan.ts';
import {
  type NodesIntent,
  type NodesLooked,
  type NodesPlan,
  type NodesStep,
  fileNote,
  groupNamed,
  hasNobody,
  noSuchGroup,
  planOf,
  refusedPlan,
  ownOnlyNotes,
  serversOf,
  unseenServers,
  withoutManagement,
} from './change.ts';
import { flavorRefusal } from './flavor-fits.ts';
import { controlPlane } from './groups.ts';
import { canWait, leftSteps, ruleFor } from './keep-servers.ts';
import type { MachineGroup, MachinesSeen } from './machines.ts';
import { isCutOff, releaseStep } from './release-step.ts';
import { flavorChanges, rolloutChanges } from './release-values.ts';

type Looked = NodesLooked & { readonly intent: Extract<NodesIntent, { kind: 'flavor' }> };
type Part = Pick<NodesPlan, 'steps' | 'changes'> | { readonly refusal: Refusal };

/** Another flavour for a node group or the control plane, node by node, without cutting people off. */
export function planFlavor(looked: Looked): NodesPlan {
  const { environment, observed, intent } = looked;
  const { machines } = observed;
  if (!('seen' in machines)) return refusedPlan(environment, withoutManagement(looked, machines.notSeen));
  const group = groupNamed(machines.seen, intent.group);
  if (group === undefined) return refusedPlan(environment, noSuchGroup(machines.seen, intent.group));
  const sent = !isCutOff(machines.seen.release, environment);
  const asked = sent && group.template?.flavor === intent.flavor;
  if (asked && isRolled(group)) return planOf(environment, { steps: leftSteps(machines.seen, group) });
  const refusal = asked
    ? undefined
    : (flavorRefusal(looked, group) ??
      unseenRefusal(looked, group) ??
      waitRefusal(looked, group, machines.seen));
  if (refusal !== undefined) return refusedPlan(environment, refusal);
  const rule = ruleFor(machines.seen, group, intent);
  const changes = asked ? { steps: rule.before } : changeSteps(machines.seen, group, looked, rule.before);
  if ('refusal' in changes) return refusedPlan(environment, changes.refusal);
  const { steps } = changes;
  return planOf(environment, {
    ...changes,
    steps: [...steps, ...endSteps(machines.seen, group, looked, { before: steps, after: rule.after })],
    impacts: impactsOf(looked, group, rule.waits),
    notes: asked ? [] : notesOf(looked, group),
  });
}

/** Nothing is left of an earlier kind. */
function isRolled({ settled, counts: { upToDate, all, wanted, ready }, machines }: MachineGroup): boolean {
  const whole = upToDate === all && all === wanted && ready === wanted;
  return settled && whole && machines.every(({ deleting }) => !deleting);
}

/** Where nobody knows who is on the nodes, somebody has to decide. */
function unseenRefusal({ environment, observed, intent }: Looked, group: MachineGroup): Refusal | undefined {
  const why = unseenServers(observed, group);
  if (why === undefined || intent.stopServers) return undefined;
  return {
    what: `Whose servers are on the nodes of ${group.name} was not seen, and they all go.`,
    where: why,
    fix: `Mend that, or \`hubwright nodes ${environment.name} flavor ${intent.group} ${intent.flavor} --stop-servers\`: whoever is there is stopped.`,
  };
}

/** Where this Cluster API cannot wait for people, somebody has to decide. */
function waitRefusal(looked: Looked, group: MachineGroup, seen: MachinesSeen): Refusal | undefined {
  if (hasNobody(group) || looked.intent.stopServers || canWait(seen)) return undefined;
  const { environment, intent } = looked;
  const people = peopleOn(looked, group);
  const [whom, first] =
    people.length > 0
      ? [`the servers of ${fewNames(people)}`, 'Wait until they have stopped, or']
      : // Somebody may come before the last node has gone.
        [
          `servers that are started on old nodes of ${group.name} meanwhile`,
          'Choose a time when nobody works, and',
        ];
  return {
    what: `The Cluster API there cannot wait for people: ${whom} would be stopped.`,
    where: `context ${seen.context}; MachineDrainRule with WaitCompleted came with Cluster API 1.10`,
    fix: `${first} \`hubwright nodes ${environment.name} flavor ${intent.group} ${intent.flavor} --stop-servers\`.`,
  };
}

function peopleOn({ observed }: Looked, group: MachineGroup): string[] {
  return serversOf(observed, group).map(whose);
}

/** Surge and drain first, each by whatever owns the group; then what makes it roll. */
function changeSteps(
  seen: MachinesSeen,
  group: MachineGroup,
  looked: Looked,
  ruled: readonly NodesStep[],
): Part {
  const { intent } = looked;
  const prepare = {
    id: `rollout:${group.name}`,
    title: `${group.name}: a new machine before an old one goes, and no hurry`,
    reason: `now an old one goes first: ${rolloutText(group)}`,
    needs: [],
  };
  const roll = {
    id: `flavor:${group.name}`,
    title: `${group.name}: machines with the flavour ${intent.flavor}`,
    reason: `they have ${group.template?.flavor ?? 'another one'} now`,
    needs: [prepare.id, ...ruled.map(({ id }) => id)],
  };
  const prepared = isPrepared(group);
  const { release } = seen;
  if (release === undefined)
    return {
      steps: [
        ...(prepared ? [] : [{ ...prepare, action: { kind: 'prepareRollout' as const, group: group.ref } }]),
        ...ruled,
        { ...roll, action: flavorAction(group, intent.flavor) },
      ],
    };
  const flavor = flavorChanges(release, group.name, intent.flavor);
  const rollout = prepared ? [] : rolloutChanges(release, group.name);
  // One revision: both stand on the same object, and its controllers see them together.
  const both = flavor && rollout && [...rollout, ...flavor];
  const made = releaseStep(roll, { seen, release, group, changes: both, looked });
  return 'refusal' in made ? made : { ...made, steps: [...ruled, ...made.steps] };
}

function flavorAction({ ref, machines }: MachineGroup, flavor: string): NodesStep['action'] {
  const alike = machines.filter((machine) => machine.flavor === flavor);
  const earlier = new Set(alike.flatMap(({ template }) => template ?? []));
  return { kind: 'changeFlavor', group: ref, flavor, earlier: [...earlier] };
}

/** The control plane has nobody's server, and rolls with one machine more by itself. */
function isPrepared({ name, rollout: { maxSurge, maxUnavailable, drainSeconds } }: MachineGroup): boolean {
  if (name === controlPlane) return true;
  return maxSurge !== 0 && (maxUnavailable === 0 || maxUnavailable === '0%') && drainSeconds === 0;
}

function rolloutText({ rollout: { maxSurge = 1, maxUnavailable = 0, drainSeconds } }: MachineGroup): string {
  const drain =
    drainSeconds === 0 ? 'people get all their time' : `people get ${Math.round(drainSeconds / 60)} minutes`;
  return `maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}; ${drain}`;
}

/** Followed to its end, and then as it was before. */
function endSteps(
  { cluster }: MachinesSeen,
  group: MachineGroup,
  { intent }: Looked,
  { before, after }: { readonly before: readonly NodesStep[]; readonly after: readonly NodesStep[] },
): NodesStep[] {
  const follow = `follow:${group.name}`;
  return [
    {
      id: follow,
      title: `Until the last old machine of ${group.name} is gone`,
      reason: 'it goes on by itself where this command is ended, and the same command follows it again',
      needs: before.map(({ id }) => id),
      action: { kind: 'followRollout', group: group.ref, flavor: intent.flavor, cluster },
      // The last one may go before somebody has agreed.
      incidental: true,
    },
    ...after.map((step) => ({ ...step, needs: [follow] })),
  ];
}

function impactsOf(looked: Looked, group: MachineGroup, waits: boolean): NodesPlan['impacts'] {
  const people = peopleOn(looked, group);
  if (!waits) return stopImpacts(looked, group);
  if (people.length === 0) return [];
  const text = `The servers of ${fewNames(people)} are on nodes that go: each node waits until they have stopped, and the next start is on a new node.`;
  return [{ kind: 'nextStart', people, text }];
}

/** Those who are there, and those who come before the last old node has gone. */
function stopImpacts(looked: Looked, group: MachineGroup): NodesPlan['impacts'] {
  if (hasNobody(group)) return [];
  const people = peopleOn(looked, group);
  const text = `The servers of ${fewNames(people)} stop when their node goes; what is saved stays, and they start them again on a new node.`;
  return [
    ...unknownImpacts(looked, group),
    ...(people.length === 0 ? [] : [{ kind: 'serverStops' as const, people, text }]),
    {
      kind: 'serverStops',
      people: [],
      text: `Whoever starts a server on an old node of ${group.name} while this goes on loses it.`,
    },
  ];
}

function unknownImpacts({ observed }: Looked, group: MachineGroup): NodesPlan['impacts'] {
  if (unseenServers(observed, group) === undefined) return [];
  const text = `Whoever has a server on a node of ${group.name} loses it: who that is was not seen.`;
  return [{ kind: 'serverStops', people: [], text }];
}

function notesOf(looked: Looked, group: MachineGroup): NodesPlan['notes'] {
  const { environment, intent, observed } = looked;
  const written = environment.scaling;
  const said =
    group.name === controlPlane ? written?.controlPlane?.flavor : written?.nodeGroups[group.name]?.flavor;
  const { compute } = observed;
  return [
    ...ownOnlyNotes(observed),
    ...('seen' in compute
      ? []
      : [
          {
            severity: 'warning' as const,
            text: `neither the flavour nor the quota was checked: ${compute.notSeen}`,
          },
        ]),
    ...(group.paused
      ? [
          {
            severity: 'warning' as const,
            text: `${group.name} is paused: nothing rolls until somebody resumes it`,
          },
        ]
      : []),
    ...(said === undefined || said === intent.flavor ? [] : fileNote(`${said} for ${group.name}`)),
  ];
}
