import type { Environment } from '../../../config/schema/environment.ts';
import type { System } from '../../../platform/kubernetes/system.ts';
import { fewNames } from '../../names.ts';
import type { Impact, Note, Refusal, Step } from '../../plan.ts';
import type { ClusterAction } from '../actions.ts';
import type { ClusterObserved } from '../observed.ts';
import type { AcmeWanted } from './observed.ts';
import { isAsked } from './budget.ts';
import { issuedStep, restartStep, saveStep } from './common-steps.ts';
import { type CertificateWay, autohttpsPods, certificateWay, openSignUp } from './way.ts';

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
}

type ClusterStep = Step<ClusterAction>;

/** The step that has to be done before the hub's release is deployed, where there is one. */
export const prepareId = 'certificate:prepare';

/** What a deploy does about the certificate, around the release of the hub. */
export function certificateSteps(
  looked: Looked,
  { namespaceStep, asks }: { readonly namespaceStep: string; readonly asks: boolean },
): ClusterStep[] {
  const way = certificateWay(looked);
  if (way === undefined) return [];
  const { want, kind, starts } = way;
  switch (kind) {
    case 'restore':
      return [
        prepare(
          `Certificate of ${want.domain}: put the copy back`,
          'so none has to be asked for',
          { kind: 'restoreCertificate', want },
          namespaceStep,
        ),
      ];
    case 'switch':
      return [
        prepare(
          `Certificate of ${want.domain}: change over to ${want.authority}`,
          'there is a copy of one from it',
          { kind: 'switchAuthority', want, starts: !starts },
          namespaceStep,
        ),
      ];
    case 'ask':
    case 'askAgain':
      return askSteps(way);
    default:
      return [...awaitStep(looked, want, asks), ...(way.saves ? [keepStep(want, [])] : [])];
  }
}

function prepare(title: string, reason: string, action: ClusterAction, namespaceStep: string): ClusterStep {
  return { id: prepareId, title, reason, needs: [namespaceStep], action };
}

function askSteps(way: CertificateWay): ClusterStep[] {
  const { want, plainFirst } = way;
  const conditions: ClusterStep = {
    id: 'certificate:conditions',
    title: `Certificate of ${want.domain}: wait for address, DNS and port 80`,
    reason: 'a request before that fails, and is counted',
    needs: ['jupyterhub:objects', 'jupyterhub:release', 'jupyterhub:ready', 'accounts'],
    action: { kind: 'awaitConditions', want, orElse: 'leave' },
  };
  const room = plainFirst ? [] : [roomStep(want, [conditions.id])];
  const ask = askStep(way, [conditions.id, ...room.map(({ id }) => id)]);
  const issued = issuedStep(want, [ask.id]);
  return [conditions, ...room, ask, issued, keepStep(want, [issued.id])];
}

function askStep({ want, second }: CertificateWay, needs: readonly string[]): ClusterStep {
  if (second === undefined) return { ...restartStep(want, needs), title: 'Start autohttps again' };
  return {
    id: 'certificate:https',
    title: `JupyterHub: HTTPS on (release ${second.name})`,
    reason: 'once the certificate can be asked for',
    needs,
    action: { kind: 'upgradeRelease', release: second, asksFor: want },
  };
}

/**
 * Where autohttps may run already: rolled out beside the old one, the new one would miss the answer to its challenge, and
 * traefik asks for nothing while it has another server's certificate.
 */
function roomStep(want: AcmeWanted, needs: readonly string[]): ClusterStep {
  return {
    id: 'certificate:switch',
    title: 'Stop autohttps, and make room for the new certificate',
    reason: 'two at once would take each other’s answers, and another server’s certificate is never replaced',
    needs,
    action: { kind: 'switchAuthority', want, starts: false },
  };
}

/** The upgrade asks for it, or a run that was cut off has left while it was asked for. */
function awaitStep({ observed }: Looked, want: AcmeWanted, asks: boolean): ClusterStep[] {
  const { certificate, requests = [], interrupted } = observed;
  const open = isAsked(requests, want.authority) || interrupted?.open.includes('certificate:issued') === true;
  return asks || (certificate === undefined && open)
    ? [issuedStep(want, ['jupyterhub:release', 'jupyterhub:ready'])]
    : [];
}

/** A plan with it comes to the same as one without. */
function keepStep(want: AcmeWanted, needs: readonly string[]): ClusterStep {
  return { ...saveStep(want, needs), incidental: true };
}

/** Passwords travel in the clear until HTTPS is on. */
export function certificateNotes(looked: Looked): Note[] {
  const way = certificateWay(looked);
  if (way?.kind !== 'ask') return [];
  const { domain } = way.want;
  const text = way.plainFirst
    ? `HTTPS comes in a second step, once ${domain} leads to the hub and port 80 answers: until then log-in is plain HTTP, so tell nobody the address before. Where that takes too long the deploy ends with HTTPS off and says what is missing; the next one goes on`
    : `HTTPS stays as it is until the new certificate can be asked for; where that takes too long the next deploy goes on`;
  return [{ severity: way.plainFirst ? 'warning' : 'info', text }];
}

/** Turning HTTPS on takes hub and proxy away once more (z2jh 4.4.0: both get a new pod). */
export function certificateImpacts(looked: Looked): Impact[] {
  const kind = certificateWay(looked)?.kind;
  const people = looked.observed.servers.map(({ user }) => user);
  if (kind === undefined || kind === 'asIs' || people.length === 0) return [];
  const lose = `open notebooks of ${fewNames(people)} lose their connection`;
  if (kind === 'ask') {
    const text = `When HTTPS is turned on, hub and proxy restart once more: ${lose}, and open again at https://; kernels keep running.`;
    return [{ kind: 'websocketsCut', people, text }];
  }
  if (!runsAutohttps(looked.observed)) return [];
  const text = `While autohttps stops and starts: ${lose} and find it again; kernels keep running.`;
  return [{ kind: 'websocketsCut', people, text }];
}

/** It stops wherever a certificate is put in the place of what it has. */
function runsAutohttps({ live }: ClusterObserved): boolean {
  return live.some((object) => (autohttpsPods(object) ?? 0) > 0);
}

/** Nobody may make an account while nobody knows who listens. */
export function certificateRefusal({ environment, ...looked }: Looked): Refusal | undefined {
  const way = certificateWay({ environment, ...looked });
  const opened = way?.plainFirst === true && way.second !== undefined ? openSignUp(way.second) : undefined;
  if (opened === undefined) return undefined;
  return {
    what: `Anybody could sign up while HTTPS is still off: \`${opened}\` is set.`,
    where: `environment ${environment.name}, helmValues.jupyterhub`,
    fix: 'Take it out until the certificate is there, or use a certificate of your own (`https.secretName` or `https.files`).',
    exitCode: 2,
  };
}
