import { capacityOf } from '../../kubernetes/nodes/capacity.ts';
import { nodeKinds } from '../../kubernetes/nodes/kinds.ts';
import type { Check } from '../check.ts';

/** Before the autoscaler says so, or where there is none: a placeholder that no node can take keeps no seat warm. */
export const placeholderFitsNowhere: Check<'nodes'> = {
  id: 'placeholder-fits-nowhere',
  title: 'every placeholder fits on a node of some group',
  page: 'autoscaler',
  needs: ['nodes'],
  applies: ({ profiles }) => Object.values(profiles).some(({ placeholders }) => placeholders > 0),
  examine: ({ nodes: { nodes } }, environment) => {
    const sources = { nodes, flavors: undefined };
    // One may fit on nodes of which nothing is known.
    const { kinds, unknown } = nodeKinds(environment, sources);
    if (kinds.length === 0 || unknown.length > 0) return [];
    const { placeholders, seatings } = capacityOf(environment, sources, undefined);
    return placeholders
      .filter(({ fitsOn }) => fitsOn.length === 0)
      .map(({ profile, count }) => ({
        subject: `profile ${profile}`,
        harm: 'leftOver' as const,
        what: `${count === 1 ? 'The placeholder' : `The ${count} placeholders`} of ${profile} ${count === 1 ? 'fits' : 'fit'} on no node.`,
        evidence: seatings
          .filter((one) => one.profile === profile)
          .map(({ group, flavor, why }) => `${group ?? flavor}: ${why ?? 'no room'}`),
        meaning: 'They wait for ever and keep no seat warm. A server of that profile has no place either.',
        fix: `\`hubwright capacity ${environment.name}\` shows what fits where. Lower what the profile asks for, or give a group a bigger flavour: \`hubwright nodes ${environment.name} flavor GROUP NAME\`.`,
      }));
  },
};
