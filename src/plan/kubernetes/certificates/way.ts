import { httpsOf } from '../../../config/acme-values.ts';
import { canonicalJson } from '../../../platform/fingerprint.ts';
import type { Values } from '../../../config/values.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import type { KubernetesObject, Release, System } from '../../../platform/kubernetes/system.ts';
import type { ClusterObserved } from '../observed.ts';
import { releaseKey } from '../releases.ts';
import type { AcmeWanted } from './observed.ts';
import { isOfOther } from './state.ts';
import { acmeWanted, hubReleaseOf, withHttps } from './wanted.ts';

/** How a deploy comes to the certificate that the file wants of Let's Encrypt. */
export interface CertificateWay {
  readonly want: AcmeWanted;
  /**
   * `asIs`: it is there, or asked for. `restore`: from the copy. `switch`: from the copy, in the place of another server's.
   * `ask`: the release first keeps the HTTPS that it has, until the new one can be asked for. `askAgain`: it has it already,
   * and another server's certificate has kept traefik from asking.
   */
  readonly kind: 'asIs' | 'restore' | 'switch' | 'ask' | 'askAgain';
  /** The release with the HTTPS that the file wants, where another one comes first. */
  readonly second?: Release;
  /** One that can be used. */
  readonly isThere: boolean;
  /** Until then there is no HTTPS at all. */
  readonly plainFirst: boolean;
  /** The release changes, and so starts autohttps again. */
  readonly starts: boolean;
  /** A copy of the certificate that is there has yet to be kept. */
  readonly saves: boolean;
}

interface Looked {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: Pick<ClusterObserved, 'releases' | 'certificate' | 'keptCertificates'>;
}

/** undefined: the certificate is not Let's Encrypt's business. */
export function certificateWay({ environment, systems, observed }: Looked): CertificateWay | undefined {
  const want = acmeWanted(environment, systems);
  const release = hubReleaseOf(systems);
  if (want === undefined || release === undefined) return undefined;
  const { certificate, keptCertificates = [] } = observed;
  const there = certificate !== undefined && isUsable(certificate, want);
  const kept = keptCertificates.find((copy) => copy.authority === want.authority && copy.daysLeft >= 0);
  const way = {
    want,
    isThere: there,
    plainFirst: false,
    starts: true,
    saves: there && isUnsaved(observed),
  };
  if (there) return { ...way, kind: 'asIs' };
  const switches = certificate !== undefined && isOfOther(certificate, want.authority);
  const live = observed.releases[releaseKey(release)]?.newest.values;
  const now = live === undefined ? off : httpsOf(live);
  const asks = askedFor(now) === askedFor(httpsOf(release.values));
  if (kept !== undefined) return { ...way, kind: switches ? 'switch' : 'restore', starts: !asks };
  if (asks) return { ...way, kind: switches ? 'askAgain' : 'asIs' };
  return { ...way, kind: 'ask', second: release, plainFirst: now['enabled'] !== true };
}

const off: Values = { enabled: false };

/** What traefik asks for, and as whom: the rest of the values, in whatever words, makes it ask for nothing else. */
function askedFor({ enabled, type = 'letsencrypt', hosts, letsencrypt = {} }: Values): string {
  const { acmeServer, contactEmail } = letsencrypt as Values;
  return canonicalJson(
    [enabled === true, type, hosts, acmeServer, contactEmail].map((value) => value ?? null),
  );
}

/** The systems as they are deployed first: with the HTTPS that the release has now, or none. */
export function firstPhase({ environment, systems, observed }: Looked): readonly System[] {
  const way = certificateWay({ environment, systems, observed });
  if (way?.second === undefined) return systems;
  return systems.map((system) => {
    const { release } = system;
    if (system.id !== 'jupyterhub' || release === undefined) return system;
    const live = observed.releases[releaseKey(release)]?.newest.values;
    const now = live === undefined ? off : httpsOf(live);
    const https = now['enabled'] === true ? now : off;
    return { ...system, release: { ...release, values: withHttps(release.values, https) } };
  });
}

/**
 * What is there, without what is to stay as it is: autohttps that was stopped to make room for another server's
 * certificate. Started before the release has that server it would ask the old one again.
 */
export function withRoomKept(
  looked: Looked & { readonly observed: ClusterObserved },
): ClusterObserved['live'] {
  const { live } = looked.observed;
  const way = certificateWay(looked);
  if (way?.kind !== 'ask' || way.plainFirst) return live;
  return live.map((object) =>
    autohttpsPods(object) === 0
      ? { ...object, spec: { ...(object['spec'] as Values | undefined), replicas: 1 } }
      : object,
  );
}

/** How many pods traefik is to have; undefined: the object is another one. */
export function autohttpsPods({ kind, metadata, spec }: KubernetesObject): number | undefined {
  if (kind !== 'Deployment' || metadata.name !== 'autohttps') return undefined;
  return (spec as { readonly replicas?: number } | undefined)?.replicas ?? 1;
}

/** It has not ended, and nothing says that another server has given it. */
export function isUsable(
  certificate: NonNullable<ClusterObserved['certificate']>,
  { authority }: Pick<AcmeWanted, 'authority'>,
): boolean {
  return certificate.daysLeft >= 0 && !isOfOther(certificate, authority);
}

/** Whether there is a certificate that holds, whichever server has given it, and no copy as good. */
export function isUnsaved({
  certificate,
  keptCertificates = [],
}: Pick<ClusterObserved, 'certificate' | 'keptCertificates'>): boolean {
  if (certificate?.until === undefined || certificate.daysLeft < 0) return false;
  const copy = keptCertificates.find(({ authority }) => authority === certificate.authority);
  return copy === undefined || copy.until < certificate.until;
}

/** What lets strangers in: while HTTPS is off nobody knows who listens. undefined: nothing does. */
export function openSignUp({ values }: Release): string | undefined {
  const hub = (values['hub'] ?? {}) as Values;
  const config = (hub['config'] ?? {}) as Values;
  const native = (config['NativeAuthenticator'] ?? {}) as Values;
  const names = ['enable_signup', 'open_signup'].filter((name) => native[name] === true);
  const dummy = ((config['JupyterHub'] ?? {}) as Values)['authenticator_class'] === 'dummy';
  if (dummy) return 'hub.config.JupyterHub.authenticator_class: dummy';
  return names[0] === undefined ? undefined : `hub.config.NativeAuthenticator.${names[0]}: true`;
}
