import { timeText } from './budget.ts';
import { type Condition, type ConditionId, conditionsOf, firstOpen } from './conditions.ts';
import { doorFault } from './door.ts';
import type { AcmeCertificate, AcmeObserved, CertificatesObserved } from './observed.ts';
import { ownState } from './own.ts';
import { type Cause, readLog } from './read-log.ts';

export type StateName =
  | 'noAddress'
  | 'balancerNotReady'
  | 'floatingIpWrong'
  | 'dnsWrong'
  | 'portClosed'
  | 'budgetSpent'
  | 'ready'
  | 'requesting'
  | 'failed'
  | 'otherAuthority'
  /** What runs asks for another name, or another server, than the file. */
  | 'notDeployed'
  /** It is there, and the world is shown something else. */
  | 'notShown'
  | 'issued'
  | 'renewing'
  | 'ended'
  /** Of certificates of people's own. */
  | 'missing'
  | 'unusable'
  | 'endsSoon';

/** Where an environment is on its way to a certificate, and what comes next. */
export interface CertificateState {
  readonly name: StateName;
  /** A whole sentence. */
  readonly what: string;
  /** undefined: for nothing. */
  readonly waitsFor?: string;
  /** A sentence; where it is for the command line, with the command in backquotes and ENV for the environment. */
  readonly todo?: string;
  /** Why it failed, as traefik tells. */
  readonly cause?: Cause;
  /** Of the way there, each as it was seen; none for certificates of people's own. */
  readonly conditions: readonly Condition[];
}

const stateOf: Readonly<Record<ConditionId, StateName>> = {
  address: 'noAddress',
  balancer: 'balancerNotReady',
  floatingIp: 'floatingIpWrong',
  dns: 'dnsWrong',
  port80: 'portClosed',
  budget: 'budgetSpent',
};

/** Traefik asks within seconds of its start; the answer takes some more, and secret-sync looks each half minute. */
export const askingSeconds = 5 * 60;
/** Let's Encrypt's certificates are renewed when this much is left (traefik, `certificatesDuration`). */
export const renewDays = 30;

/** Which state that is. */
export function certificateState(observed: CertificatesObserved): CertificateState {
  return observed.kind === 'own' ? ownState(observed) : acmeState(observed);
}

function acmeState(observed: AcmeObserved): CertificateState {
  const conditions = conditionsOf(observed);
  const { certificate } = observed;
  if (certificate !== undefined && isOfOther(certificate, observed.authority))
    return ofOther(observed, certificate, conditions);
  const notDeployed = undeployed(observed);
  if (notDeployed !== undefined) return { ...notDeployed, conditions };
  return certificate === undefined
    ? withoutCertificate(observed, conditions)
    : withCertificate(observed, certificate, conditions);
}

function ofOther(
  { domain, authority }: AcmeObserved,
  { issuer }: AcmeCertificate,
  conditions: readonly Condition[],
): CertificateState {
  return {
    name: 'otherAuthority',
    what: `The certificate of ${domain} is from ${issuer}, and the file asks for one of ${authority}.`,
    todo: 'traefik keeps what it has: `hubwright certificates ENV promote` changes over.',
    conditions,
  };
}

/** The file was changed since: whatever is asked for now is not what it wants. */
function undeployed({
  domain,
  authority,
  deployed,
}: AcmeObserved): Omit<CertificateState, 'conditions'> | undefined {
  if (deployed === undefined) return undefined;
  const isName = deployed.domains.includes(domain);
  if (isName && deployed.authority === authority) return undefined;
  const what = isName
    ? `The hub asks ${deployed.authority} for its certificate, and the file says ${authority}.`
    : `The hub is deployed for ${deployed.domains.join(', ') || 'no name'}, and the file says ${domain}.`;
  return { name: 'notDeployed', what, todo: '`hubwright deploy ENV` changes over.' };
}

function withCertificate(
  observed: AcmeObserved,
  certificate: AcmeCertificate,
  conditions: readonly Condition[],
): CertificateState {
  const { domain, autohttps } = observed;
  const days = certificate.daysLeft;
  const until = timeText(certificate.until);
  const cause = readLog(autohttps?.log ?? []);
  const why = cause === undefined ? {} : { cause };
  if (days < 0) {
    return {
      name: 'ended',
      what: `The certificate of ${domain} ended at ${until}: browsers refuse the hub.`,
      todo: whatNext(conditions, cause) ?? '`hubwright certificates ENV issue` asks for a new one.',
      ...why,
      conditions,
    };
  }
  const door = days < renewDays && cause !== undefined ? undefined : doorFault(observed);
  if (door !== undefined) return { name: 'notShown', what: door.what, todo: door.todo, conditions };
  if (days < renewDays) {
    return {
      name: 'renewing',
      what: `The certificate of ${domain} ends at ${until}, in ${days} days; traefik tries to renew it once a day.`,
      waitsFor: 'traefik’s next try',
      todo: whatNext(conditions, cause) ?? '`hubwright certificates ENV issue` has it try at once.',
      ...why,
      conditions,
    };
  }
  return {
    name: 'issued',
    what: `The certificate of ${domain} from ${certificate.issuer} holds until ${until}, ${days} days.`,
    conditions,
  };
}

function withoutCertificate(observed: AcmeObserved, conditions: readonly Condition[]): CertificateState {
  const { autohttps, domain } = observed;
  const asking = autohttps !== undefined && autohttps.replicas > 0;
  const cause = asking ? readLog(autohttps.log) : undefined;
  if (cause !== undefined) return failed(domain, cause, conditions);
  const { ageSeconds: age, createdSecondsAgo: created = 0 } = autohttps?.pod ?? {};
  if (asking && (age ?? created) < askingSeconds) {
    return {
      name: 'requesting',
      what: `traefik is asking for the certificate of ${domain}.`,
      waitsFor: age === undefined ? 'the pod of autohttps to start' : 'the certificate',
      conditions,
    };
  }
  if (asking) return failed(domain, age === undefined ? notStarted : silent, conditions);
  const open = firstOpen(conditions);
  if (open !== undefined) {
    const { id, seen, waitsFor, todo } = open;
    const wait = id === 'budget' ? [] : waitText(conditions);
    return {
      name: stateOf[id],
      what: `${sentence(seen)}.`,
      waitsFor,
      todo: [todo, ...wait].join(' '),
      conditions,
    };
  }
  return {
    name: 'ready',
    what: `All is ready to ask for the certificate of ${domain}.`,
    todo:
      autohttps === undefined
        ? '`hubwright deploy ENV` turns HTTPS on, and so asks for it.'
        : 'autohttps is stopped: `hubwright certificates ENV issue` starts it.',
    conditions,
  };
}

const silent: Cause = {
  kind: 'unknown',
  what: 'traefik has been running for more than five minutes, has no certificate, and says nothing about it.',
  todo: 'Read all of its log: `hubwright logs ENV certificates`.',
  line: '',
};

const notStarted: Cause = {
  kind: 'unknown',
  what: 'autohttps, which asks for it, has not started in five minutes.',
  todo: 'See why: `hubwright status ENV`.',
  line: '',
};

function failed(domain: string, cause: Cause, conditions: readonly Condition[]): CertificateState {
  const next = whatNext(conditions, cause);
  return {
    name: 'failed',
    what: `There is no certificate for ${domain}: ${cause.what}`,
    todo: `${next ?? cause.todo} Then \`hubwright certificates ENV issue\` has traefik ask again, which it does not do by itself.`,
    cause,
    conditions,
  };
}

/** What stands in the way of a request: first what can be mended, then what can only be waited for. */
function whatNext(conditions: readonly Condition[], cause?: Cause): string | undefined {
  const open = firstOpen(conditions);
  if (open?.id !== 'budget')
    return open && [`${sentence(open.seen)}: ${open.todo}`, ...waitText(conditions)].join(' ');
  if (cause === undefined) return `${sentence(open.seen)}: ${open.todo}`;
  // Of a limit there is nothing to mend.
  return [...(cause.kind === 'rateLimit' ? [] : [cause.todo]), ...waitText(conditions)].join(' ');
}

function waitText(conditions: readonly Condition[]): string[] {
  return conditions
    .filter(({ id, holds }) => id === 'budget' && holds === false)
    .map(({ seen, waitsFor }) => `${sentence(seen)}: wait for ${waitsFor}.`);
}

const settled: ReadonlySet<StateName> = new Set(['issued', 'renewing', 'otherAuthority', 'notDeployed']);

/** Whether it stays so until somebody has another command run: there is nothing on its way to wait for. */
export function isSettled(observed: CertificatesObserved): boolean {
  return observed.kind === 'own' || settled.has(certificateState(observed).name);
}

/** Whether another server has given it than that which is asked for. */
export function isOfOther({ authority }: Partial<AcmeCertificate>, wanted: string): boolean {
  return authority !== undefined && authority !== wanted;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A `todo` with the environment's name in its commands, which stands there as `ENV`. */
export function forEnvironment(text: string, environment: string): string {
  return text.replaceAll(/\bENV\b/g, environment);
}
