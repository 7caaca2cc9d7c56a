import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endpointOf } from '../../../../src/adapters/openstack/catalog.ts';
import type { ServiceType } from '../../../../src/adapters/openstack/explain.ts';
import type { CatalogService } from '../../../../src/adapters/openstack/keystone.ts';
import { FakeCloud, json } from './fake-cloud.ts';

let cloud: FakeCloud;
beforeEach(async () => (cloud = await FakeCloud.start()));
afterEach(() => cloud.stop());

describe('where Keystone is', () => {
  const versions = (href: string) =>
    json(300, { versions: { values: [{ id: 'v3.14', links: [{ rel: 'self', href }] }] } });
  test.each([
    ['/', versions('/v3/'), '/v3'],
    ['/identity', versions('/identity/v3'), '/identity/v3'],
    ['/v2.0', versions('/v3'), '/v3'],
    ['/', json(200, { version: { id: 'v3.14', links: [{ rel: 'self', href: '/v3' }] } }), '/v3'],
    ['/identity', json(200, { versions: [] }), '/identity/v3'],
  ])('by auth_url %s', async (path, reply, found) => {
    cloud.replies.push(reply);
    const auth = { auth_url: `${cloud.url}${path}`, user_id: 'alex', password: 'pw' };
    const api = await cloud.connect({ patience: { mostAttempts: 1 } }, { auth });
    await api.network.ports().catch(() => undefined);
    expect(cloud.seen.map((each) => `${each.method} ${each.path}`)).toContain(`POST ${found}/auth/tokens`);
  });
});

describe('the address of a service', () => {
  const service = (type: string, ...urls: [kind: string, region: string, url: string][]): CatalogService => ({
    type,
    name: type,
    endpoints: urls.map(([kind, region_id, url]) => ({ interface: kind, region_id, url })),
  });
  const find = (type: ServiceType, url: string) =>
    endpointOf(type, [service(type, ['public', 'r', url])], settings());
  const settings = (more: object = {}) => ({
    name: 'test',
    where: 'clouds.yaml',
    service: (type: string) => ({
      endpoint: undefined,
      interfaces: ['public'],
      region: undefined,
      type,
      name: undefined,
      ...more,
    }),
  });

  test.each<[ServiceType, string, string]>([
    ['network', 'https://n', 'https://n/v2.0'],
    ['network', 'https://n/v2.0/', 'https://n/v2.0'],
    ['load-balancer', 'https://l/load-balancer', 'https://l/load-balancer/v2.0'],
    ['load-balancer', 'https://l/v2', 'https://l/v2.0'],
    ['compute', 'https://c', 'https://c/v2.1'],
    ['compute', 'https://c/v2.1/', 'https://c/v2.1'],
    [
      'compute',
      'https://c/v2/0123456789abcdef0123456789abcdef',
      'https://c/v2.1/0123456789abcdef0123456789abcdef',
    ],
    ['identity', 'https://k/identity', 'https://k/identity/v3'],
  ])('of %s at %s', (type, url, found) => {
    expect(find(type, url)).toBe(found);
  });

  test('is of the region and the most wanted interface', () => {
    const catalog = [
      service('other', ['public', 'r1', 'https://wrong']),
      service(
        'network',
        ['admin', 'r1', 'https://a1'],
        ['public', 'r1', 'https://p1'],
        ['public', 'r2', 'https://p2'],
        ['internal', 'r2', ''],
      ),
    ];
    const at = (more: object) => endpointOf('network', catalog, settings(more));
    expect(at({})).toBe('https://p1/v2.0');
    expect(at({ region: 'r2' })).toBe('https://p2/v2.0');
    expect(at({ interfaces: ['internalURL', 'adminURL', 'public'] })).toBe('https://a1/v2.0');
    expect(at({ endpoint: 'https://own/v2.0' })).toBe('https://own/v2.0');
    expect(() => at({ endpoint: 'own/v2.0' })).toThrow('The address of a service is none: own/v2.0.');
    expect(() => at({ region: 'r3' })).toThrow(
      'The catalogue of cloud test has no public network service in region r3.',
    );
    expect(() => at({ region: 'r2', interfaces: ['internal'] })).toThrow(
      expect.objectContaining({ details: 'admin in r1\npublic in r1\npublic in r2' }) as Error,
    );
  });
});

describe('lists', () => {
  const page = (ids: string[], more = false) =>
    json(200, {
      ports: ids.map((id) => ({ id })),
      ...(more ? { ports_links: [{ rel: 'next', href: 'http://elsewhere' }] } : {}),
    });

  test('go on by markers with the filters, also where a page is smaller than asked for', async () => {
    const { network } = await cloud.connect({ pageSize: 2 });
    cloud.replies.push(page(['a', 'b']), page(['c'], true), page(['d']));
    expect((await network.ports({ device_id: 'x y' })).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(cloud.asked).toEqual([
      'GET /network/v2.0/ports?device_id=x+y&limit=2',
      'GET /network/v2.0/ports?device_id=x+y&limit=2&marker=b',
      'GET /network/v2.0/ports?device_id=x+y&limit=2&marker=c',
    ]);
  });

  test('end where a server pays markers no heed', async () => {
    const { network } = await cloud.connect({ pageSize: 2 });
    cloud.replies.push(page(['a', 'b']), page(['a', 'b']), page(['a', 'b']));
    expect((await network.ports()).map(({ id }) => id)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('begin anew where the marker is gone', async () => {
    const { network } = await cloud.connect({ pageSize: 2 });
    cloud.replies.push(page(['a', 'b']), json(404), page(['a', 'c']), page([]));
    expect((await network.ports()).map(({ id }) => id)).toEqual(['a', 'c']);
  });
});

describe('what the project has', () => {
  test('is asked for by the project: administrators would be shown that of all', async () => {
    const { network, loadBalancers } = await cloud.connect();
    await loadBalancers.list({ name: 'one' });
    await network.floatingIps({ floating_ip_address: '192.0.2.1' });
    await network.floatingIps();
    expect(cloud.asked).toEqual([
      'GET /load-balancer/v2.0/lbaas/loadbalancers?name=one&project_id=p1&limit=200',
      'GET /network/v2.0/floatingips?floating_ip_address=192.0.2.1&project_id=p1&limit=200',
      'GET /network/v2.0/floatingips?project_id=p1&limit=200',
    ]);
  });

  test('is not asked for by those who are in none', async () => {
    cloud.scope = { domain: { id: 'd1', name: 'people' } };
    const { network, loadBalancers } = await cloud.connect();
    for (const list of [loadBalancers.list(), network.floatingIps(), network.quota()])
      await expect(list).rejects.toThrow('The credentials for cloud test are for no project.');
    expect(cloud.asked).toEqual([]);
  });
});

// As in Nova's own samples (`doc/api_samples`).
describe('Nova', () => {
  test('tells flavours with their extra specs', async () => {
    const { compute } = await cloud.connect();
    const flavor = {
      id: '1',
      name: 'l3.small',
      vcpus: 8,
      ram: 32768,
      disk: 40,
      extra_specs: { 'pci_passthrough:alias': 'a100:1' },
    };
    cloud.replies.push(json(200, { flavors: [flavor] }));
    expect(await compute.flavors()).toEqual([flavor]);
    expect(cloud.asked).toEqual(['GET /compute/v2.1/flavors/detail?limit=200']);
    expect(cloud.seen.at(-1)?.headers['openstack-api-version']).toBe('compute 2.61');
  });

  test('tells the servers whose names begin so, whatever its database makes of the expression', async () => {
    const { compute } = await cloud.connect();
    cloud.replies.push(
      json(200, {
        servers: [
          { id: '1', name: 'training-md-0' },
          { id: '2', name: 'old-training' },
        ],
      }),
    );
    expect((await compute.servers({ prefix: 'training', tags: ['a', 'b'] })).map(({ id }) => id)).toEqual([
      '1',
    ]);
    expect(cloud.asked).toEqual(['GET /compute/v2.1/servers/detail?name=%5Etraining&tags=a%2Cb&limit=200']);
  });

  test('tells limits with what is used', async () => {
    const { compute } = await cloud.connect();
    cloud.replies.push(
      json(200, { limits: { rate: [], absolute: { maxTotalCores: 20, totalCoresUsed: 4 } } }),
    );
    expect(await compute.limits()).toEqual({ maxTotalCores: 20, totalCoresUsed: 4 });
  });
});
