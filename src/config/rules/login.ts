import { isMap } from '../merge.ts';
import type { Path } from '../problem.ts';
import { error, isWritten, warning } from './rule.ts';
import type { Rule } from './rule.ts';

const at: Path = ['auth', 'oidc'];

/** Nobody can log in where no way to log in is written. */
export const someLogin: Rule = (view) => {
  if (isWritten(view, 'auth', 'accounts') || isWritten(view, 'auth', 'oidc')) return [];
  const { auth } = view.merged;
  // With something else in it, that is the mistake.
  if (auth !== undefined && (!isMap(auth) || Object.keys(auth).length > 0)) return [];
  return [
    error({
      code: 'no-login',
      path: ['auth'],
      at: 'key',
      message: 'Nothing says who may log in',
      fix: 'Add, for example, `auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 30 } } }`.',
    }),
  ];
};

/** JupyterHub has one way to log in. */
export const oneLogin: Rule = (view) => {
  if (!isWritten(view, 'auth', 'accounts') || !isWritten(view, 'auth', 'oidc')) return [];
  const message = '`accounts` and `oidc` are both written, and a hub has one way to log in';
  return [
    error({
      code: 'two-logins',
      path: at,
      at: 'key',
      message,
      fix: 'Keep one. (An environment that writes one of them drops the other from `defaults` by itself.)',
    }),
  ];
};

/** Without groups either nobody could log in, or everybody whom the provider knows. */
export const oidcHasGroups: Rule = ({ settings }) => {
  const oidc = settings.auth?.oidc;
  if (oidc === undefined) return [];
  if (oidc.adminGroups.length + oidc.allowedGroups.length === 0) {
    const message = 'No group is listed, so nobody may log in';
    return [
      error({
        code: 'oidc-groups',
        path: at,
        at: 'key',
        message,
        fix: 'Add `allowedGroups: [training/users]` and `adminGroups: [training/admins]`, with your groups.',
      }),
    ];
  }
  if (oidc.allowedGroups.length === 0) {
    const message = 'No group is in `allowedGroups`, so only administrators may log in';
    return [
      warning({
        code: 'oidc-groups',
        path: [...at, 'allowedGroups'],
        at: 'key',
        message,
        fix: 'Add, for example, `allowedGroups: [training/users]`.',
      }),
    ];
  }
  if (oidc.adminGroups.length > 0) return [];
  const message = "No group is in `adminGroups`, so nobody can look after the servers in the hub's own pages";
  return [
    warning({
      code: 'oidc-groups',
      path: [...at, 'adminGroups'],
      at: 'key',
      message,
      fix: 'Add, for example, `adminGroups: [training/admins]`.',
    }),
  ];
};

/** What a preset would fill in has to be written where there is none. */
export const oidcHasEndpoints: Rule = ({ settings }) => {
  const oidc = settings.auth?.oidc;
  if (oidc === undefined || oidc.preset !== undefined) return [];
  const needed = {
    authorizeUrl: 'https://iam.example.org/authorize',
    tokenUrl: 'https://iam.example.org/token',
    userdataUrl: 'https://iam.example.org/userinfo',
    usernameClaim: 'preferred_username',
  };
  const keys = (Object.keys(needed) as (keyof typeof needed)[]).filter((key) => oidc[key] === undefined);
  if (keys.length === 0) return [];
  const names = keys.map((key) => `\`${key}\``).join(', ');
  const example = keys.map((key) => `\`${key}: ${needed[key]}\``).join(', ');
  const message = `Without a \`preset\` the provider is unknown: ${names} ${keys.length === 1 ? 'is' : 'are'} missing`;
  return [
    error({
      code: 'oidc-endpoints',
      path: at,
      at: 'key',
      message,
      fix: `Write \`preset: iris-iam\`, or add ${example}.`,
    }),
  ];
};

/** Tokens and the client secret pass through these addresses. */
export const oidcOverHttps: Rule = ({ settings }) => {
  const oidc = settings.auth?.oidc;
  if (oidc === undefined) return [];
  return (['authorizeUrl', 'tokenUrl', 'userdataUrl'] as const).flatMap((key) => {
    const url = oidc[key];
    if (url === undefined || !url.startsWith('http://') || /^http:\/\/(localhost|127\.|\[::1\])/.test(url))
      return [];
    return [
      warning({
        code: 'oidc-http',
        path: [...at, key],
        message: `\`${key}\` is plain HTTP: whoever is in between can read the secret`,
        fix: `Write \`${url.replace('http:', 'https:')}\`.`,
      }),
    ];
  });
};

/** Most providers send people back to an https address only. */
export const oidcNeedsHttps: Rule = ({ settings }) => {
  if (settings.auth?.oidc === undefined || settings.target !== 'kubernetes' || settings.https !== 'off')
    return [];
  const message = 'Most providers refuse a hub without HTTPS, and log-ins would travel in the clear';
  return [
    warning({
      code: 'oidc-needs-https',
      path: at,
      at: 'key',
      message,
      fix: 'Add `https: { letsEncrypt: {} }` and `address.domain`.',
    }),
  ];
};
