import { tellDays } from '../../../config/certificate-days.ts';
import { timeText } from './budget.ts';
import { doorFault } from './door.ts';
import type { OwnCertificate, OwnObserved } from './observed.ts';
import type { CertificateState, StateName } from './state.ts';

/** What is wrong with a certificate of people's own, worst first; each a whole sentence with what to do. */
export function ownFaults({
  own,
  domain,
  now,
  where,
}: OwnObserved): { readonly id: OwnFault; readonly what: string; readonly todo: string }[] {
  if (own === undefined) {
    return [
      {
        id: 'missing',
        what: `There is no certificate in ${where}.`,
        todo: `Put it there: a PEM file with the certificate first and then those of its chain, and its key.`,
      },
    ];
  }
  const faults: ReturnType<typeof ownFaults> = [];
  const days = own.daysLeft;
  if (days < 0)
    faults.push({
      id: 'ended',
      what: `The certificate in ${where} ended at ${timeText(own.until)}: browsers refuse the hub.`,
      todo: renew,
    });
  if (own.from > now) {
    faults.push({
      id: 'notYet',
      what: `The certificate in ${where} holds only from ${timeText(own.from)} on.`,
      todo: 'Wait, or use one that holds now.',
    });
  }
  if (own.keyFits === false) {
    faults.push({
      id: 'otherKey',
      what: `The key does not belong to the certificate in ${where}.`,
      todo: 'Put the key there with which this certificate was asked for.',
    });
  }
  if (!own.coversDomain && domain !== undefined) {
    faults.push({
      id: 'otherName',
      what: `The certificate in ${where} is for ${own.names.join(', ') || 'no name'}, and not for ${domain}.`,
      todo: `Use one for ${domain}, or correct \`address.domain\`.`,
    });
  }
  if (own.chain !== 'complete') faults.push(chainFault(own, where));
  if (days >= 0 && days <= tellDays.own) {
    faults.push({
      id: 'endsSoon',
      what: `The certificate in ${where} ends at ${timeText(own.until)}, in ${days} days.`,
      todo: renew,
    });
  }
  return faults;
}

export type OwnFault = 'missing' | 'ended' | 'notYet' | 'otherKey' | 'otherName' | 'chain' | 'endsSoon';

const renew = 'Get a new one and put it in its place; then `hubwright deploy ENV`.';

function chainFault({ chain, chainEnds }: OwnCertificate, where: string) {
  if (chain === 'selfSigned') {
    return {
      id: 'chain' as const,
      what: `The certificate in ${where} is signed by itself: browsers warn of it.`,
      todo: 'Use one of an authority that browsers know, unless all who come have been told.',
    };
  }
  const todo =
    'Append the certificates in between, as the authority gives them (often called fullchain or bundle), each behind the one that it vouches for.';
  return chain === 'wrongOrder'
    ? { id: 'chain' as const, what: `The certificates in ${where} do not follow from one another.`, todo }
    : {
        id: 'chain' as const,
        what: `The chain in ${where} ends with “${chainEnds}”, which is not in it and not widely known.`,
        todo,
      };
}

const stateOf: Readonly<Partial<Record<OwnFault, StateName>>> = {
  missing: 'missing',
  ended: 'ended',
  endsSoon: 'endsSoon',
};

export function ownState(observed: OwnObserved): CertificateState {
  const [worst] = ownFaults(observed);
  const { own, where } = observed;
  if (worst !== undefined) {
    const { id, what, todo } = worst;
    return { name: stateOf[id] ?? 'unusable', what, todo, conditions: [] };
  }
  const door = doorFault(observed);
  if (door !== undefined) return { name: 'notShown', what: door.what, todo: door.todo, conditions: [] };
  const what =
    own === undefined
      ? ''
      : `The certificate in ${where}, of ${own.issuer} for ${own.names.join(', ')}, holds until ${timeText(own.until)}, ${own.daysLeft} days.`;
  return { name: 'issued', what, conditions: [] };
}
