import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import { type Credentials, takeCredentials } from './credentials.ts';
import { defaults } from './defaults.ts';
import { environmentCloudName, withEnvironment } from './environment.ts';
import { type CloudFiles, type Surroundings, findCloudFiles, findPublicClouds } from './find-files.ts';
import { fixSettings } from './fixes.ts';
import { format } from './format.ts';
import { type Region, chooseRegion } from './regions.ts';
import { type Settings, isSettings, mergeEntry, normalizeKeys, text } from './settings.ts';
import { type GetJson, profileOf } from './vendors.ts';

/** Which cloud, and where it is looked for. */
export interface CloudChoice {
  /** Entry of clouds.yaml. undefined: as openstacksdk chooses, by OS_CLOUD or because there is but one. */
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly around: Surroundings;
  /** For profiles that are addresses. */
  readonly getJson: GetJson;
}

/** A cloud as clouds.yaml or the environment describes it. */
export interface Cloud {
  readonly name: string;
  /** Empty: none is asked for. */
  readonly region: string;
  /** The files, or the variables, for messages. */
  readonly where: string;
  readonly credentials: Credentials;
  readonly tls: TlsSettings;
  readonly timeoutSeconds: number | undefined;
  service(type: string): ServiceSettings;
}

export interface TlsSettings {
  readonly verify: boolean;
  /** Paths of PEM files. */
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** What clouds.yaml says of one service. */
export interface ServiceSettings {
  readonly endpoint: string | undefined;
  /** The first that there is counts. */
  readonly interfaces: readonly string[];
  readonly region: string | undefined;
  readonly type: string;
  readonly name: string | undefined;
}

/**
 * Reads clouds.yaml, secure.yaml, clouds-public.yaml and the OS_* variables as openstacksdk does
 * (`openstack/config/loader.py`, `OpenStackConfig.get_one`); tests/openstack compares the two.
 *
 * @throws UserError when there is no such cloud, or its entry lacks something.
 */
export async function loadCloud(choice: CloudChoice): Promise<Cloud> {
  const { around } = choice;
  const files = await findCloudFiles(around);
  const clouds = withEnvironment(cloudsOf(files), around.env, files.read);
  const name = choice.cloud ?? defaultCloud(clouds, around.env);
  if (name === undefined || !(name in clouds)) throw noCloud(name, clouds, files);
  const entry = isSettings(clouds[name]) ? clouds[name] : {};
  const { profile, unknown } = await profileFor(entry, choice);
  const isEnvironment = name === environmentCloudName(around.env);
  const where = `${isEnvironment ? 'the OS_* variables' : `${files.read.join(', ')}: clouds.${name}`}${unknown}`;
  const region = chooseRegion({
    entry: normalizeKeys(entry),
    profile,
    cloud: name,
    wanted: choice.region,
    where,
  });
  const settings = settingsOf({ entry, profile, region, where });
  const { credentials, rest } = takeCredentials(settings, where);
  return cloudFrom(name, where, credentials, formatted(rest, where), around);
}

/** This process, as the search for clouds.yaml sees it. */
export function surroundings(env: NodeJS.ProcessEnv): Surroundings {
  return { env, cwd: process.cwd(), home: env['HOME'] || homedir(), platform: process.platform };
}

function cloudsOf({ content }: CloudFiles): Settings {
  return isSettings(content['clouds']) ? content['clouds'] : {};
}

function defaultCloud(clouds: Settings, env: NodeJS.ProcessEnv): string | undefined {
  if (env['OS_CLOUD']) return env['OS_CLOUD'];
  const fromEnvironment = environmentCloudName(env);
  if (fromEnvironment in clouds) return fromEnvironment;
  const [only, ...others] = Object.keys(clouds);
  return others.length === 0 ? only : undefined;
}

/** What the entry's vendor says. One that nobody knows is no mistake yet: the entry may say everything itself. */
async function profileFor(
  entry: Settings,
  { around, getJson }: CloudChoice,
): Promise<{ readonly profile: Settings; readonly unknown: string }> {
  const name = text(entry['profile']) ?? text(entry['cloud']);
  if (name === undefined || name === environmentCloudName(around.env)) return { profile: {}, unknown: '' };
  const profile = await profileOf(name, await findPublicClouds(around), getJson);
  return { profile: profile ?? {}, unknown: profile ? '' : ` (profile ${name} is not known)` };
}

function settingsOf({
  entry,
  profile,
  region,
  where,
}: {
  readonly entry: Settings;
  readonly profile: Settings;
  readonly region: Region;
  readonly where: string;
}): Settings {
  const { cloud: _, regions: __, ...merged } = mergeEntry(mergeEntry(defaults, profile), entry);
  const values = Object.entries(region.values).filter(([, value]) => value !== null);
  const inRegion = mergeEntry(merged, { ...Object.fromEntries(values), region_name: region.name });
  return normalizeKeys(fixSettings(inRegion, where));
}

function formatted(settings: Settings, where: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === 'string' ? format(value, settings, where) : value,
    ]),
  );
}

function cloudFrom(
  name: string,
  where: string,
  credentials: Credentials,
  settings: Settings,
  around: Surroundings,
): Cloud {
  return {
    name,
    region: text(settings['region_name']) ?? '',
    where,
    credentials,
    tls: tlsFrom(settings, around),
    timeoutSeconds: Number(settings['api_timeout'] ?? 0) || undefined,
    service: (type) => serviceSettings(settings, type),
  };
}

function tlsFrom(settings: Settings, { env, home }: Surroundings): TlsSettings {
  const path = (key: string): string | undefined => text(settings[key])?.replace(/^~(?=\/|$)/, () => home);
  const verify = settings['insecure'] !== true && Boolean(settings['verify'] ?? true);
  const certificate = path('cert');
  return {
    verify,
    // The variables are those of the library with which openstacksdk makes its requests.
    ca: verify ? (path('cacert') ?? env['REQUESTS_CA_BUNDLE'] ?? env['CURL_CA_BUNDLE']) : undefined,
    certificate,
    key: certificate === undefined ? undefined : path('key'),
  };
}

/** `load_balancer_endpoint_override` and the like; interface and region may be said for all services at once. */
function serviceSettings(settings: Settings, type: string): ServiceSettings {
  const own = (key: string): unknown => settings[`${type.replaceAll('-', '_')}_${key}`];
  const interfaces = own('interface') ?? settings['interface'];
  return {
    endpoint: text(own('endpoint_override')) ?? text(own('endpoint')),
    interfaces: (Array.isArray(interfaces) ? (interfaces as unknown[]) : [interfaces ?? 'public']).map(
      String,
    ),
    region: text(own('region_name')) ?? text(settings['region_name']),
    type: text(own('service_type')) ?? type,
    name: text(own('service_name')),
  };
}

function noCloud(name: string | undefined, clouds: Settings, { read, passedOver }: CloudFiles): UserError {
  const known = Object.keys(clouds);
  const list = known.map((each) => `\`${each}\``).join(', ');
  return new UserError({
    what:
      name === undefined
        ? 'It is not said which cloud is meant.'
        : `There is no cloud ${name} in clouds.yaml.`,
    where: read.length > 0 ? read.join(', ') : join('~', '.config', 'openstack', 'clouds.yaml'),
    fix:
      known.length > 0
        ? `Name one of these as \`openstack.cloud\` in hub.yaml: ${list}.`
        : 'Get the file from your cloud ("OpenStack clouds.yaml file", under API access), and put it there.',
    details: passedOver.length > 0 ? `passed over:\n${passedOver.join('\n')}` : undefined,
    exitCode: 2,
  });
}
