import { sizeAnnotations } from '../../../config/cluster-api.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { MachineGroup } from '../../kubernetes/nodes/machines.ts';
import type { Check } from '../check.ts';

const prefix = 'capacity.cluster-autoscaler.kubernetes.io';

/** Of a group without nodes the autoscaler has to be told what a node would have. */
export const scaleFromZero: Check<'machines'> = {
  id: 'scale-from-zero',
  title: 'node groups that may be empty say what their nodes would have',
  page: 'autoscaler',
  needs: ['machines'],
  applies: ({ target }) => target === 'kubernetes',
  examine: ({ machines }, environment) =>
    machines.groups.flatMap((group) => {
      const lacks = lacking(group, environment);
      if (lacks.length === 0) return [];
      const empty = group.counts.wanted === 0;
      const { kind, namespace, name } = group.ref;
      return [
        {
          subject: group.name,
          harm: empty ? ('someCannotWork' as const) : ('willStop' as const),
          what: `The autoscaler cannot bring the first node of ${group.name}.`,
          evidence: [`${kind} ${namespace}/${name} lacks ${lacks.join(', ')}`],
          meaning: empty
            ? 'It is empty, and stays so: the autoscaler leaves it out, and says nothing about it.'
            : 'It works until its last node is taken away, and then never again.',
          fix: `\`kubectl --context ${machines.context} --namespace ${namespace} annotate machinedeployment ${name} ${annotationsFor(group, environment, lacks)}\``,
        },
      ];
    }),
};

/** What is wrong with what the group says of itself. */
function lacking(group: MachineGroup, environment: Environment): string[] {
  const { annotations, bounds, ref, template, counts } = group;
  if (ref.kind !== 'MachineDeployment') return [];
  const ends = Object.values(sizeAnnotations);
  const written = ends.filter((name) => annotations[name] !== undefined);
  if (written.length === 1) return ends.filter((name) => annotations[name] === undefined);
  if (bounds === undefined || bounds.max === 0 || (bounds.min > 0 && counts.wanted > 0)) return [];
  const amounts = ['cpu', 'memory'];
  const said = (name: string): boolean =>
    annotations[`${prefix}/${name}`] !== undefined || template?.capacity[name] !== undefined;
  const gpus = hasGpus(group, environment) ? ['gpu-count', 'gpu-type'] : [];
  return [
    ...amounts.filter((name) => !said(name)),
    ...gpus.filter((name) => annotations[`${prefix}/${name}`] === undefined),
  ].map((name) => `${prefix}/${name}`);
}

function flavorOf({ name, template }: MachineGroup, { scaling }: Environment) {
  const flavor = template?.flavor ?? scaling.nodeGroups[name]?.flavor ?? '';
  return scaling.flavors[flavor];
}

function hasGpus(group: MachineGroup, environment: Environment): boolean {
  return (flavorOf(group, environment)?.gpus ?? 0) > 0;
}

/** With what the file says of the flavour; otherwise to be filled in. */
function annotationsFor(group: MachineGroup, environment: Environment, lacks: readonly string[]): string {
  const flavor = flavorOf(group, environment);
  const resource = Object.values(environment.profiles).find(({ gpus }) => gpus !== undefined)?.gpus?.resource;
  const values: Readonly<Record<string, string | undefined>> = {
    [`${prefix}/cpu`]: flavor && String(flavor.cpu),
    [`${prefix}/memory`]: flavor && `${flavor.memory}i`,
    [`${prefix}/gpu-count`]: flavor && String(flavor.gpus),
    [`${prefix}/gpu-type`]: resource,
  };
  return lacks.map((name) => `${name}=${values[name] ?? '…'}`).join(' ');
}
