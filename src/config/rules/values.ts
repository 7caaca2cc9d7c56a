import { isMap } from '../merge.ts';
import type { Finding, Path } from '../problem.ts';
import { isSecretName } from '../shape/secret-names.ts';
import { isWritten, warning } from './rule.ts';
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
