import type { Oidc } from '../config/schema/auth.ts';

/** Everything that a GenericOAuthenticator needs but the client secret. */
export interface OidcProvider {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userdataUrl: string;
  readonly scopes: readonly string[];
  readonly usernameClaim: string;
  readonly groupsClaim: string;
  readonly loginService: string;
}

/** IRIS IAM as the deployment we replace uses it (an INDIGO IAM: user names and groups come as claims). */
const irisIam: OidcProvider = {
  authorizeUrl: 'https://iris-iam.stfc.ac.uk/authorize',
  tokenUrl: 'https://iris-iam.stfc.ac.uk/token',
  userdataUrl: 'https://iris-iam.stfc.ac.uk/userinfo',
  scopes: ['openid', 'preferred_username', 'profile', 'email'],
  usernameClaim: 'preferred_username',
  groupsClaim: 'groups',
  loginService: 'IRIS IAM',
};

/** What the standard has; the addresses are the file's to say, which `check` sees to. */
const openIdConnect: OidcProvider = {
  authorizeUrl: '',
  tokenUrl: '',
  userdataUrl: '',
  scopes: ['openid', 'profile', 'email'],
  usernameClaim: 'preferred_username',
  groupsClaim: 'groups',
  loginService: 'OpenID Connect',
};

const presets: Readonly<Record<NonNullable<Oidc['preset']>, OidcProvider>> = { 'iris-iam': irisIam };

/** The provider's endpoints and claims: those of the preset, replaced by what the file says. */
export function oidcProvider({ preset, ...own }: Oidc): OidcProvider {
  const base = preset === undefined ? openIdConnect : presets[preset];
  return {
    authorizeUrl: own.authorizeUrl ?? base.authorizeUrl,
    tokenUrl: own.tokenUrl ?? base.tokenUrl,
    userdataUrl: own.userdataUrl ?? base.userdataUrl,
    scopes: own.scopes ?? base.scopes,
    usernameClaim: own.usernameClaim ?? base.usernameClaim,
    groupsClaim: own.groupsClaim ?? base.groupsClaim,
    loginService: own.loginService ?? base.loginService,
  };
}
