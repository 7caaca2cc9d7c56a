import { type Match, claimOn, livingMatches } from '../../kubernetes/balancers/match.ts';
import { parseName } from '../../kubernetes/balancers/names.ts';
import { floatingIpOf, pointTo, sync } from '../../kubernetes/balancers/mend.ts';
import type { BalancersObserved, ObservedBalancer } from '../../kubernetes/balancers/observed.ts';
import { addressInFile } from '../../kubernetes/balancers/parts.ts';
import { sharedWith } from '../../kubernetes/balancers/whose.ts';
import { about, balancerLine, describeCommand, fixCommand, serviceLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Environment } from '../../../config/schema/environment.ts';

/** A Service on a load balancer of another cluster: the controller renames it, and takes it away from the other. */
export const balancerForeign: Check<'balancers'> = {
  id: 'balancer-foreign',
  title: "Services are not on another cluster's load balancers",
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { balancer } = match;
      if (balancer === undefined) return [];
      const found = { ...match, balancer };
      return (
        foreign(found, observed, environment) ??
        shared(found, observed) ??
        renamed(found, observed, environment) ??
        []
      );
    }),
};

type Found = Match & { readonly balancer: ObservedBalancer };

function common(
  { service, balancer, ...rest }: Found,
  now: string,
): Pick<Finding, 'subject' | 'evidence' | 'harm'> {
  return {
    ...about({ service, ...rest }),
    evidence: [
      serviceLine(service),
      balancerLine(balancer, now),
      `tags: ${balancer.tags.filter((tag) => tag !== '').join(', ') || 'none'}`,
    ],
  };
}

function foreign(found: Found, observed: BalancersObserved, environment: Environment): Finding[] | undefined {
  const { service, balancer, namesakes } = found;
  if (claimOn(balancer, observed) !== 'otherCluster') return undefined;
  const [own, ...more] = namesakes.filter((one) => claimOn(one, observed) === 'ours');
  const reason = `load balancer ${balancer.id} is another cluster's`;
  const address = addressInFile(service, environment) ?? (own && floatingIpOf(own, observed)?.address);
  const repair =
    own === undefined || more.length > 0 || service.balancerId === undefined
      ? undefined
      : pointTo(found, own, { reason, observed, environment, address });
  const back =
    repair === undefined
      ? 'It is left alone.'
      : `${fixCommand('balancer-foreign', environment)} gives the Service its own (${own?.id}) again.`;
  return [
    {
      ...common(found, observed.now),
      what: `The Service ${service.name} would take load balancer ${balancer.id}, which is another cluster's.`,
      meaning:
        'The cloud controllers of the two clusters fight over it: people of one of them end up nowhere, or at the other hub.',
      fix: `${back} Where an annotation names it (\`helmValues\`?), take that away; where two clusters have one name, give one another (\`--cluster-name\` of its cloud controller). ${describeCommand(service)} shows the annotations.`,
      ...(repair === undefined ? {} : { repair }),
    },
  ];
}

function shared(found: Found, observed: BalancersObserved): Finding[] | undefined {
  const { service, balancer } = found;
  const others = sharedWith(balancer).filter(
    (tag) => parseName(tag)?.cluster !== (observed.clusterName?.name ?? parseName(balancer.name)?.cluster),
  );
  if (others.length === 0) return undefined;
  return [
    {
      ...common(found, observed.now),
      harm: 'willStop',
      what: `The load balancer of ${service.name} is shared with another cluster.`,
      meaning:
        'It works for now. Each of the two cloud controllers knows its own half of it; a change or the end of one can take the other with it.',
      fix: `It is left alone: ${others.join(', ')} uses it too. Give the Service one of its own when nobody is working; ${describeCommand(service)} shows what it is annotated with.`,
    },
  ];
}

/** A cluster that was given another name: what is its own still has the old one. */
function renamed(found: Found, observed: BalancersObserved, environment: Environment): Finding[] | undefined {
  const { service, balancer } = found;
  const named = parseName(balancer.name)?.cluster;
  const { clusterName } = observed;
  const isOld = named !== undefined && clusterName !== undefined && named !== clusterName.name;
  if (!isOld || balancer.provisioning !== 'ACTIVE' || claimOn(balancer, observed) !== 'ours')
    return undefined;
  const reason = `load balancer ${balancer.id} bears the name of cluster ${named}`;
  return [
    {
      ...common(found, observed.now),
      harm: 'leftOver',
      what: `The load balancer of ${service.name} bears the name of cluster ${named}, and this one is ${clusterName.name}.`,
      meaning: 'It works. Who looks at the project takes it for another cluster’s, and may delete it.',
      fix: `${fixCommand('balancer-foreign', environment)} has the cloud controller rename it. If \`openstack.clusterName\` of hub.yaml is wrong, correct that instead.`,
      ...(clusterName.from === 'file' ? {} : { repair: sync(found, { reason, observed, environment }) }),
    },
  ];
}
