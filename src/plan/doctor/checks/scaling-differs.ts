import type { Environment } from '../../../config/schema/environment.ts';
import { groupNamed } from '../../kubernetes/nodes/change.ts';
import { controlPlane } from '../../kubernetes/nodes/groups.ts';
import type { Bounds, MachineGroup } from '../../kubernetes/nodes/machines.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** What the file says of node groups is what seats and quota are counted by. */
export const scalingDiffers: Check<'machines'> = {
  id: 'scaling-differs',
  title: 'node groups have the flavours and bounds of the file',
  page: 'nodes',
  needs: ['machines'],
  applies: ({ scaling }) => written(scaling).length > 0,
  examine: ({ machines }, { name, scaling }) =>
    written(scaling).flatMap((wanted): Finding[] => {
      const group = groupNamed(machines, wanted.name);
      if (group === undefined) return [missing(wanted.name, machines, name)];
      const differences = [...flavorDiffers(group, wanted, name), ...boundsDiffer(group, wanted, name)];
      if (differences.length === 0) return [];
      return [
        {
          subject: group.name,
          harm: differences.some(({ less }) => less) ? 'willStop' : 'leftOver',
          what: `The node group ${group.name} is not as the file says.`,
          evidence: differences.map(({ text }) => text),
          meaning:
            'Nothing brings the cluster to what the file says by itself, and what is counted from the file is wrong.',
          fix: `${differences.map(({ command }) => `\`${command}\``).join(' and ')}; or correct \`scaling\` in the file.`,
        },
      ];
    }),
};

interface Wanted {
  readonly name: string;
  readonly flavor: string;
  /** Of the control plane there are none. */
  readonly bounds: Bounds | undefined;
}

function written(scaling: Environment['scaling']): Wanted[] {
  const plane = scaling.controlPlane;
  return [
    ...Object.entries(scaling.nodeGroups).map(([name, { flavor, min, max }]) => ({
      name,
      flavor,
      bounds: { min, max },
    })),
    ...(plane === undefined ? [] : [{ name: controlPlane, flavor: plane.flavor, bounds: undefined }]),
  ];
}

interface Difference {
  readonly text: string;
  readonly command: string;
  /** People could get less than the file promises. */
  readonly less: boolean;
}

function flavorDiffers({ name, template }: MachineGroup, wanted: Wanted, environment: string): Difference[] {
  const { flavor } = template ?? {};
  if (flavor === undefined || flavor === wanted.flavor) return [];
  const text = `new machines of ${name} have the flavour ${flavor}, and the file says ${wanted.flavor}`;
  return [{ text, command: `hubwright nodes ${environment} flavor ${name} ${wanted.flavor}`, less: true }];
}

function boundsDiffer(
  { name, bounds, counts }: MachineGroup,
  wanted: Wanted,
  environment: string,
): Difference[] {
  if (wanted.bounds === undefined) return [];
  const { min, max } = wanted.bounds;
  const now = bounds ?? { min: counts.wanted, max: counts.wanted };
  if (now.min === min && now.max === max) return [];
  const is = bounds === undefined ? `always ${counts.wanted} nodes` : `${now.min} to ${now.max} nodes`;
  return [
    {
      text: `${name} has ${is}, and the file says ${min} to ${max}`,
      command: `hubwright nodes ${environment} scale ${name} --min ${min} --max ${max}`,
      less: now.max < max,
    },
  ];
}

function missing(
  group: string,
  { groups, cluster }: Parameters<typeof groupNamed>[0],
  environment: string,
): Finding {
  return {
    subject: group,
    harm: 'willStop',
    what: `The cluster has no node group ${group}, which the file describes.`,
    evidence: [
      `cluster ${cluster.namespace}/${cluster.name} has ${groups.map(({ name }) => name).join(', ')}`,
    ],
    meaning: 'What is counted from the file, seats and quota, counts nodes that cannot come.',
    fix: `Take it out of \`scaling.nodeGroups\`, or have it made where the cluster is made; \`hubwright nodes ${environment}\` shows what there is.`,
  };
}
