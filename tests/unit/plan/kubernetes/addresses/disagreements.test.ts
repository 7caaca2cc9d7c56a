import { describe, expect, test } from 'vitest';
import { addressesReport } from '../../../../../src/plan/kubernetes/addresses/report.ts';
import { balancer, floatingIp, madeFloatingIp, observed, service } from '../balancers/kit.ts';
import { addresses, answer, disagreements, environment } from './kit.ts';

const words = (seen: Parameters<typeof disagreements>[0], of?: Parameters<typeof disagreements>[1]) =>
  disagreements(seen, of).map(({ at, what, fix }) => `${at}: ${what} ${fix}`);

test('where all is in order nothing disagrees', () => {
  expect(disagreements(addresses())).toEqual([]);
});

describe('of the Service it is said', () => {
  test('that it is not there', () => {
    const seen = addresses({
      services: [],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
    });
    expect(words(seen)).toEqual([
      'service: There is no Service hub/proxy-public of type LoadBalancer. `hubwright deploy training`',
    ]);
  });

  test('that it is being deleted, and nothing else of the cloud', () => {
    const seen = addresses({ services: [service({ deleted: '2026-11-30T08:30:00Z' })], loadBalancers: [] });
    expect(words(seen)).toEqual([expect.stringContaining('is being deleted since 2026-11-30T08:30:00Z')]);
  });

  test('that no load balancer can lead to it', () => {
    const seen = addresses({ services: [service({ type: 'ClusterIP' })] });
    expect(words(seen)).toEqual([expect.stringContaining('is of type ClusterIP')]);
  });

  test('that what it says is old', () => {
    const seen = addresses({ services: [service({ ingress: ['192.0.2.77'] })] });
    expect(words(seen)).toEqual([
      'service: The Service says 192.0.2.77, and the load balancer has 192.0.2.50. `hubwright addresses training attach` has the controller look again.',
    ]);
  });

  test('nothing where it says a name', () => {
    expect(disagreements(addresses({ services: [service({ ingress: ['hub.example.org'] })] }))).toEqual([]);
  });
});

describe('of the load balancer it is said', () => {
  test('that it is not ACTIVE, and since when', () => {
    expect(words(addresses({ loadBalancers: [balancer({ provisioning: 'ERROR' })] }))).toEqual([
      'balancer: The load balancer lb-1 is ERROR since 2026-11-30T08:01:00Z. `hubwright doctor training --fix`',
    ]);
  });

  test('that the id of the Service leads to none', () => {
    const seen = addresses({ services: [service({ balancerId: 'lb-0' })] });
    expect(words(seen)).toContainEqual(
      expect.stringMatching(/^balancer: .*is lb-0, and the project has none/),
    );
  });

  test('that there is none yet, with the last words of the controller and whether it runs', () => {
    const seen = addresses({
      services: [service({ balancerId: undefined, ingress: [], warning: 'no quota' })],
      loadBalancers: [],
      floatingIps: [floatingIp({ portId: undefined })],
      controller: undefined,
    });
    expect(words(seen)).toEqual([
      expect.stringContaining(
        'proxy-public has no load balancer yet. No cloud controller manager is to be seen in the cluster. The cloud controller says: no quota',
      ),
    ]);
  });
});

describe('of the floating IP it is said', () => {
  const free = floatingIp({ portId: undefined, portName: undefined });

  test('that another one has its place', () => {
    const seen = addresses({
      floatingIps: [free, madeFloatingIp()],
      services: [service({ ingress: ['192.0.2.77'] })],
    });
    expect(words(seen)).toEqual([
      'floatingIp: The file says 192.0.2.50 (`address.floatingIp`), and the load balancer has 192.0.2.77. `hubwright addresses training attach`',
    ]);
  });

  test('what has it where it is in use', () => {
    const other = floatingIp({ portId: 'port-9', portName: 'web' });
    const ports = [
      {
        id: 'port-9',
        name: 'web',
        owner: 'compute:nova',
        device: 'vm-1',
        balancerId: undefined,
        addresses: ['10.0.0.5'],
      },
    ];
    expect(words(addresses({ floatingIps: [other], ports }))).toContainEqual(
      expect.stringContaining('is in use: it leads to server vm-1, port web (port-9).'),
    );
    const twin = balancer({
      id: 'lb-2',
      name: 'other',
      tags: [],
      vip: { ...balancer().vip, portId: 'port-9' },
    });
    expect(words(addresses({ floatingIps: [other], loadBalancers: [balancer(), twin] }))).toContainEqual(
      expect.stringContaining('it leads to load balancer other (lb-2)'),
    );
  });

  test('that the project has none such, and which are free', () => {
    const seen = addresses({ floatingIps: [floatingIp({ address: '192.0.2.9', portId: undefined })] });
    expect(words(seen)).toContainEqual(
      expect.stringContaining(
        'Project training has no floating IP 192.0.2.50. Correct `address.floatingIp` (free are 192.0.2.9;',
      ),
    );
  });

  test('that single ports of it are forwarded', () => {
    const seen = addresses({ floatingIps: [{ ...free, forwardsPorts: true }] });
    expect(words(seen)).toContainEqual(expect.stringContaining('forwards single ports'));
  });

  test('that it is of a network to which nothing leads, where that can be told', () => {
    const away = { ...free, networkId: 'far' };
    const known = addresses({ floatingIps: [away], reachedNetworks: ['public'] });
    expect(words(known)).toContainEqual(expect.stringContaining('is of network far'));
    expect(words(addresses({ floatingIps: [away] }))).toContainEqual(
      expect.stringContaining('hubwright addresses training attach'),
    );
  });
});

describe('of DNS it is said', () => {
  test('where each resolver leads to, where that is not the hub', () => {
    const answers = [answer({ a: ['192.0.2.1'] }), answer({ resolver: '9.9.9.9', a: [] })];
    expect(words(addresses({}, answers))).toEqual([
      expect.stringContaining(
        'By 1.1.1.1, hub.example.org leads to 192.0.2.1, and the hub is at 192.0.2.50.',
      ),
      expect.stringContaining('9.9.9.9 knows no address of hub.example.org.'),
    ]);
  });

  test('that an IPv6 address leads elsewhere', () => {
    expect(words(addresses({}, [answer({ aaaa: ['2001:db8::1'] })]))).toEqual([
      expect.stringContaining('Remove the AAAA record of hub.example.org.'),
    ]);
  });

  test('nothing where a resolver does not answer, but that it does not', () => {
    const seen = addresses({}, [answer({ a: [], failures: ['A: it does not answer'] })]);
    const { ways, notSeen } = addressesReport(environment(), seen, []);
    expect(ways[0]?.disagreements).toEqual([]);
    expect(notSeen).toEqual([
      { why: '1.1.1.1 could not be asked for hub.example.org (A: it does not answer).', failed: true },
    ]);
  });
});

describe('without the cloud', () => {
  test('the Service is compared with the file', () => {
    const seen = { ...addresses({ services: [service({ ingress: ['192.0.2.77'] })] }), cloud: undefined };
    expect(words(seen)).toEqual([
      expect.stringContaining(
        'The file says 192.0.2.50 (`address.floatingIp`), and the Service has 192.0.2.77.',
      ),
    ]);
    const none = { ...addresses({ services: [service({ ingress: [] })] }), cloud: undefined };
    expect(words(none)).toEqual([expect.stringContaining('proxy-public has no address yet.')]);
  });
});

test('Longhorn and Grafana have a line where the file asks for it, and disagree where there is nothing', () => {
  const asked =
    '    longhorn: { ui: { service: LoadBalancer, floatingIp: 192.0.2.51 } }\n    monitoring: { receivers: { ops: { webhook: { fromEnv: A } } }, grafana: { expose: loadBalancer } }\n';
  const { ways } = addressesReport(environment('192.0.2.50', asked), addresses(), []);
  expect(ways.map(({ name, disagreements: found }) => [name, found.map(({ what }) => what)])).toEqual([
    ['hub', []],
    ['longhorn', ['There is no Service longhorn-system/longhorn-frontend of type LoadBalancer.']],
    ['grafana', ['There is no Service monitoring/monitoring-grafana of type LoadBalancer.']],
  ]);
});

test('Longhorn and Grafana have a line where they have a load balancer', () => {
  const frontend = service({
    namespace: 'longhorn-system',
    name: 'longhorn-frontend',
    uid: 'u2',
    balancerId: 'lb-2',
  });
  const second = balancer({ id: 'lb-2', name: 'kube_service_training_longhorn-system_longhorn-frontend' });
  const both = observed({ services: [service(), frontend], loadBalancers: [balancer(), second] });
  const seen = { cluster: both, cloud: both, dns: {} };
  const of = environment('192.0.2.50', '    longhorn: { ui: { service: LoadBalancer } }\n');
  expect(addressesReport(of, seen, []).ways.map(({ name }) => name)).toEqual(['hub', 'longhorn']);
  expect(addressesReport(environment(), addresses(), []).ways.map(({ name }) => name)).toEqual(['hub']);
});
