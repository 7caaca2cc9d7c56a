import type { NodesStep } from './change.ts';
import { controlPlane } from './groups.ts';
import type { MachineGroup, MachinesSeen } from './machines.ts';

/** What is done about the rule by which a roll-out of the group waits for people's servers: before it begins, and after its end. */
interface Rule {
  readonly before: readonly NodesStep[];
  readonly after: readonly NodesStep[];
  /** People are waited for: the rule is there, or will be. */
  readonly waits: boolean;
}

/** The control plane has nobody's server. */
export function ruleFor(
  seen: MachinesSeen,
  group: MachineGroup,
  { stopServers = false }: { readonly stopServers?: boolean | undefined },
): Rule {
  if (group.name === controlPlane) return { before: [], after: [], waits: false };
  const isThere = isKept(seen, group);
  // One that an earlier command has left would hold the machines up for ever.
  if (stopServers) return { before: isThere ? [forgetStep(group)] : [], after: [], waits: false };
  const keep = !isThere && canWait(seen) ? [keepStep(group)] : [];
  const waits = isThere || keep.length > 0;
  return { before: keep, after: waits ? [forgetStep(group)] : [], waits };
}

/** A command that was ended after the last machine had rolled has left the rule. */
export function leftSteps(seen: MachinesSeen, group: MachineGroup): NodesStep[] {
  return isKept(seen, group) ? [forgetStep(group)] : [];
}

export function canWait({ drainBehaviors = [] }: MachinesSeen): boolean {
  return drainBehaviors.includes('WaitCompleted');
}

function isKept({ keeping }: MachinesSeen, { ref }: MachineGroup): boolean {
  return keeping.includes(ref.name);
}

function keepStep({ ref }: MachineGroup): NodesStep {
  return {
    id: 'keep-servers',
    title: 'Wait for people’s servers, and evict none',
    reason: 'a drain would stop them, and nothing brings them back',
    needs: [],
    action: { kind: 'keepServers', group: ref },
  };
}

function forgetStep({ ref }: MachineGroup): NodesStep {
  return {
    id: 'forget-servers',
    title: 'Evict servers again, where somebody drains a node',
    reason: 'the rule was for this roll-out',
    needs: [],
    action: { kind: 'forgetServers', group: ref },
    incidental: true,
  };
}
