import { UserError, messageOf } from '../../errors.ts';
import { errorCode } from '../files.ts';
import { isCertificateFault } from '../requests.ts';
import type { Cloud } from './clouds/load.ts';
import type { Secrets } from './secrets.ts';

/** Which of the cloud's services, by its official type. */
export type ServiceType = 'identity' | 'load-balancer' | 'network' | 'compute';

/** Why it was refused, for those who do something about it. */
export type Refusal =
  | 'quota'
  /** Another change is under way, or the state allows none. */
  | 'busy'
  /** It is not what it was any more. */
  | 'changed'
  | 'forbidden'
  | 'missing'
  | 'unauthorized'
  /** It may have been done, or not: the answer was lost. */
  | 'unknown'
  | 'other';

/** A refusal of the cloud's. */
export class OpenstackError extends UserError {
  readonly service: ServiceType;
  readonly refusal: Refusal;
  readonly status: number | undefined;
  /** By which those who run the cloud find it in their logs. */
  readonly requestId: string | undefined;

  constructor(
    problem: ConstructorParameters<typeof UserError>[0],
    about: Pick<OpenstackError, 'service' | 'refusal' | 'status' | 'requestId'>,
  ) {
    super(problem);
    this.service = about.service;
    this.refusal = about.refusal;
    this.status = about.status;
    this.requestId = about.requestId;
  }
}

/** Whether that is why it was refused. */
export function isRefusal(error: unknown, refusal: Refusal): error is OpenstackError {
  return error instanceof OpenstackError && error.refusal === refusal;
}

/** What was asked of whom. */
export interface Asked {
  readonly service: ServiceType;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  /** In words: `load balancer 1234`. */
  readonly subject: string;
}

/** What an explanation knows besides. */
export interface Context {
  readonly cloud: Pick<Cloud, 'name' | 'where' | 'credentials'>;
  readonly secrets: Secrets;
  /** Those of the last token. */
  roles: readonly string[];
}

interface Failure {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
}

export const serviceNames: Readonly<Record<ServiceType, string>> = {
  identity: 'Keystone',
  'load-balancer': 'Octavia',
  network: 'Neutron',
  compute: 'Nova',
};

/** Why the service refused. */
export function explainAnswer(failure: Failure, asked: Asked, context: Context): OpenstackError {
  const said = messageIn(failure.body);
  const refusal = refusalOf(failure.status, said, asked.method);
  const { what, fix } = wordsFor(refusal, failure.status, asked, context);
  return new OpenstackError(
    {
      what,
      fix,
      where: placeOf(asked, context, failure.requestId),
      details: context.secrets.hide(said) || undefined,
    },
    { service: asked.service, refusal, status: failure.status, requestId: failure.requestId },
  );
}

/** Whether the answer says that the object is being changed, or cannot be in the state that it is in. */
export function isBusy({ status, body }: Failure): boolean {
  return refusalOf(status, messageIn(body), 'PUT') === 'busy';
}

function refusalOf(status: number, said: string, method: Asked['method']): Refusal {
  if (status === 401) return 'unauthorized';
  // Octavia and Nova say it with 403, Neutron with 409.
  if ([403, 409, 413].includes(status) && /quota/i.test(said)) return 'quota';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  if (status === 409 && /PENDING_|immutable/.test(said)) return 'busy';
  if (status === 409 || status === 412) return 'changed';
  return status >= 500 && status !== 503 && method === 'POST' ? 'unknown' : 'other';
}

function wordsFor(
  refusal: Refusal,
  status: number,
  asked: Asked,
  { cloud, roles }: Context,
): { readonly what: string; readonly fix: string } {
  const service = serviceNames[asked.service];
  const { subject } = asked;
  switch (refusal) {
    case 'unauthorized':
      return asked.service === 'identity' ? badCredentials(cloud) : badToken(service);
    case 'quota':
      return {
        what: `The project's quota does not allow ${subject}.`,
        fix: `See what is used: \`${quotaCommand(asked.service, cloud.name)}\`. Free some, or ask those who run the cloud for more.`,
      };
    case 'forbidden':
      return {
        what: `You may not ${verbs[asked.method]} ${subject}: your roles in the project are ${roles.join(', ') || 'none'}.`,
        fix: `Ask those who run the cloud for the role that it needs (${asked.service === 'load-balancer' ? '`load-balancer_member`' : '`member`'}).`,
      };
    case 'missing':
      return {
        what: `${service} has no ${subject}.`,
        fix: `It may have been deleted meanwhile, or be another project's. See what there is: \`openstack --os-cloud ${cloud.name} ${lists[asked.service]}\`.`,
      };
    case 'busy':
      return {
        what: `${subject} is being changed, or its state allows no change.`,
        fix: 'Wait until its provisioning status is ACTIVE, then run the command again. One that stays PENDING is for those who run the cloud.',
      };
    case 'changed':
      return {
        what: `${subject} was changed by somebody else at the same moment, or is in use.`,
        fix: 'Look at it, then run the command again.',
      };
    default:
      return status >= 429
        ? {
            what: `${service} does not do its work: it answers ${status} again and again.`,
            fix: 'Run the command again in a while: it continues. If it stays so, tell those who run the cloud; the number of the request says where they find it.',
          }
        : {
            what: `${service} refuses ${subject}.`,
            fix: 'What it says is below. If it came from hub.yaml, mend it there; else report it as a bug.',
          };
  }
}

const lists: Readonly<Record<ServiceType, string>> = {
  identity: 'catalog list',
  'load-balancer': 'loadbalancer list',
  network: 'floating ip list',
  compute: 'flavor list',
};

const verbs = { GET: 'see', POST: 'make', PUT: 'change', DELETE: 'delete' } as const;

function badCredentials({ name, where, credentials }: Context['cloud']): {
  readonly what: string;
  readonly fix: string;
} {
  return {
    what: `The cloud ${name} does not accept ${credentials.who}: it is not known, the secret is wrong, or it has ended.`,
    fix: `Correct it in ${where}, or make a new one: \`openstack application credential create hubwright\`. Whether it works then: \`openstack --os-cloud ${name} token issue\`.`,
  };
}

function badToken(service: string): { readonly what: string; readonly fix: string } {
  return {
    what: `${service} does not accept the token that Keystone has just given.`,
    fix: 'Tell those who run the cloud: its clocks differ, or the service does not reach Keystone. Then run the command again.',
  };
}

function quotaCommand(service: ServiceType, cloud: string): string {
  if (service === 'load-balancer') return `openstack --os-cloud ${cloud} loadbalancer quota show`;
  return `openstack --os-cloud ${cloud} quota show --usage --${service === 'network' ? 'network' : 'compute'}`;
}

/** Why no answer came. @param waited seconds, where it was the waiting that ended. */
export function explainSilence(
  error: unknown,
  asked: Asked,
  context: Context,
  { waited, requestId }: { readonly waited: number | undefined; readonly requestId: string },
): OpenstackError {
  const service = serviceNames[asked.service];
  const refusal = asked.method === 'POST' && !neverSent(error) ? 'unknown' : 'other';
  const about = { service: asked.service, refusal, status: undefined, requestId } as const;
  const where = placeOf(asked, context, requestId);
  const details = waited === undefined ? context.secrets.hide(messageOf(error)) : undefined;
  if (isCertificateFault(error))
    return new OpenstackError(
      {
        what:
          errorCode(error) === 'ERR_TLS_CERT_ALTNAME_INVALID'
            ? `${service}'s certificate is for another name.`
            : `${service}'s certificate cannot be trusted.`,
        where,
        fix: "Name the file of the cloud's certificate authority as `cacert` in clouds.yaml (OS_CACERT); those who run the cloud have it.",
        details,
      },
      about,
    );
  return new OpenstackError(
    {
      what:
        waited === undefined
          ? `${service} cannot be reached.`
          : `${service} does not answer within ${waited} seconds.`,
      where,
      fix: `Check the network (a VPN? a proxy?) and the address: \`openstack --os-cloud ${context.cloud.name} catalog list\`. Then run the command again: it continues.`,
      details,
    },
    about,
  );
}

/** The request has not left this machine. */
export function neverSent(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return (
    isCertificateFault(error) || /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)
  );
}

/** What answers is not an OpenStack service. */
export function explainNonsense(body: string, asked: Asked, context: Context): OpenstackError {
  return new OpenstackError(
    {
      what: `What answers there is not ${serviceNames[asked.service]}.`,
      where: placeOf(asked, context, undefined),
      fix: `See whether a proxy or a log-in page stands in between: \`openstack --os-cloud ${context.cloud.name} catalog list\`.`,
      details: context.secrets.hide(body.slice(0, 500)) || undefined,
    },
    { service: asked.service, refusal: 'other', status: undefined, requestId: undefined },
  );
}

/** Without the query, and without a name and password that an address may have. */
function placeOf({ method, url }: Asked, { cloud }: Context, requestId: string | undefined): string {
  const { origin, pathname } = new URL(url);
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  return `${method} ${origin}${pathname} (cloud ${cloud.name}${request})`;
}

/** The service's own words: each has another shape for them. */
function messageIn(body: string): string {
  try {
    return longestText(JSON.parse(body)).slice(0, 1000);
  } catch {
    return body
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 500);
  }
}

/** `faultstring` of Octavia, `NeutronError.message`, `forbidden.message` of Nova, `error.message` of Keystone, `errors[].detail`. */
function longestText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const { faultstring, message, detail, type } = value as Record<string, unknown>;
  const own = [faultstring, message, detail].filter((each) => typeof each === 'string' && each !== '');
  if (own.length > 0) return [...(typeof type === 'string' ? [type] : []), ...own].join(': ');
  return (
    Object.values(value)
      .map(longestText)
      .find((each) => each !== '') ?? ''
  );
}
