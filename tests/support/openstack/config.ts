import { join } from 'node:path';

export const services = ['keystone', 'neutron', 'octavia'] as const;
export type Service = (typeof services)[number];
export type Ports = Readonly<Record<Service, number>>;

/** What the services' configuration depends on. */
export interface Setting {
  /** In which the database has its socket, and the services their keys and files. */
  readonly folder: string;
  /** The Python environment. */
  readonly venv: string;
  readonly ports: Ports;
  /** Of the services among themselves. */
  readonly password: string;
  /** How long a token lasts. */
  readonly tokenSeconds?: number;
}

/** For so long a service may believe in a token that is no more. */
export const tokenCacheSeconds = 5;

type Sections = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

export function urlOf(ports: Ports, service: Service): string {
  return `http://127.0.0.1:${ports[service]}${service === 'keystone' ? '/v3' : ''}`;
}

export function socketOf(folder: string): string {
  return join(folder, 'mariadb.sock');
}

/** The configuration file of a service. */
export function configOf(service: Service, setting: Setting): string {
  const sections = { keystone, neutron, octavia }[service](setting);
  return Object.entries({ ...sections, database: { connection: databaseOf(service, setting) } })
    .map(([name, options]) => `[${name}]\n${linesOf(options)}`)
    .join('\n');
}

function linesOf(options: Sections[string]): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function databaseOf(service: Service, { folder }: Setting): string {
  return `mysql+pymysql://root@localhost/${service}?unix_socket=${socketOf(folder)}&charset=utf8`;
}

function keystone({ folder, tokenSeconds = 86_400 }: Setting): Sections {
  return {
    DEFAULT: { use_stderr: true },
    token: { expiration: tokenSeconds },
    // One process has all of it.
    cache: { enabled: true, backend: 'oslo_cache.dict' },
    fernet_tokens: { key_repository: join(folder, 'keys', 'fernet') },
    fernet_receipts: { key_repository: join(folder, 'keys', 'fernet') },
    credential: { key_repository: join(folder, 'keys', 'credential') },
    // Passwords here keep nobody out.
    identity: { password_hash_rounds: 4 },
  };
}

/** What services that ask Keystone about tokens have in common. */
function common({ folder, ports, password }: Setting, user: Service): Sections {
  return {
    DEFAULT: { use_stderr: true, transport_url: 'fake://', state_path: folder },
    keystone_authtoken: {
      ...login(ports, user, password),
      www_authenticate_uri: urlOf(ports, 'keystone'),
      // A token that is revoked is refused soon, not after five minutes.
      token_cache_time: tokenCacheSeconds,
      service_token_roles_required: false,
    },
    oslo_concurrency: { lock_path: join(folder, 'locks') },
    oslo_messaging_notifications: { driver: 'noop' },
  };
}

function login(ports: Ports, username: string, password: string): Sections[string] {
  return {
    auth_type: 'password',
    auth_url: urlOf(ports, 'keystone'),
    username,
    password,
    project_name: 'service',
    user_domain_id: 'default',
    project_domain_id: 'default',
  };
}

function neutron(setting: Setting): Sections {
  const shared = common(setting, 'neutron');
  return {
    ...shared,
    DEFAULT: {
      ...shared['DEFAULT'],
      core_plugin: 'ml2',
      service_plugins: 'router,port_forwarding',
      api_paste_config: join(setting.venv, 'etc', 'neutron', 'api-paste.ini'),
      notify_nova_on_port_status_changes: false,
      notify_nova_on_port_data_changes: false,
      dhcp_agent_notification: false,
      // Nobody answers: there are no agents.
      rpc_response_timeout: 5,
    },
    ml2: {
      type_drivers: 'local,flat',
      tenant_network_types: 'local',
      mechanism_drivers: '',
      extension_drivers: 'port_security',
    },
    ml2_type_flat: { flat_networks: '*' },
    // Each load balancer has a group in the project of the services: with ten, a test with more of them would hang.
    quotas: { quota_security_group: -1, quota_security_group_rule: -1, quota_port: -1 },
  };
}

function octavia(setting: Setting): Sections {
  const certificates = join(setting.folder, 'keys');
  return {
    ...common(setting, 'octavia'),
    api_settings: {
      auth_strategy: 'keystone',
      enabled_provider_drivers: 'amphora:load balancers',
      default_provider_driver: 'amphora',
      pagination_max_limit: 1000,
    },
    service_auth: login(setting.ports, 'octavia', setting.password),
    neutron: { endpoint_override: urlOf(setting.ports, 'neutron') },
    controller_worker: {
      compute_driver: 'compute_noop_driver',
      amphora_driver: 'amphora_noop_driver',
      image_driver: 'image_noop_driver',
      volume_driver: 'volume_noop_driver',
      network_driver: 'allowed_address_pairs_driver',
      amp_flavor_id: 1,
      amp_image_tag: 'none',
      amp_boot_network_list: '',
      loadbalancer_topology: 'SINGLE',
      client_ca: join(certificates, 'ca.pem'),
      amp_active_retries: 5,
      amp_active_wait_sec: 1,
    },
    networking: { port_detach_timeout: 15, retry_interval: 1 },
    certificates: {
      cert_generator: 'local_cert_generator',
      cert_manager: 'noop_cert_manager',
      ca_certificate: join(certificates, 'ca.pem'),
      ca_private_key: join(certificates, 'ca.key'),
      ca_private_key_passphrase: 'of a test',
      server_certs_key_passphrase: 'thirty-two-characters-of-a-test-',
    },
    health_manager: { heartbeat_key: 'of a test' },
    task_flow: { engine: 'serial' },
  };
}
