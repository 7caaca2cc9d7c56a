import { X509Certificate } from 'node:crypto';
import { UserError, messageOf } from '../../errors.ts';
import { errorCode } from '../files.ts';
import { isCertificateFault } from '../requests.ts';
import type { ApiResource } from './api.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import type { HttpAnswer } from './transport.ts';

/** What was asked, in the words of permissions. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';
  /** undefined: not about objects (the version, discovery). */
  readonly resource?: ApiResource | undefined;
  readonly subresource?: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Fields that somebody else set and that we wanted to set too. */
interface FieldOwner {
  /** `.spec.replicas` */
  readonly field: string;
  /** The other's field manager: `kubectl-edit`. */
  readonly manager: string;
}

/** Server-side apply found fields that belong to somebody else. Never forced without being asked. */
export class FieldConflict extends UserError {
  readonly conflicts: readonly FieldOwner[];

  constructor(what: string, where: string, conflicts: readonly FieldOwner[], show: string) {
    super({
      what,
      where,
      fix: `See who set what: \`${show}\`. Where the other is right, put its value into hub.yaml; where it was a mistake, undo it there, then run the command again.`,
      details: conflicts.map(({ field, manager }) => `${field} was set by ${manager}`).join('\n'),
    });
    this.conflicts = conflicts;
  }
}

/** The namespace in which something should be made is not there. */
export class NamespaceMissing extends UserError {}

/** One may not do that. */
export class Forbidden extends UserError {}

/** The part of a Status object that is read (Kubernetes API conventions, "Response Status Kind"). */
interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

/** Why the server refused. */
export function explainStatus(answer: HttpAnswer, asked: Asked, access: ClusterAccess): UserError {
  const status = statusOf(answer.body);
  const where = placeOf(access);
  if (answer.status === 401) return unauthorized(access);
  if (answer.status === 403) return forbidden(status, asked, access);
  if (answer.status === 409) return conflict(status, asked, access);
  if (answer.status === 404) return missing(status, asked, access);
  if (asked.subresource === 'log' && answer.status < 429)
    return new UserError({
      what: `${nameOf(asked)} has no such log.`,
      where,
      fix: `See how it is: \`kubectl --context ${access.context} describe pod ${asked.name ?? ''}${inNamespace(asked)}\`.`,
      details: status.message ?? answer.body.slice(0, 500),
    });
  if (answer.status === 429 || answer.status >= 500)
    return new UserError({
      what: `The API server does not do its work: it answers ${answer.status} again and again.`,
      where,
      fix: `See what it says of itself: \`kubectl --context ${access.context} get --raw '/readyz?verbose'\`. Then run the command again: it continues.`,
      details: status.message ?? answer.body.slice(0, 500),
    });
  return new UserError({
    what: `The cluster refuses ${nameOf(asked)}.`,
    where,
    fix: 'What it says is below. If it came from `helmValues` in hub.yaml, mend it there; else report it as a bug.',
    details: status.message ?? `${answer.status} ${answer.body.slice(0, 500)}`,
  });
}

/** Why no answer came. @param waited seconds, where it was the waiting that ended. */
export function explainNetwork(error: unknown, access: ClusterAccess, waited?: number): UserError {
  const where = placeOf(access);
  const details = messageOf(error);
  if (isCertificateFault(error))
    return new UserError({
      what:
        errorCode(error) === 'ERR_TLS_CERT_ALTNAME_INVALID'
          ? "The API server's certificate is for another name."
          : "The API server's certificate cannot be trusted.",
      where,
      fix: 'Get a new kubeconfig for this cluster: its `certificate-authority-data` does not fit the server, or something stands in between.',
      details,
      cause: error,
    });
  return new UserError({
    what:
      waited === undefined
        ? 'The API server cannot be reached.'
        : `The API server does not answer within ${waited} seconds.`,
    where,
    fix: `Check the network (a VPN?) and the address: \`kubectl --context ${access.context} version\`. Then run the command again: it continues.`,
    details: waited === undefined ? details : undefined,
    cause: error,
  });
}

/** What should be there is not: the object, or the namespace for it. */
function missing(status: Status, asked: Asked, access: ClusterAccess): UserError {
  const where = placeOf(access);
  const { namespace, resource } = asked;
  if (namespace !== undefined && /namespaces ".*" not found/.test(status.message ?? ''))
    return new NamespaceMissing({
      what: `There is no namespace ${namespace}.`,
      where,
      fix: `Make it: \`kubectl --context ${access.context} create namespace ${namespace}\`. Then run the command again.`,
    });
  return new UserError({
    what: `There is no ${nameOf(asked)}.`,
    where,
    fix: `See what there is: \`kubectl --context ${access.context} get ${resource?.plural ?? 'all'}${inNamespace(asked)}\`.`,
    details: status.message,
  });
}

function unauthorized(access: ClusterAccess): UserError {
  const { user, files, context } = access;
  const expired = certificateEnd(user['client-certificate-data']);
  return new UserError({
    what: expired
      ? `The cluster does not know you: your client certificate ended on ${expired}.`
      : 'The cluster does not know you: your credentials are wrong or have expired.',
    where: placeOf(access),
    fix: `${renewal(access)} Whether it works then: \`kubectl --context ${context} auth whoami\`.`,
    details: `kubeconfig: ${files.join(', ')}`,
  });
}

function renewal({ user }: ClusterAccess): string {
  if (user.exec)
    return `Log in anew: \`${[user.exec.command, ...(user.exec.args ?? [])].join(' ')}\` gives your credentials.`;
  if (user.tokenFile) return `Put a new token into ${user.tokenFile}.`;
  if (user.token) return 'Get a new token and put it into the kubeconfig: `kubectl config set-credentials`.';
  return 'Get a new kubeconfig for this cluster (with Cluster API: `clusterctl get kubeconfig NAME`).';
}

/** The day on which the certificate ended; undefined: it has not, or cannot be read. */
function certificateEnd(data: string | null | undefined): string | undefined {
  if (!data) return undefined;
  try {
    const { validToDate } = new X509Certificate(Buffer.from(data, 'base64'));
    return validToDate.getTime() < Date.now() ? validToDate.toISOString().slice(0, 10) : undefined;
  } catch {
    // Only said where it is sure.
    return undefined;
  }
}

function forbidden(status: Status, asked: Asked, access: ClusterAccess): UserError {
  const message = status.message ?? '';
  const permission = / cannot (\w+) (resource|path) /.test(message);
  const quota = /exceeded quota: (.*)$/.exec(message)?.[1];
  const about = { where: placeOf(access), details: message };
  if (quota)
    return new UserError({
      ...about,
      what: `The namespace's quota does not allow ${nameOf(asked)}.`,
      fix: `See what is used: \`kubectl --context ${access.context} describe resourcequota${inNamespace(asked)}\`. Free some, or have it raised.`,
    });
  if (status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating'))
    return new UserError({
      ...about,
      what: `Namespace ${asked.namespace ?? ''} is being deleted: nothing new can be made in it.`,
      fix: `Wait until it is gone: \`kubectl --context ${access.context} wait --for=delete namespace/${asked.namespace ?? ''}\`. Then run the command again.`,
    });
  if (!permission)
    return new UserError({
      ...about,
      what: `A rule of the cluster forbids ${nameOf(asked)}.`,
      fix: 'What it says is below; those who run the cluster can change the rule.',
    });
  const check = canI(asked, access.context);
  return new Forbidden({
    ...about,
    what: `You may not ${asked.verb} ${asked.resource?.plural ?? 'this'}${asked.subresource ? ` (${asked.subresource})` : ''} ${asked.namespace === undefined ? 'in the whole cluster' : `in namespace ${asked.namespace}`}.`,
    fix: `Ask those who run the cluster for that right; \`${check}\` says when you have it.`,
  });
}

/** The command that tells whether one may do what was asked. */
function canI({ verb, resource, subresource, namespace, name }: Asked, context: string): string {
  const group = resource?.group ? `.${resource.group}` : '';
  const target = resource ? `${resource.plural}${group}${name ? `/${name}` : ''}` : 'ALL';
  return `kubectl --context ${context} auth can-i ${verb} ${target}${subresource ? ` --subresource=${subresource}` : ''}${
    namespace === undefined ? ' --all-namespaces' : ` -n ${namespace}`
  }`;
}

function conflict(status: Status, asked: Asked, access: ClusterAccess): UserError {
  const owners = (status.details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field, message }) => ({
      field: field ?? '',
      manager: /conflict with "([^"]*)"/.exec(message ?? '')?.[1] ?? 'somebody else',
    }));
  const where = placeOf(access);
  if (owners.length > 0) {
    const managers = [...new Set(owners.map(({ manager }) => manager))].join(', ');
    const show = `kubectl --context ${access.context} get ${asked.resource?.plural ?? ''} ${asked.name ?? ''}${inNamespace(asked)} -o yaml --show-managed-fields`;
    return new FieldConflict(`${nameOf(asked)} was changed by ${managers}.`, where, owners, show);
  }
  return new UserError({
    what: `${nameOf(asked)} was changed by somebody else at the same moment, or is being deleted.`,
    where,
    fix: 'Run the command again: it continues.',
    details: status.message,
  });
}

function inNamespace({ namespace }: Asked): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}

/** `Deployment jupyterhub/hub` */
function nameOf({ resource, namespace, name }: Asked): string {
  if (!resource) return 'this';
  return `${resource.kind} ${[namespace, name].filter((part) => part !== undefined).join('/')}`.trim();
}

function placeOf({ cluster, context }: ClusterAccess): string {
  return `${cluster.server} (context ${context})`;
}

function statusOf(body: string): Status {
  try {
    return JSON.parse(body) as Status;
  } catch {
    // A load balancer's page in place of the server's own words.
    return {};
  }
}
