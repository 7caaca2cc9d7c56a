import { acmeIn } from '../../../config/acme-values.ts';
import type { ObjectChange, Refusal } from '../../plan.ts';
import { changesBack, indexed } from '../objects-diff.ts';
import type { ClusterObserved, Revision } from '../observed.ts';
import type { ReleaseChange } from '../releases.ts';
import { budgetOf, spanText } from './budget.ts';
import type { AcmeWanted } from './observed.ts';
import { certificateWay, isUsable } from './way.ts';

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

/** The same of a rollback: what it asks for stands in the revision that it goes to, whatever the file says. */
export function askedByRollback(
  { live, certificate }: Pick<ClusterObserved, 'live' | 'certificate'>,
  current: Pick<Revision, 'objects'>,
  to: Pick<Revision, 'objects' | 'values'>,
): AcmeWanted | undefined {
  const { domains: [domain] = [], authority = '' } = acmeIn(to.values) ?? {};
  if (domain === undefined) return undefined;
  const isThere = certificate?.names.includes(domain) === true && isUsable(certificate, { authority });
  const starts = changesBack(current, to, indexed(live)).some(startsAutohttps);
  return starts && !isThere ? { domain, authority } : undefined;
}

/** What is written on it, and not on its pods, starts nothing. */
function startsAutohttps({ object, kind, fields }: ObjectChange): boolean {
  if (object !== 'Deployment autohttps' || kind === 'deleted') return false;
  return fields.length === 0 || fields.some(({ path }) => path.startsWith('spec.'));
}

/** Where no request is allowed now, such a change has to wait: traefik would make one all the same. */
export function tooManyRequests(
  asked: AcmeWanted | undefined,
  { requests = [] }: Pick<ClusterObserved, 'requests'>,
  { environment, verb }: { readonly environment: string; readonly verb: 'deploy' | 'rollback' },
): Refusal | undefined {
  if (asked === undefined) return undefined;
  const { waitSeconds, why = '' } = budgetOf(requests, asked.authority);
  if (waitSeconds === 0) return undefined;
  const again = `Run \`hubwright ${verb} ${environment}\` again in ${spanText(waitSeconds)}.`;
  const meanwhile = verb === 'deploy' ? '; until then what does not change autohttps can be deployed' : '';
  return {
    what: `This ${verb} starts autohttps again, which asks for the certificate of ${asked.domain}: ${why}.`,
    where: `environment ${environment}, https`,
    fix: `${again} \`hubwright certificates ${environment}\` says why there is no certificate yet${meanwhile}.`,
  };
}
