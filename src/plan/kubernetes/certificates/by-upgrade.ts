import type { ObjectChange, Refusal } from '../../plan.ts';
import type { ClusterObserved } from '../observed.ts';
import type { ReleaseChange } from '../releases.ts';
import { budgetOf, spanText } from './budget.ts';
import type { AcmeWanted } from './observed.ts';
import { certificateWay } from './way.ts';

/**
 * The certificate that an upgrade of the hub's release asks for by the way: there is none, HTTPS is on, and Helm starts
 * autohttps again: it is made, or something of how it runs has changed.
 */
export function askedByUpgrade(
  looked: Parameters<typeof certificateWay>[0],
  hub: ReleaseChange | undefined,
): AcmeWanted | undefined {
  const way = certificateWay(looked);
  if (way?.kind !== 'asIs' || way.isThere) return undefined;
  return hub?.change.objects.some(startsAutohttps) === true ? way.want : undefined;
}

/** What is written on it, and not on its pods, starts nothing. */
function startsAutohttps({ object, kind, fields }: ObjectChange): boolean {
  if (object !== 'Deployment autohttps' || kind === 'deleted') return false;
  return fields.length === 0 || fields.some(({ path }) => path.startsWith('spec.'));
}

/** Where no request is allowed now, such an upgrade has to wait: traefik would make one all the same. */
export function tooManyRequests(
  asked: AcmeWanted | undefined,
  { requests = [] }: Pick<ClusterObserved, 'requests'>,
  environment: string,
): Refusal | undefined {
  if (asked === undefined) return undefined;
  const { waitSeconds, why = '' } = budgetOf(requests, asked.authority);
  if (waitSeconds === 0) return undefined;
  return {
    what: `This deploy starts autohttps again, which asks for the certificate of ${asked.domain}: ${why}.`,
    where: `environment ${environment}, https`,
    fix: `Deploy again in ${spanText(waitSeconds)}. \`hubwright certificates ${environment}\` says why there is no certificate yet; until then what does not change autohttps can be deployed.`,
  };
}
