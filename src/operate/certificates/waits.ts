import { UserError } from '../../errors.ts';
import type { CertificateAction } from '../../plan/kubernetes/certificates/actions.ts';
import { budgetOf, loggedAges, withoutSpans } from '../../plan/kubernetes/certificates/budget.ts';
import { type Condition, conditionsOf, firstOpen } from '../../plan/kubernetes/certificates/conditions.ts';
import type {
  AcmeCertificate,
  AcmeObserved,
  AcmeWanted,
} from '../../plan/kubernetes/certificates/observed.ts';
import { type Cause, readLog } from '../../plan/kubernetes/certificates/read-log.ts';
import { forEnvironment, isOfOther } from '../../plan/kubernetes/certificates/state.ts';
import { LeftForLater } from '../left-for-later.ts';
import type { Work } from './perform.ts';

const lookEveryMs = 3000;

/**
 * Waits until a certificate can be asked for, saying for what.
 *
 * @throws LeftForLater or UserError, as the action says, when time is up.
 */
export async function awaitConditions(
  { want, orElse }: Extract<CertificateAction, { kind: 'awaitConditions' }>,
  work: Work,
): Promise<void> {
  const { host, environment, report } = work;
  const { clock, waitSeconds } = host;
  const until = clock.now().getTime() + waitSeconds * 1000;
  let said = '';
  for (;;) {
    const observed = await host.observe(want);
    const open = firstOpen(conditionsOf(observed));
    if (open === undefined) return;
    const todo = forEnvironment(open.todo, environment);
    const text = `waits for ${open.waitsFor}: ${open.seen}. ${todo}`;
    if (withoutSpans(text) !== said) report(text);
    said = withoutSpans(text);
    const longer = open.id === 'budget' ? budgetWait(observed) * 1000 : 0;
    if (clock.now().getTime() + longer > until) throw notNow(open, orElse, environment);
    await clock.sleep(lookEveryMs);
  }
}

function budgetWait(observed: AcmeObserved): number {
  return budgetOf(observed.attempts, observed.authority, loggedAges(observed)).waitSeconds;
}

function notNow({ seen, waitsFor, todo }: Condition, orElse: 'leave' | 'fail', environment: string): Error {
  const named = forEnvironment(todo, environment);
  if (orElse === 'leave') {
    const what = `HTTPS waits for ${waitsFor}: ${seen}.`;
    return new LeftForLater(what, `${named} Then \`hubwright deploy ${environment}\` goes on.`);
  }
  return new UserError({
    what: `No certificate was asked for: it waits for ${waitsFor}.`,
    where: seen,
    fix: `${named} Then \`hubwright certificates ${environment} issue\` again.`,
  });
}

/**
 * Waits until the certificate is there, and keeps account of how it went.
 *
 * @throws UserError with the cause in plain words when traefik says that it did not get it, or time is up.
 */
export async function awaitCertificate(
  { want, insteadOf }: Extract<CertificateAction, { kind: 'awaitCertificate' }>,
  { host, environment, report }: Work,
): Promise<void> {
  const { clock, waitSeconds } = host;
  const until = clock.now().getTime() + waitSeconds * 1000;
  report('traefik asks for it; it is kept half a minute after it has come');
  for (;;) {
    const { certificate, autohttps } = await host.traefik(want);
    if (certificate !== undefined && certificate.fingerprint !== insteadOf && isGood(certificate, want)) {
      await host.noteOutcome(want.domain, { authority: want.authority, outcome: 'issued' });
      return;
    }
    const cause = readLog(autohttps?.log ?? []);
    if (cause !== undefined) {
      const { kind, notBefore } = cause;
      await host.noteOutcome(want.domain, {
        authority: want.authority,
        outcome: 'failed',
        cause: kind,
        ...(notBefore === undefined ? {} : { notBefore }),
      });
      throw notGiven(want, cause, environment);
    }
    if (clock.now().getTime() > until) throw tooLate(want, autohttps, { waitSeconds, environment });
    await clock.sleep(lookEveryMs);
  }
}

function isGood(certificate: AcmeCertificate, { authority }: AcmeWanted): boolean {
  return certificate.daysLeft >= 0 && !isOfOther(certificate, authority);
}

function notGiven(
  { domain }: AcmeWanted,
  { what, todo, line, notBefore }: Cause,
  environment: string,
): UserError {
  const wait = notBefore === undefined ? '' : ` It takes the next request at ${notBefore}.`;
  return new UserError({
    what: `There is no certificate for ${domain}: ${what}`,
    fix: `${todo}${wait} Then \`hubwright certificates ${environment} issue\` has traefik ask again; it does not do so by itself.`,
    details: line,
  });
}

function tooLate(
  { domain }: AcmeWanted,
  autohttps: AcmeObserved['autohttps'],
  { waitSeconds, environment }: { readonly waitSeconds: number; readonly environment: string },
): UserError {
  const started = autohttps?.pod?.ageSeconds !== undefined;
  return new UserError({
    what: `There is no certificate for ${domain} after ${waitSeconds} seconds: ${started ? 'traefik says nothing about it' : 'autohttps, which asks for it, has not started'}.`,
    fix: started
      ? `Read all of its log: \`hubwright logs ${environment} certificates\`.`
      : `\`hubwright status ${environment}\` says why.`,
  });
}
