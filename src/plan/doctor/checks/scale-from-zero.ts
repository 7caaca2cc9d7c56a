import { sizeAnnotations } from '../../../config/cluster-api.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { MachineGroup } from '../../kubernetes/nodes/machines.ts';
import { userPods } from '../../../platform/kubernetes/user-pods.ts';
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
  const gpus = hasGpus(group, environment) ? ['gpu-count', 'gpu-type', ...marksOf(group, environment)] : [];
  return [
    ...amounts.filter((name) => !said(name)),
    ...gpus.filter((name) => annotations[`${prefix}/${name}`] === undefined),
  ].map((name) => `${prefix}/${name}`);
}

/**
 * What profiles with GPUs ask of their nodes, or tolerate there: of a node that is not there yet the autoscaler knows it
 * only from here. Without labels none fits; without the taint it brings such a node for people who have no use for it.
 */
function marksOf({ taints }: MachineGroup, environment: Environment): string[] {
  const { labels, taint } = marks(environment);
  return [
    ...(labels.length === 0 ? [] : ['labels']),
    ...(taint === undefined || taints.length > 0 ? [] : ['taints']),
  ];
}

function marks({ profiles, helmValues }: Environment) {
  const all = userPods(helmValues.jupyterhub);
  const asking = Object.values(profiles).filter(({ gpus }) => gpus !== undefined);
  const common = all.nodeSelector as Readonly<Record<string, string>>;
  const labels = asking.map(({ nodeSelector }) =>
    Object.entries({ ...common, ...nodeSelector }).map(([key, value]) => `${key}=${value}`),
  );
  const sets = [...new Set(labels.map((ones) => ones.join(',')))].filter((text) => text !== '');
  return { labels: sets, taint: asking.flatMap(({ gpus }) => gpus?.toleration ?? [])[0] };
}

/** As the autoscaler reads it: `key=value:Effect`. */
function taintText({ key, value = '', effect = 'NoSchedule' }: Toleration): string {
  return `${key ?? '…'}=${value}:${effect}`;
}

type Toleration = NonNullable<ReturnType<typeof marks>['taint']>;

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
  const { labels, taint } = marks(environment);
  const values: Readonly<Record<string, string | undefined>> = {
    [`${prefix}/cpu`]: flavor && String(flavor.cpu),
    [`${prefix}/memory`]: flavor && `${flavor.memory}i`,
    [`${prefix}/gpu-count`]: flavor && String(flavor.gpus),
    [`${prefix}/gpu-type`]: resource,
    // Where profiles ask for different nodes it is not clear which ones these are.
    [`${prefix}/labels`]: labels.length === 1 ? labels[0] : undefined,
    [`${prefix}/taints`]: taint && taintText(taint),
  };
  return lacks.map((name) => `${name}=${values[name] ?? '…'}`).join(' ');
}
