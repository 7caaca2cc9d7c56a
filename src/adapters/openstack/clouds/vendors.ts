import { UserError, messageOf } from '../../../errors.ts';
import { type Settings, isSettings, mergeDeep } from './settings.ts';

/** Asks an address for JSON. @throws the system's error, or one that names the status. */
export type GetJson = (url: string) => Promise<unknown>;

const defaultDomain = { user_domain_name: 'Default', project_domain_name: 'Default' };

function vendor(auth_url: string, more: Settings = {}, auth: Settings = {}): Settings {
  return { auth: { auth_url, ...auth }, ...more };
}

/** The profiles that come with openstacksdk (`openstack/config/vendors`): where they are and what is particular. */
const vendors: Readonly<Record<string, Settings>> = {
  auro: vendor('https://api.van2.auro.io:5000/v3', { region_name: 'RegionOne' }, defaultDomain),
  binero: vendor('https://auth.binero.cloud:5000/v3', { regions: ['europe-se-1'] }),
  bluebox: { region_name: 'RegionOne' },
  catalyst: vendor('https://api.cloud.catalyst.net.nz:5000/v2.0', { regions: ['nz-por-1', 'nz_wlg_2'] }),
  citycloud: vendor('https://{region_name}.citycloud.com:5000/v3/', {
    regions: ['Buf1', 'Fra1', 'Sto2', 'Kna1', 'dx1', 'tky1'],
  }),
  conoha: vendor('https://identity.{region_name}.conoha.io', { regions: ['sin1', 'sjc1', 'tyo1'] }),
  dreamcompute: vendor('https://iad2.dream.io:5000', { region_name: 'RegionOne' }),
  elastx: vendor('https://ops.elastx.cloud:5000/v3', { region_name: 'se-sto' }),
  entercloudsuite: vendor('https://api.entercloudsuite.com/', { regions: ['it-mil1', 'nl-ams1', 'de-fra1'] }),
  fuga: vendor('https://identity.api.fuga.io:5000', { regions: ['cystack'] }, defaultDomain),
  limestonenetworks: vendor('https://auth.cloud.lstn.net:5000/v3', { regions: ['us-dfw-1', 'us-slc'] }),
  'otc-swiss': vendor('iam-pub.eu-ch2.sc.otc.t-systems.com/v3', { regions: ['eu-ch2'] }),
  otc: vendor('https://iam.{region_name}.otc.t-systems.com/v3', { regions: ['eu-de', 'eu-nl'] }),
  'ovh-us': vendor(
    'https://auth.cloud.ovh.us/',
    { regions: ['US-EAST-VA-1', 'US-WEST-OR-1', 'US-EAST-VA', 'US-WEST-OR'] },
    defaultDomain,
  ),
  ovh: { profile: 'https://ovhcloud.com' },
  rackspace: vendor('https://identity.api.rackspacecloud.com/v2.0/', {
    regions: ['DFW', 'HKG', 'IAD', 'ORD', 'SYD', 'LON'],
    compute_service_name: 'cloudServersOpenStack',
  }),
  switchcloud: vendor('https://identity.compute.cloud.switch.ch/v3', { regions: ['zhw', 'zhc'] }),
  switchengines: vendor('https://keystone.cloud.switch.ch:5000/v3', { regions: ['LS', 'ZH'] }),
  vexxhost: { profile: 'https://vexxhost.com' },
  zetta: vendor('https://identity.api.zetta.io/v3', { regions: ['no-osl1'] }),
};

/** Clouds that are no more. */
const shutDown: ReadonlySet<string> = new Set([
  'betacloud',
  'ibmcloud',
  'internap',
  'ultimum',
  'unitedstack',
]);

/**
 * What the profile of an entry says: from clouds-public.yaml, from those that are known, or from the address that it
 * is. undefined: there is none of that name.
 *
 * @throws UserError when the cloud is no more, or does not tell its profile.
 */
export async function profileOf(
  name: string,
  own: Settings,
  getJson: GetJson,
): Promise<Settings | undefined> {
  if (isSettings(own[name])) return own[name];
  if (shutDown.has(name))
    throw new UserError({
      what: `The cloud of profile ${name} is no more.`,
      where: 'clouds.yaml',
      fix: 'Write the `auth_url` of the cloud that you use now in place of the profile.',
      exitCode: 2,
    });
  const known = vendors[name];
  const address = typeof known?.['profile'] === 'string' ? known['profile'] : name;
  return known && address === name ? known : remoteProfile(address, getJson);
}

async function remoteProfile(address: string, getJson: GetJson): Promise<Settings | undefined> {
  if (!/^https?:\/\/./.test(address)) return undefined;
  const wellKnown = new URL('/.well-known/openstack/api', address).href;
  try {
    const { name, profile } = (await getJson(wellKnown)) as { name?: unknown; profile?: unknown };
    const { profile: _, ...ours } = (typeof name === 'string' ? vendors[name] : undefined) ?? {};
    return isSettings(profile) ? mergeDeep(profile, ours) : {};
  } catch (error) {
    throw new UserError({
      what: 'The cloud does not tell how it is reached.',
      where: wellKnown,
      fix: 'Write its `auth_url` into clouds.yaml in place of `profile`; its documentation has it.',
      details: messageOf(error),
      cause: error,
    });
  }
}
