import type { Oidc } from '../../../config/schema/auth.ts';
import type { Environment } from '../../../config/schema/environment.ts';
import { oidcProvider } from '../../oidc.ts';
import type { RuntimeFiles } from '../runtime-files.ts';
import type { Values } from '../../../config/values.ts';
import { secret } from '../../../config/values.ts';
import { authority, scheme } from './proxy.ts';

/** How people log in: the parts of `hub` that say so. */
export interface LogIn {
  /** Sections of `hub.config`. `JupyterHub` is shared with others. */
  readonly classes: Values;
  readonly jupyterhub: Values;
  /** The authenticator's own file, by the name of its Python module. */
  readonly module: { readonly name: string; readonly text: string };
  /** Secrets of ours that it reads. */
  readonly volumes: readonly Values[];
  readonly volumeMounts: readonly Values[];
  readonly canChangePassword: boolean;
}

/** Secret with the accounts and their initial passwords, and where the hub sees it. */
const accountsSecret = 'hubwright-accounts';
const accountsFolder = '/usr/local/etc/jupyterhub/hubwright-accounts';

/** The authenticator that the local hub has, in the same file. */
export function logIn(environment: Environment, files: RuntimeFiles): LogIn {
  const { oidc } = environment.auth;
  return oidc === undefined ? byAccounts(environment, files) : byGroups(environment, oidc, files);
}

function byAccounts(environment: Environment, files: RuntimeFiles): LogIn {
  const { auth, https } = environment;
  const name = 'hubwright_accounts';
  return {
    classes: {
      ListedAccountsAuthenticator: {
        accounts_file: `${accountsFolder}/accounts.json`,
        // With a certificate from Let's Encrypt traefik stands before the proxy, and adds itself to the header.
        forwarded_hops: typeof https === 'object' && https.letsEncrypt !== undefined ? 2 : 1,
        minimum_password_length: auth.accounts?.minimumPasswordLength ?? 8,
      },
    },
    jupyterhub: { authenticator_class: `${name}.ListedAccountsAuthenticator` },
    module: { name, text: files.accounts },
    // Not through values: any change of those restarts the hub, while kubelet renews a mounted Secret by itself. A whole
    // folder for that reason: files mounted one by one are never renewed.
    volumes: [{ name: accountsSecret, secret: { secretName: accountsSecret, defaultMode: 0o440 } }],
    volumeMounts: [{ name: accountsSecret, mountPath: accountsFolder, readOnly: true }],
    canChangePassword: true,
  };
}

function byGroups(environment: Environment, oidc: Oidc, files: RuntimeFiles): LogIn {
  const provider = oidcProvider(oidc);
  const name = 'hubwright_oidc';
  const host = authority(environment);
  return {
    classes: {
      GroupsAuthenticator: {
        client_id: oidc.clientId,
        client_secret: secret('oidcClientSecret'),
        // Without a name or address nobody knows it yet: the authenticator then goes by what the browser asked for.
        ...(host === undefined
          ? {}
          : { oauth_callback_url: `${scheme(environment)}://${host}/hub/oauth_callback` }),
        authorize_url: provider.authorizeUrl,
        token_url: provider.tokenUrl,
        userdata_url: provider.userdataUrl,
        scope: provider.scopes,
        username_claim: provider.usernameClaim,
        groups_claim: provider.groupsClaim,
        login_service: provider.loginService,
        manage_groups: true,
        admin_groups: oidc.adminGroups,
        allowed_groups: oidc.allowedGroups,
        contact_email: environment.contactEmail ?? '',
        allow_all: false,
        allow_existing_users: false,
      },
    },
    jupyterhub: {
      authenticator_class: `${name}.GroupsAuthenticator`,
      // Groups are read at log-in. A lost group must not work for the 14 days that the cookie lasts by default.
      cookie_max_age_days: 1,
    },
    module: { name, text: files.oidc },
    volumes: [],
    volumeMounts: [],
    canChangePassword: false,
  };
}
