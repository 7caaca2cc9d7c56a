import { isMap } from '../merge.ts';
import type { Finding, Path } from '../problem.ts';
import { isSecretName } from '../shape/secret-names.ts';
import { error, isWritten, warning } from './rule.ts';
import type { Rule } from './rule.ts';

/** Values for Helm are free; a secret in them is as open as anywhere else in the file. */
export const valuesWithoutSecrets: Rule = (view) =>
  isWritten(view, 'helmValues') ? plainSecrets(view.merged['helmValues'], ['helmValues']) : [];

function plainSecrets(value: unknown, path: Path): Finding[] {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    if (typeof child !== 'string') return plainSecrets(child, here);
    // Names of Secrets and of keys in them are not secret.
    if (child.length < 6 || !isSecretName(key) || /(name|ref|key)$/i.test(key)) return [];
    const found = warning({
      code: 'secret-in-values',
      path: here,
      message: `\`${key}\` looks like a secret, and everybody who sees the file can read it`,
      fix: "Put it into a Kubernetes Secret and refer to that; Hubwright makes the hub's own tokens by itself.",
    });
    return [{ ...found, masked: true as const }];
  });
}

/** Alertmanager sends mail through a server that it is told of. */
export const mailNeedsServer: Rule = ({ settings }) => {
  const { monitoring } = settings;
  if (typeof monitoring !== 'object' || monitoring.smtp !== undefined) return [];
  return Object.entries(monitoring.receivers).flatMap(([name, { email = [] }]) => {
    if (email.length === 0) return [];
    return [
      error({
        code: 'no-mail-server',
        path: ['monitoring', 'receivers', name, 'email'],
        message: 'Nothing says which server sends these mails: `monitoring.smtp` is missing',
        fix: 'Add, for example, `smtp: { host: smtp.example.org, from: jupyter@example.org }` under `monitoring`.',
      }),
    ];
  });
};

/** Below the hub's address, when the file has none. */
export const grafanaHasAddress: Rule = ({ settings }) => {
  const { monitoring, address, target } = settings;
  if (target !== 'kubernetes' || typeof monitoring !== 'object') return [];
  if (monitoring.grafana.expose !== 'path' || address === undefined) return [];
  if (address.domain !== undefined || address.floatingIp !== undefined) return [];
  return [
    error({
      code: 'no-address',
      path: ['monitoring', 'grafana', 'expose'],
      message: 'Grafana is to be below the address of the hub, and the file does not say that address',
      fix: 'Add `address: { domain: … }`, or write `expose: portForward`.',
    }),
  ];
};

/** A receiver that reaches nobody. */
export const receiversReachSomebody: Rule = ({ settings }) => {
  const { monitoring } = settings;
  if (typeof monitoring !== 'object') return [];
  return Object.entries(monitoring.receivers).flatMap(([name, { email = [], webhook, slack }]) => {
    if (email.length > 0 || webhook !== undefined || slack !== undefined) return [];
    return [
      warning({
        code: 'empty-receiver',
        path: ['monitoring', 'receivers', name],
        at: 'key',
        message: `The receiver \`${name}\` reaches nobody`,
        fix: 'Add, for example, `email: [ops@example.org]`.',
      }),
    ];
  });
};
