import { livingMatches } from '../../kubernetes/balancers/match.ts';
import { giveBack } from '../../kubernetes/balancers/mend.ts';
import { addressInFile } from '../../kubernetes/balancers/parts.ts';
import { about, balancerLine, describeCommand, fixCommand, serviceLine } from '../balancer-words.ts';
import type { Check } from '../check.ts';

/** A repair that was cut off has made the Service again, and its old address does not lead there yet. */
export const addressNotBack: Check<'balancers'> = {
  id: 'address-not-back',
  title: 'addresses that a repair has kept lead to their Services again',
  page: 'load-balancers',
  needs: ['balancers'],
  examine: ({ balancers: observed }, environment) =>
    livingMatches(observed, environment).flatMap((match) => {
      const { service, balancer } = match;
      const { address } =
        (observed.noted ?? []).find(
          (one) => one.service.namespace === service.namespace && one.service.name === service.name,
        ) ?? {};
      const kept = observed.floatingIps.find((one) => one.address === address);
      const isThere = kept?.portId !== undefined && kept.portId === balancer?.vip.portId;
      // What the file says is another check's, and what is not the project's any more cannot come back.
      const isInFile = addressInFile(service, environment) !== undefined;
      if (address === undefined || kept === undefined || isThere || isInFile) return [];
      if (balancer?.provisioning !== 'ACTIVE') return [];
      const isFree = kept.portId === undefined && !kept.forwardsPorts;
      const mend = {
        reason: 'it led there before the Service was made again',
        observed,
        environment,
        address,
      };
      return [
        {
          ...about(match),
          what: `The address ${address} does not lead to ${service.name} any more.`,
          evidence: [
            serviceLine(service),
            balancerLine(balancer, observed.now),
            `floating IP ${address} (${kept.id}) leads to ${kept.portId === undefined ? 'nothing' : `port ${kept.portId}`}`,
          ],
          meaning: 'A repair was cut off: who comes by the old address, or by its name, gets nowhere.',
          fix: isFree
            ? `${fixCommand('address-not-back', environment)} has it lead there again, in place of the one that the cloud controller made.`
            : `Something else uses it now. ${describeCommand(service)} shows the address that leads there.`,
          ...(isFree ? { repair: giveBack(service, mend) } : {}),
        },
      ];
    }),
};
