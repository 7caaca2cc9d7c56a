import { bringBack } from '../../kubernetes/balancers/mend.ts';
import { addressInFile, partOf } from '../../kubernetes/balancers/parts.ts';
import type { Check } from '../check.ts';
import { closed, fixCommand } from '../balancer-words.ts';

/** Deleted by hand, or by a repair that was cut off. */
export const serviceMissing: Check<'balancers' | 'sentServices'> = {
  id: 'service-missing',
  title: 'the Services of the releases are there',
  page: 'load-balancers',
  needs: ['balancers', 'sentServices'],
  examine: ({ balancers: observed, sentServices }, environment) =>
    sentServices.flatMap(({ namespace, name, release, revision, isThere }) => {
      const part = partOf({ release }, environment);
      if (isThere || part === undefined) return [];
      const ref = { namespace, name };
      const address = addressInFile(ref, environment);
      const repair = bringBack(ref, release, {
        reason: `release ${release.name} has it, and the cluster does not`,
        observed,
        environment,
        address,
      });
      return [
        {
          subject: `Service ${namespace}/${name}`,
          harm: part === 'hub' ? ('nobodyGetsIn' as const) : ('someCannotWork' as const),
          what: `The Service ${name} is not there.`,
          evidence: [`revision ${revision} of release ${release.namespace}/${release.name} has it`],
          meaning: closed(part),
          fix:
            repair === undefined
              ? 'A load balancer of its name may be another cluster’s, and a new Service would take it over: see the other findings first.'
              : `${fixCommand('service-missing', environment)} makes it again as the release has it, and gives it the address that it had.`,
          ...(repair === undefined ? {} : { repair }),
        },
      ];
    }),
};
