import type { Refusal } from '../../plan.ts';
import type { ClusterObserved } from '../observed.ts';
import type { ReleaseChange } from '../releases.ts';
import { budgetOf, spanText } from './budget.ts';
import type { AcmeWanted } from './observed.ts';
import { certificateWay } from './way.ts';

/**
 * The certificate that an upgrade of the hub's release asks for by the way: there is none, HTTPS is on, and Helm starts
 * autohttps again, whatever it is that has changed of it.
 */
export function askedByUpgrade(
  looked: Parameters<typeof certificateWay>[0],
  hub: ReleaseChange | undefined,
): AcmeWanted | undefined {
  const way = certificateWay(looked);
  if (way?.kind !== 'asIs' || way.isThere) return undefined;
  const starts = hub?.change.objects.some(({ object }) => object === 'Deployment autohttps');
  return starts === true ? way.want : undefined;
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
