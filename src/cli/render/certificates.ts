import { timeText } from '../../plan/kubernetes/certificates/budget.ts';
import type { Condition } from '../../plan/kubernetes/certificates/conditions.ts';
import type { CertificatesObserved } from '../../plan/kubernetes/certificates/observed.ts';
import {
  type CertificateState,
  certificateState,
  forEnvironment,
} from '../../plan/kubernetes/certificates/state.ts';
import { doorSeen } from '../../plan/kubernetes/certificates/door.ts';
import type { Io } from '../io.ts';
import { paint } from './paint.ts';
import { widthOf, wrap } from './wrap.ts';

/** For machines. Nothing in it is secret: certificates are public. */
export function certificateEvent(environment: string, observed: CertificatesObserved): object {
  const { name, what, waitsFor, todo, cause, conditions } = certificateState(observed);
  return {
    type: 'result',
    environment,
    state: name,
    what,
    waitsFor,
    todo: todo === undefined ? undefined : forEnvironment(todo, environment),
    cause,
    conditions,
    observed,
  };
}

/** Nobody has to do anything now. */
export function isWell(observed: CertificatesObserved): boolean {
  const { name, cause, todo } = certificateState(observed);
  if (todo !== undefined && name !== 'renewing') return false;
  return name === 'issued' || name === 'requesting' || (name === 'renewing' && cause === undefined);
}

/** Where the certificate is on its way, what was seen, and what to do. */
export function renderCertificate(environment: string, observed: CertificatesObserved, io: Io): string {
  const colours = paint(io, 'stdout');
  const width = widthOf(io, 'stdout');
  const state = certificateState(observed);
  const mark = isWell(observed) ? colours.green('✔') : colours.red('✖');
  const lines = [
    `${mark} ${state.what}`,
    ...(state.waitsFor === undefined ? [] : [`  waits for ${state.waitsFor}`]),
    ...(state.todo === undefined ? [] : [`  fix: ${forEnvironment(state.todo, environment)}`]),
    ...(state.cause === undefined || state.cause.line === '' ? [] : [`  ${colours.dim(state.cause.line)}`]),
    ...[...state.conditions, ...doorSeen(observed)].map((seen) => conditionLine(seen, io)),
    ...[...keptLines(observed), ...loggedLines(observed)].map((text) => `${colours.dim('·')} ${text}`),
  ];
  return lines.map((line) => `${wrap(line, width, 2)}\n`).join('');
}

/** For `watch`: a line for each state. */
export function stateLine(environment: string, { what, waitsFor, todo }: CertificateState): string {
  const waits = waitsFor === undefined ? '' : ` Waits for ${waitsFor}.`;
  return `${what}${waits}${todo === undefined ? '' : ` ${forEnvironment(todo, environment)}`}\n`;
}

function conditionLine({ holds, seen }: Pick<Condition, 'holds' | 'seen'>, io: Io): string {
  const colours = paint(io, 'stdout');
  if (holds === 'unknown') return `${colours.dim('?')} ${seen}`;
  return `${holds ? colours.green('✔') : colours.yellow('◌')} ${seen}`;
}

function keptLines(observed: CertificatesObserved): string[] {
  if (observed.kind === 'own') return [];
  const { kept } = observed;
  return [
    kept === undefined
      ? `no copy is kept of a certificate from ${observed.authority}`
      : `a copy is kept in ${kept.where}, of one that holds until ${timeText(kept.certificate.until)}`,
  ];
}

const mostLogged = 8;

/** What crt.sh shows: also of those that others have asked for. */
function loggedLines(observed: CertificatesObserved): string[] {
  if (observed.kind === 'own' || observed.logs === undefined) return [];
  const { logs, domain } = observed;
  if ('notSeen' in logs) return [`the public logs of certificates were not seen: ${logs.notSeen}`];
  if (logs.found.length === 0) return [`the public logs have no certificate of ${domain} that holds`];
  const lines = logs.found.slice(0, mostLogged).map(({ at, until, issuer, names }) => {
    const end = until === undefined ? '' : `, until ${timeText(until)}`;
    return `in the public logs: given ${timeText(at)} by ${issuer} for ${names.join(', ')}${end}`;
  });
  const more = logs.found.length - lines.length;
  return more > 0 ? [...lines, `in the public logs: ${more} more, see https://crt.sh/?q=${domain}`] : lines;
}
