import { timeText } from './budget.ts';
import type { CertificateFacts, CertificatesObserved, DoorAnswer, PublicService } from './observed.ts';

/** Something that keeps people from the certificate that is there. */
interface DoorFault {
  /** `off`: HTTPS is. `closed`: port 443 does not answer. `older`: it shows one for the name that has not ended. `other`: any other, or none. */
  readonly id: 'off' | 'closed' | 'older' | 'other';
  /** A whole sentence. */
  readonly what: string;
  /** A sentence, with ENV for the environment. */
  readonly todo: string;
}

interface Door {
  readonly service: PublicService | undefined;
  readonly port443: readonly DoorAnswer[];
}

/** What the world is shown in place of the certificate that is in the cluster; undefined: just that, or nobody could look. */
export function doorFault(observed: CertificatesObserved): DoorFault | undefined {
  const door = doorOf(observed);
  const expected = expectedOf(observed);
  if (door === undefined || expected === undefined) return undefined;
  const off = whyOff(observed, door);
  if (off !== undefined) {
    const what = `The certificate is there, and HTTPS is off: ${off}.`;
    return { id: 'off', what, todo: '`hubwright deploy ENV` turns it on.' };
  }
  const wrong = door.port443.find((answer) => !isExpected(answer, observed, expected));
  return wrong && faultOf(wrong, observed);
}

/** A line for each address that was asked, as for conditions. */
export function doorSeen(
  observed: CertificatesObserved,
): { readonly holds: boolean | 'unknown'; readonly seen: string }[] {
  const door = doorOf(observed);
  const expected = expectedOf(observed);
  if (door?.service?.https !== true || expected === undefined) return [];
  if (door.port443.length === 0)
    return [{ holds: 'unknown', seen: 'port 443 was not asked: there is no address yet' }];
  return door.port443.map((answer) => ({
    holds: isExpected(answer, observed, expected),
    seen: seenText(answer),
  }));
}

function doorOf(observed: CertificatesObserved): Door | undefined {
  return observed.kind === 'own' ? observed.door : observed;
}

function expectedOf(observed: CertificatesObserved): CertificateFacts | undefined {
  return observed.kind === 'own' ? observed.own : observed.certificate;
}

function whyOff(observed: CertificatesObserved, { service }: Door): string | undefined {
  if (service === undefined) return 'there is no Service proxy-public';
  if (!service.https) return 'the Service proxy-public has no port 443';
  if (observed.kind === 'own') return undefined;
  if (observed.autohttps === undefined) return 'autohttps is not there';
  return observed.autohttps.replicas === 0 ? 'autohttps is stopped' : undefined;
}

function isExpected(answer: DoorAnswer, { kind }: CertificatesObserved, expected: CertificateFacts): boolean {
  if ('problem' in answer) return false;
  const { shown } = answer;
  if (shown.fingerprint === expected.fingerprint) return true;
  // traefik has just renewed it: it is kept half a minute later.
  return (
    kind === 'letsEncrypt' &&
    shown.coversDomain &&
    shown.issuer === expected.issuer &&
    shown.until > expected.until
  );
}

function seenText(answer: DoorAnswer): string {
  const port = `port 443 of ${answer.address}`;
  if ('problem' in answer) return `${port}, asked from this machine: ${answer.problem}`;
  const { names, issuer, until } = answer.shown;
  return `${port} shows a certificate of ${names.join(', ') || 'no name'} from ${issuer}, until ${timeText(until)}`;
}

function faultOf(answer: DoorAnswer, observed: CertificatesObserved): DoorFault {
  if ('problem' in answer && !answer.reached) {
    return {
      id: 'closed',
      what: `Port 443 of ${answer.address} does not answer, asked from this machine: ${answer.problem}.`,
      todo: 'Open port 443 to the world in the security group and the firewall before the load balancer; see that the load balancer listens there and that the proxy runs (`hubwright doctor ENV`).',
    };
  }
  const isOlder = 'shown' in answer && answer.shown.coversDomain;
  return {
    id: isOlder && answer.shown.daysLeft >= 0 ? 'older' : 'other',
    what:
      'problem' in answer
        ? `Port 443 of ${answer.address} answers without a certificate for the name: ${answer.problem}.`
        : `Another certificate is shown than the one that is there: ${seenText(answer)}.`,
    todo: observed.kind === 'own' ? ownTodo(isOlder) : acmeTodo,
  };
}

function ownTodo(isOlder: boolean): string {
  return isOlder
    ? 'The proxy reads it only when it starts: `hubwright deploy ENV` restarts it.'
    : 'See that the address leads to this hub (`hubwright addresses ENV`); where it does, `hubwright deploy ENV` has its proxy start with the certificate.';
}

const acmeTodo =
  'See that the address leads to this hub (`hubwright addresses ENV`). Where it does, `hubwright certificates ENV issue` has autohttps start again with the certificate that is there, and asks for none.';
