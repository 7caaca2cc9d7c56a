import type { Environment } from '../../../config/schema/environment.ts';
import type { Oidc } from '../../../config/schema/auth.ts';
import { type Values, secret } from '../../../config/values.ts';
import { oidcProvider } from '../../oidc.ts';
import { publicUrl } from '../public-url.ts';
import type { SecretParts } from './alertmanager.ts';
import { type Monitoring, stackNames, stackSecrets } from './names.ts';

/** Below the hub's own address, through the hub's proxy: as a service of JupyterHub. */
const grafanaPath = '/services/grafana/';

/** Where the hub's proxy finds Grafana; undefined where people reach it otherwise. */
export function grafanaBehindHub(settings: Monitoring): string | undefined {
  if (settings.grafana.expose !== 'path') return undefined;
  return `http://${stackNames.grafana}.${settings.namespace}:80`;
}

/** Address of Grafana as people type it; undefined where the cloud gives it, or a port is forwarded. */
export function grafanaUrl(environment: Environment, { grafana }: Monitoring): string | undefined {
  const hub = publicUrl(environment);
  if (grafana.expose === 'path') return hub && new URL(grafanaPath, hub).href;
  if (grafana.expose === 'loadBalancer' && grafana.floatingIp !== undefined)
    return `http://${grafana.floatingIp}/`;
  return undefined;
}

export function grafanaSecrets({ auth }: Environment): SecretParts[] {
  const admin = { 'admin-user': 'admin', 'admin-password': secret('grafanaPassword') };
  return [
    { name: stackSecrets.grafana, stringData: admin },
    ...(auth.oidc === undefined
      ? []
      : [{ name: stackSecrets.grafanaOidc, stringData: { 'client-secret': secret('oidcClientSecret') } }]),
  ];
}

/** `grafana` of the chart. */
export function grafanaValues(environment: Environment, settings: Monitoring): Values {
  const { oidc } = environment.auth;
  const url = grafanaUrl(environment, settings);
  const { expose, floatingIp } = settings.grafana;
  const isBalanced = expose === 'loadBalancer';
  return {
    // Without it the chart makes a new password with every upgrade.
    admin: { existingSecret: stackSecrets.grafana, userKey: 'admin-user', passwordKey: 'admin-password' },
    // A hook of the chart with an image of its own.
    testFramework: { enabled: false },
    service: {
      type: isBalanced ? 'LoadBalancer' : 'ClusterIP',
      ...(isBalanced && floatingIp !== undefined ? { loadBalancerIP: floatingIp } : {}),
    },
    sidecar: {
      dashboards: {
        enabled: true,
        label: 'grafana_dashboard',
        labelValue: '1',
        searchNamespace: 'ALL',
        folderAnnotation: 'grafana_folder',
        provider: { foldersFromFilesStructure: true },
      },
    },
    'grafana.ini': {
      analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
      server: {
        ...(url === undefined ? {} : { root_url: url }),
        ...(expose === 'path' ? { serve_from_sub_path: true } : {}),
      },
      users: { default_theme: 'system' },
      ...(oidc === undefined ? {} : { 'auth.generic_oauth': logIn(oidc) }),
    },
    ...(expose === 'path' ? { serviceMonitor: { path: `${grafanaPath}metrics` } } : {}),
    ...(oidc === undefined
      ? {}
      : {
          envValueFrom: {
            GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: {
              secretKeyRef: { name: stackSecrets.grafanaOidc, key: 'client-secret' },
            },
          },
        }),
  };
}

/**
 * By the hub's own provider. The panels say what each person does, so that the hub's administrators alone may look;
 * where no group is theirs, everybody who may log in to the hub.
 */
function logIn(oidc: Oidc): Values {
  const provider = oidcProvider(oidc);
  const hasAdmins = oidc.adminGroups.length > 0;
  return {
    enabled: true,
    name: provider.loginService,
    client_id: oidc.clientId,
    scopes: provider.scopes.join(' '),
    auth_url: provider.authorizeUrl,
    token_url: provider.tokenUrl,
    api_url: provider.userdataUrl,
    login_attribute_path: provider.usernameClaim,
    groups_attribute_path: `${provider.groupsClaim}[*]`,
    // As JSON: Grafana parts plain text at commas and spaces.
    allowed_groups: JSON.stringify(hasAdmins ? oidc.adminGroups : oidc.allowedGroups),
    role_attribute_path: hasAdmins ? "'Admin'" : "'Viewer'",
    allow_sign_up: true,
    use_pkce: true,
  };
}
