import { error, isWritten, warning } from './rule.ts';
import type { Rule, View } from './rule.ts';

const alternatives = ['letsEncrypt', 'secretName', 'files'] as const;

/** Settings of HTTPS where it is used: on a cluster, and not off. */
function httpsOf({ settings }: View) {
  const { https, target } = settings;
  return target !== 'kubernetes' || https === undefined || typeof https !== 'object' ? undefined : https;
}

/** A certificate comes from one place. */
export const oneCertificate: Rule = (view) => {
  const https = httpsOf(view);
  if (https === undefined) return [];
  const chosen = alternatives.filter((key) => https[key] !== undefined);
  if (chosen.length === 1) return [];
  if (chosen.length === 0) {
    return [
      error({
        code: 'https-nothing',
        path: ['https'],
        at: 'key',
        message: '`https` does not say where the certificate comes from',
        fix: 'Write `https: { letsEncrypt: {} }`, `{ secretName: hub-tls }`, `{ files: … }` or `https: off`.',
      }),
    ];
  }
  const names = chosen.map((key) => `\`${key}\``).join(' and ');
  return [
    error({
      code: 'https-several',
      path: ['https', chosen[1] ?? 'files'],
      at: 'key',
      message: `${names} are both written, and a certificate comes from one place`,
      fix: 'Keep one of them.',
    }),
  ];
};

/** A certificate is for a name. */
export const httpsNeedsDomain: Rule = (view) => {
  const { address } = view.settings;
  if (httpsOf(view) === undefined || address === undefined || address.domain !== undefined) return [];
  return [
    error({
      code: 'https-without-domain',
      path: ['address', 'domain'],
      at: 'key',
      message: 'HTTPS needs the public name of the hub, and `address.domain` is not written',
      fix: 'Add, for example, `address: { domain: training.jupyter.example.org }`, or write `https: off`.',
    }),
  ];
};

/** A name, not an address. */
export const domainIsName: Rule = ({ settings }) => {
  const domain = settings.address?.domain;
  if (domain === undefined || !/^[0-9.]+$/.test(domain)) return [];
  return [
    error({
      code: 'domain-is-address',
      path: ['address', 'domain'],
      message: `\`${domain}\` is an address, and \`domain\` is a name`,
      fix: `Write \`floatingIp: ${domain}\`, and the name that points to it as \`domain\`.`,
    }),
  ];
};

/** Let's Encrypt writes to the account's address, and asks for one. */
export const letsEncryptNeedsEmail: Rule = (view) => {
  if (httpsOf(view)?.letsEncrypt === undefined || isWritten(view, 'contactEmail')) return [];
  return [
    error({
      code: 'lets-encrypt-email',
      path: ['https', 'letsEncrypt'],
      at: 'key',
      message: "Let's Encrypt needs an address to write to, and `contactEmail` is not written",
      fix: 'Add, for example, `contactEmail: cloud-support@example.org`.',
    }),
  ];
};

const privateEndings =
  /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|test|invalid|onion|home\.arpa)$/i;
const exampleNames = /(^|\.)example(\.(com|net|org))?$/i;

/** Let's Encrypt gives certificates for names of the public DNS only. */
export const letsEncryptNeedsPublicName: Rule = (view) => {
  const domain = view.settings.address?.domain;
  if (httpsOf(view)?.letsEncrypt === undefined || domain === undefined || /^[0-9.]+$/.test(domain)) return [];
  const path = ['address', 'domain'];
  if (!domain.includes('.') || privateEndings.test(domain)) {
    const message = `Let's Encrypt gives no certificate for \`${domain}\`: it is not a name of the public DNS`;
    return [
      error({
        code: 'lets-encrypt-private-name',
        path,
        message,
        fix: 'Use a public name, or a certificate of your own: `https: { secretName: hub-tls }`.',
      }),
    ];
  }
  if (!exampleNames.test(domain)) return [];
  return [
    warning({
      code: 'example-name',
      path,
      message: `\`${domain}\` is a name for examples, and Let's Encrypt gives no certificate for it`,
      fix: 'Put in the name of your hub before you deploy.',
    }),
  ];
};

/** Let's Encrypt has to reach the hub from outside. */
export const letsEncryptNeedsPublicAddress: Rule = (view) => {
  const address = view.settings.address?.floatingIp;
  if (httpsOf(view)?.letsEncrypt === undefined || address === undefined) return [];
  if (
    !/^(10|127|0)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
      address,
    )
  )
    return [];
  return [
    warning({
      code: 'lets-encrypt-private-address',
      path: ['address', 'floatingIp'],
      message: `Let's Encrypt must reach port 80 of the hub, and \`${address}\` is a private address`,
      fix: 'Use a public floating IP, or a certificate of your own: `https: { secretName: hub-tls }`.',
    }),
  ];
};

/** Passwords travel in the clear where nobody decided so. */
export const httpsDecided: Rule = (view) => {
  const { target, https } = view.settings;
  if (
    target !== 'kubernetes' ||
    https !== 'off' ||
    isWritten(view, 'https') ||
    isWritten(view, 'auth', 'oidc')
  )
    return [];
  return [
    warning({
      code: 'no-https',
      path: ['https'],
      at: 'key',
      message: 'There is no `https`, so passwords travel in the clear',
      fix: 'Add `https: { letsEncrypt: {} }` and `address.domain`; write `https: off` if that is what you want.',
    }),
  ];
};
