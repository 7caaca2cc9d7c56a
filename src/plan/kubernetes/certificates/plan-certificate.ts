import type { Environment } from '../../../config/schema/environment.ts';
import type { Impact, Plan, Refusal, Step } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import { issuedStep, restartStep, saveStep } from './common-steps.ts';
import { firstOpen } from './conditions.ts';
import { doorFault } from './door.ts';
import type { AcmeObserved, AcmeWanted } from './observed.ts';
import { readLog } from './read-log.ts';
import { askingSeconds, certificateState, renewDays } from './state.ts';

/** What is to be done about a certificate by itself, without a deploy. */
export interface CertificateIntent {
  readonly kind: 'certificate';
  readonly verb: 'issue' | 'save' | 'restore';
  /** File with a key of age's, to restore with. */
  readonly identity?: string;
}

interface Certificate {
  readonly environment: Environment;
  readonly intent: CertificateIntent;
  readonly observed: AcmeObserved;
}

type ClusterStep = Step<ClusterAction>;

export function planCertificate(given: Certificate): Plan<ClusterAction> {
  const { environment, intent, observed } = given;
  const refusal = refusalOf(given);
  const steps = refusal === undefined ? stepsOf(intent, observed) : [];
  return {
    environment: environment.name,
    steps,
    impacts: steps.length === 0 ? [] : [impactOf(steps)],
    notes: [{ severity: 'info', text: certificateState(observed).what }],
    ...(refusal === undefined ? {} : { refusal }),
  };
}

const stopping: ReadonlySet<ClusterAction['kind']> = new Set([
  'restartAutohttps',
  'restoreCertificate',
  'switchAuthority',
]);

/** Every open notebook goes through autohttps, where it runs. */
function impactOf(steps: readonly ClusterStep[]): Impact {
  const stops = steps.some(({ action: { kind } }) => stopping.has(kind));
  return stops
    ? {
        kind: 'websocketsCut',
        people: [],
        text: 'While autohttps stops and starts, for some ten seconds, nobody reaches the hub: open notebooks lose their connection and find it again; kernels keep running.',
      }
    : { kind: 'untouched', people: [], text: 'Nobody notices anything of it.' };
}

function stepsOf(intent: CertificateIntent, observed: AcmeObserved): ClusterStep[] {
  const want = wantedOf(observed);
  switch (intent.verb) {
    case 'issue':
      return issueSteps(observed);
    case 'save':
      return keepSteps(observed, want);
    default:
      return isBack(observed) ? [] : [restore(want, intent.identity)];
  }
}

/** It is the copy, and autohttps runs with it. */
function isBack({ certificate, kept, autohttps }: AcmeObserved): boolean {
  const same = certificate !== undefined && certificate.fingerprint === kept?.certificate.fingerprint;
  return same && autohttps?.replicas !== 0;
}

function wantedOf({ domain, authority }: AcmeObserved): AcmeWanted {
  return { domain, authority };
}

/** Those by which traefik asks for the certificate, within the limits. */
export function issueSteps(observed: AcmeObserved): ClusterStep[] {
  const want = wantedOf(observed);
  const { name } = certificateState(observed);
  if (name === 'issued') return leftSteps(observed, want);
  const isHeld = name === 'notShown' && (observed.certificate?.daysLeft ?? 0) >= renewDays;
  if (isHeld) return leftSteps(observed, want);
  const issued = issuedStep(want, ['certificate:restart'], observed.certificate?.fingerprint);
  const behind = [issued, saveStep(want, [issued.id])];
  // It is asked for already: a second request would be one too many.
  const asked = name === 'requesting' || isRenewing(observed);
  return asked ? behind : [...askAgain(observed, want), ...behind];
}

/** What a run that was cut off once the certificate was there has left, or what traefik has not loaded. It asks for none. */
function leftSteps(observed: AcmeObserved, want: AcmeWanted): ClusterStep[] {
  const { autohttps } = observed;
  const isStopped = autohttps?.replicas === 0;
  const start: ClusterStep = {
    id: 'certificate:start',
    title: isStopped ? 'Start autohttps again' : 'Stop autohttps and start it again',
    reason: isStopped
      ? 'it is stopped, and the certificate is there'
      : 'it starts with the certificate that is there, and asks for none',
    needs: [],
    action: { kind: 'switchAuthority', want, starts: true },
  };
  const starts = isStopped || isNotLoaded(observed);
  return [...(starts ? [start] : []), ...keepSteps(observed, want)];
}

/** Nothing, where the copy is of one that holds as long. */
function keepSteps({ certificate, kept }: AcmeObserved, want: AcmeWanted): ClusterStep[] {
  const isKept = certificate === undefined || (kept?.certificate.until ?? '') >= certificate.until;
  return isKept ? [] : [saveStep(want, [])];
}

function isNotLoaded(observed: AcmeObserved): boolean {
  const id = doorFault(observed)?.id;
  return id === 'older' || id === 'other';
}

/** Autohttps has been started for the last request, which is minutes old, and has not said that it failed. */
function isRenewing({ attempts, authority, autohttps }: AcmeObserved): boolean {
  const last = attempts.findLast((attempt) => attempt.authority === authority);
  const started = autohttps?.pod?.createdSecondsAgo;
  if (last?.outcome !== 'asked' || last.ageSeconds >= askingSeconds || started === undefined) return false;
  return started <= last.ageSeconds && readLog(autohttps?.log ?? []) === undefined;
}

function askAgain(observed: AcmeObserved, want: AcmeWanted): ClusterStep[] {
  const open = firstOpen(certificateState(observed).conditions);
  return [
    {
      id: 'certificate:conditions',
      title: `See that the certificate of ${want.domain} can be asked for`,
      reason: open === undefined ? 'a request that fails is counted' : `now ${open.seen}`,
      needs: [],
      action: { kind: 'awaitConditions', want, orElse: 'fail' },
    },
    restartStep(want, ['certificate:conditions']),
  ];
}

function restore(want: AcmeWanted, identity: string | undefined): ClusterStep {
  return {
    id: 'certificate:restore',
    title: `Put the copy of the certificate of ${want.domain} back`,
    reason: 'autohttps stops for it and starts again',
    needs: [],
    action: { kind: 'restoreCertificate', want, ...(identity === undefined ? {} : { identity }) },
  };
}

function refusalOf({ environment: { name }, intent, observed }: Certificate): Refusal | undefined {
  const { certificate, domain, autohttps } = observed;
  const where = `environment ${name}`;
  if (intent.verb === 'save' && certificate === undefined) {
    const what = `There is no certificate of ${domain} to keep a copy of.`;
    return { what, where, fix: `\`hubwright certificates ${name}\` says why.` };
  }
  if (intent.verb === 'restore') return noRestore(observed, name);
  if (intent.verb !== 'issue') return undefined;
  const state = certificateState(observed);
  if (state.name === 'notDeployed') {
    return {
      what: state.what,
      where,
      fix: `\`hubwright deploy ${name}\` changes over; it waits until the certificate can be asked for.`,
    };
  }
  if (state.name === 'otherAuthority') {
    const what = `The certificate of ${domain} is another server’s than the file asks for.`;
    return { what, where, fix: `\`hubwright certificates ${name} promote\` changes over.` };
  }
  if (autohttps !== undefined) return undefined;
  return {
    what: 'HTTPS is off, and autohttps, which asks for certificates, is not there.',
    where,
    fix: `\`hubwright deploy ${name}\` waits until a certificate can be asked for, and then turns HTTPS on.`,
  };
}

/** Autohttps stops for it: not for nothing. */
function noRestore({ certificate, kept, domain }: AcmeObserved, environment: string): Refusal | undefined {
  const where = `environment ${environment}`;
  const ask = `\`hubwright certificates ${environment} issue\` asks for a new one.`;
  if (kept === undefined) {
    const what = `There is no copy of the certificate of ${domain}.`;
    return { what, where, fix: certificate === undefined ? ask : 'Nothing has to be put back.' };
  }
  if (kept.certificate.daysLeft < 0) {
    const what = `The copy of the certificate of ${domain} (${kept.where}) no longer holds.`;
    return { what, where, fix: ask };
  }
  if (certificate === undefined || certificate.until <= kept.certificate.until) return undefined;
  const what = `The certificate of ${domain} that is there holds for longer than its copy (${kept.where}).`;
  return { what, where, fix: 'Nothing has to be put back.' };
}
