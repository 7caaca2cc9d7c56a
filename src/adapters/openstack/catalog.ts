import { UserError } from '../../errors.ts';
import type { Cloud, ServiceSettings } from './clouds/load.ts';
import type { ServiceType } from './explain.ts';
import type { CatalogService } from './keystone.ts';

/** What follows the address of a service, whatever of it the catalogue already has. */
const versions: Readonly<Record<ServiceType, { readonly path: string; readonly known: RegExp }>> = {
  identity: { path: '/v3', known: /\/v(?:2\.0|3)$/ },
  'load-balancer': { path: '/v2.0', known: /\/v2(?:\.0)?$/ },
  network: { path: '/v2.0', known: /\/v2(?:\.0)?$/ },
  // With the project behind it where the cloud is old.
  compute: { path: '/v2.1', known: /\/v2(?:\.1)?(?=\/[0-9a-f-]{32,36}$|$)/ },
};

/**
 * The address of a service with its version: the one that clouds.yaml gives, or the first in the catalogue that fits
 * type, name, region and the most wanted interface.
 *
 * @throws UserError when there is none; it says what there is.
 */
export function endpointOf(
  service: ServiceType,
  catalog: readonly CatalogService[],
  cloud: Pick<Cloud, 'name' | 'where' | 'service'>,
): string {
  const settings = cloud.service(service);
  const url = settings.endpoint ?? urlIn(catalog, settings);
  if (url === undefined) throw noEndpoint(catalog, settings, cloud);
  if (!URL.canParse(url)) throw noAddress(url, cloud.where);
  const { path, known } = versions[service];
  const trimmed = url.replace(/\/+$/, '');
  return known.test(trimmed) ? trimmed.replace(known, path) : `${trimmed}${path}`;
}

function urlIn(catalog: readonly CatalogService[], wanted: ServiceSettings): string | undefined {
  const endpoints = endpointsIn(catalog, wanted).filter(
    ({ region }) => wanted.region === undefined || region === wanted.region,
  );
  const interfaces = wanted.interfaces.map((name) => name.replace(/URL$/, ''));
  return interfaces
    .map((name) => endpoints.find((each) => each.interface === name))
    .find((found) => found !== undefined)?.url;
}

interface Endpoint {
  readonly interface: string;
  readonly region: string;
  readonly url: string;
}

function endpointsIn(catalog: readonly CatalogService[], { type, name }: ServiceSettings): Endpoint[] {
  return catalog
    .filter((service) => service.type === type && (!name || !service.name || service.name === name))
    .flatMap(({ endpoints = [] }) => endpoints)
    .flatMap(({ interface: kind, region_id, region, url }) =>
      url ? [{ interface: kind, region: region_id ?? region ?? '', url }] : [],
    );
}

function noAddress(url: string, where: string): UserError {
  return new UserError({
    what: `The address of a service is none: ${url}.`,
    where,
    fix: 'Correct the `…_endpoint_override` in clouds.yaml; it begins with https://.',
    exitCode: 2,
  });
}

function noEndpoint(
  catalog: readonly CatalogService[],
  wanted: ServiceSettings,
  { name, where }: Pick<Cloud, 'name' | 'where'>,
): UserError {
  const there = endpointsIn(catalog, wanted);
  const list = there.map((each) => `${each.interface} in ${each.region}`).toSorted();
  const place = wanted.region === undefined ? '' : ` in region ${wanted.region}`;
  return new UserError({
    what: `The catalogue of cloud ${name} has no ${wanted.interfaces.join(' or ')} ${wanted.type} service${place}.`,
    where,
    fix:
      list.length > 0
        ? 'Choose one of those below with `openstack.region` in hub.yaml, or `interface` in clouds.yaml.'
        : `Ask those who run the cloud whether it has one: \`openstack --os-cloud ${name} catalog list\`. A token without a project sees none.`,
    details: list.join('\n') || undefined,
    exitCode: 2,
  });
}
