import type { Environment } from '../../../config/schema/environment.ts';
import { type Growth, growthOf, roomInQuota } from '../../kubernetes/nodes/quota.ts';
import { whoWaits } from '../../kubernetes/nodes/why-not.ts';
import type { Check, Sources } from '../check.ts';
import type { Finding } from '../finding.ts';

/** The autoscaler knows nothing of the quota: it asks for a machine, and none comes. */
export const quotaShort: Check<'compute'> = {
  id: 'quota-short',
  title: 'the quota lasts until every node group is at its maximum',
  page: 'autoscaler',
  needs: ['compute'],
  also: ['nodes', 'autoscaler'],
  applies: ({ target }) => target === 'kubernetes',
  unseen: ({ nodes, autoscaler }) =>
    nodes === undefined || autoscaler === undefined
      ? 'There is quota for another node; how many there are and may be could not be seen.'
      : undefined,
  examine: ({ nodes: workload, autoscaler, compute }, environment) => {
    if (workload === undefined || autoscaler === undefined) return withoutCluster(compute, environment);
    const { nodes, waiting } = workload;
    const growing = growthOf(environment, { nodes, autoscaler }, compute.flavors);
    const short = growing.filter((one) => roomInQuota(compute.quota, one.flavor).nodes < one.more);
    if (short.length === 0) return shortTogether(growing, compute.quota, environment);
    const none = growing.every((one) => roomInQuota(compute.quota, one.flavor).nodes === 0);
    const hurts = none && waiting.length > 0;
    const evidence = short.map((one) => evidenceOf(one, compute.quota));
    return [
      {
        ...common(evidence, environment),
        harm: hurts ? 'someCannotWork' : 'willStop',
        what: none
          ? `The project's quota has no room for another node${hurts ? `; waiting for one: ${whoWaits(waiting)}` : ''}.`
          : `The project's quota ends before ${short.map(({ group }) => group).join(', ')} can be at its maximum.`,
      },
    ];
  },
};

function common(evidence: readonly string[], environment: Environment) {
  return {
    subject: 'quota',
    evidence,
    meaning:
      'A machine that the autoscaler asks for stays in the making until it gives up, and nothing says why.',
    fix: fixOf(environment),
    message: messageOf(evidence, environment),
  };
}

/** Each group by itself could grow as far as it may, and all of them cannot. */
function shortTogether(growing: readonly Growth[], quota: Quota, environment: Environment): Finding[] {
  const sum = (of: (one: Growth) => number): number =>
    growing.reduce((before, one) => before + of(one) * one.more, 0);
  const all = {
    cores: sum(({ flavor }) => flavor.cores),
    memory: sum(({ flavor }) => flavor.memory),
    instances: sum(() => 1),
  };
  const { nodes, ends } = roomInQuota(quota, all);
  if (growing.length < 2 || nodes > 0) return [];
  const [used] = ends.split(',');
  const evidence = [
    ...growing.map(growthText),
    `together that takes ${all.instances} machines with ${all.cores} cores and ${Math.round(all.memory / 1024 ** 3)} GB of memory more; ${used}`,
  ];
  return [
    {
      ...common(evidence, environment),
      harm: 'willStop',
      what: `The project's quota ends before ${growing.map(({ group }) => group).join(' and ')} are all at their maximum.`,
    },
  ];
}

/** How many nodes there are nobody can tell; that there can be no more the cloud does. */
function withoutCluster(compute: Sources['compute'], environment: Environment): Finding[] {
  const groups = Object.entries(environment.scaling?.nodeGroups ?? {}).flatMap(
    ([group, { flavor: name }]) => {
      const flavor = compute.flavors.find((one) => one.name === name);
      const room = flavor && roomInQuota(compute.quota, flavor);
      return room?.nodes === 0 ? [{ group, name, ends: room.ends }] : [];
    },
  );
  if (groups.length === 0) return [];
  return [
    {
      subject: 'quota',
      harm: 'willStop',
      what: `The project's quota has no room for another node of ${groups.map(({ group }) => group).join(', ')}.`,
      evidence: [
        ...groups.map(({ group, name, ends }) => `${group} (${name}): ${ends}`),
        'how many nodes there are and may be could not be seen: the cluster could not be asked',
      ],
      meaning: 'A machine that the autoscaler asks for, or that is to replace one, does not come.',
      fix: "Ask the cloud's operators for more.",
    },
  ];
}

type Quota = Parameters<typeof roomInQuota>[0];

function evidenceOf(one: Growth, quota: Quota): string {
  const { nodes, ends } = roomInQuota(quota, one.flavor);
  return `${growthText(one)}: there is quota for ${nodes} more; ${ends}`;
}

function growthText({ group, flavor, target, more }: Growth): string {
  return `${group} (${flavor.name}) has ${target} nodes and may have ${target + more}`;
}

function fixOf({ name }: Environment): string {
  return `Ask the cloud's operators for more, with the message below; or lower the maximum: \`hubwright nodes ${name} scale GROUP --max NUMBER\`.`;
}

function messageOf(evidence: readonly string[], { deployment, name }: Environment): string {
  const lines = evidence.map((line) => `- ${line}`);
  return `Our Kubernetes cluster for ${deployment} (${name}) cannot grow as planned: the compute quota of its project ends before.\n${lines.join('\n')}\nCould it be raised so far that these nodes fit?`;
}
