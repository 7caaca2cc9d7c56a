import { serviceAnnotations } from '../../../config/cloud-controller.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import { durationSeconds } from '../../../config/units.ts';
import type { Values } from '../../../config/values.ts';
import { secret } from '../../../config/values.ts';

const acmeServers = {
  production: 'https://acme-v02.api.letsencrypt.org/directory',
  staging: 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const;

/** `proxy`: the public Service and the certificate. */
export function proxy(environment: Environment): Values {
  return {
    secretToken: secret('proxyToken'),
    https: httpsValues(environment),
    service: serviceValues(environment),
  };
}

/** How the hub's address begins. */
export function scheme({ https }: Environment): 'http' | 'https' {
  return typeof https === 'object' ? 'https' : 'http';
}

/** Name or address of the hub, as people type it; undefined where only the cloud will know. */
export function authority({ address }: Environment): string | undefined {
  return address.domain ?? address.floatingIp;
}

function httpsValues({ https, address, contactEmail }: Environment): Values {
  if (typeof https !== 'object') return { enabled: false };
  const hosts = address.domain === undefined ? [] : [address.domain];
  if (https.secretName !== undefined) {
    return { enabled: true, hosts, type: 'secret', secret: { name: https.secretName } };
  }
  if (https.files !== undefined) {
    // In the values, not in a Secret beside them: the proxy reads a certificate only when it starts, and the chart
    // restarts it when this one changes.
    const manual = { cert: secret('tlsCertificate'), key: secret('tlsKey') };
    return { enabled: true, hosts, type: 'manual', manual };
  }
  const acmeServer = acmeServers[https.letsEncrypt?.staging === true ? 'staging' : 'production'];
  return {
    enabled: true,
    hosts,
    type: 'letsencrypt',
    letsencrypt: { acmeServer, ...(contactEmail === undefined ? {} : { contactEmail }) },
  };
}

function serviceValues({ address }: Environment): Values {
  // Octavia counts in milliseconds. Other clouds ignore the annotations.
  const timeout = String(durationSeconds(address.idleConnectionTimeout) * 1000);
  return {
    type: 'LoadBalancer',
    ...(address.floatingIp === undefined ? {} : { loadBalancerIP: address.floatingIp }),
    annotations: {
      [serviceAnnotations.clientTimeout]: timeout,
      [serviceAnnotations.memberTimeout]: timeout,
    },
  };
}
