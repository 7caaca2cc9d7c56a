import { describe, expect, test } from 'vitest';
import { saysFloatingIp, withAddresses } from '../../../../../src/plan/kubernetes/addresses/in-deploy.ts';
import { withProofByCloud } from '../../../../../src/plan/kubernetes/addresses/in-destroy.ts';
import { planAttach, planRelease } from '../../../../../src/plan/kubernetes/addresses/plan-address.ts';
import { type AddressesObserved, seenWay } from '../../../../../src/plan/kubernetes/addresses/seen.ts';
import { waysOf } from '../../../../../src/plan/kubernetes/addresses/ways.ts';
import { floatingIpDescription } from '../../../../../src/plan/kubernetes/balancers/names.ts';
import { serviceAnnotations } from '../../../../../src/config/cloud-controller.ts';
import type { ClusterAction } from '../../../../../src/plan/kubernetes/actions.ts';
import type { Plan, Step } from '../../../../../src/plan/plan.ts';
import { balancer, floatingIp, madeFloatingIp, service } from '../balancers/kit.ts';
import { addresses, environment } from './kit.ts';

const free = floatingIp({ portId: undefined, portName: undefined });

function wanted(observed: AddressesObserved, of = environment()) {
  const { cloud } = observed;
  if (cloud === undefined) throw new Error('there is a cloud');
  return { environment: 'training', seen: seenWay(waysOf(of)[0]!, observed), cloud };
}

const ids = ({ steps }: Plan<ClusterAction>): string[] => steps.map(({ id }) => id);

describe('attach', () => {
  test('does nothing where the floating IP leads there and the Service says so', () => {
    expect(planAttach(wanted(addresses())).steps).toEqual([]);
  });

  test('takes the one off that is there, puts on that of the file as it was seen, and waits until the Service says so', () => {
    const observed = addresses({
      floatingIps: [free, madeFloatingIp({ revision: 7 })],
      services: [service({ ingress: ['192.0.2.77'] })],
    });
    const plan = planAttach(wanted(observed));
    expect(plan.steps.map(({ id, needs, action }) => [id, needs, action])).toEqual([
      [
        'address:hub:free',
        [],
        { kind: 'moveFloatingIp', id: 'fip-2', address: '192.0.2.77', revision: 7, to: undefined },
      ],
      [
        'address:hub:attach',
        ['address:hub:free', 'address:hub:keep'],
        { kind: 'moveFloatingIp', id: 'fip-1', address: '192.0.2.50', revision: 3, to: 'port-1' },
      ],
      [
        'address:hub:shown',
        ['address:hub:attach'],
        { kind: 'lookAgain', service: { namespace: 'hub', name: 'proxy-public' }, shows: '192.0.2.50' },
      ],
    ]);
  });

  test('only has the controller look again where the Service alone is wrong', () => {
    const observed = addresses({ services: [service({ ingress: ['192.0.2.77'] })] });
    expect(ids(planAttach(wanted(observed)))).toEqual(['address:hub:shown']);
  });

  test('keeps one that the controller has made from being deleted with the Service', () => {
    const mine = floatingIp({ description: madeFloatingIp().description });
    expect(ids(planAttach(wanted(addresses({ floatingIps: [mine] }))))).toEqual(['address:hub:keep']);
    const kept = service({ annotations: { [serviceAnnotations.keepFloatingIp]: 'true' } });
    expect(ids(planAttach(wanted(addresses({ floatingIps: [mine], services: [kept] }))))).toEqual([]);
  });

  test('is refused without a floating IP in the file, without a load balancer, and where it is in use', () => {
    const without = planAttach(wanted(addresses(), environment('')));
    expect(without.refusal?.what).toBe('The file has no floating IP for proxy-public.');
    const none = addresses({
      floatingIps: [free],
      loadBalancers: [],
      services: [service({ balancerId: undefined })],
    });
    expect(planAttach(wanted(none)).refusal?.what).toBe('Service proxy-public has no load balancer yet.');
    const inUse = addresses({ floatingIps: [floatingIp({ portId: 'port-9', portName: 'web' })] });
    expect(planAttach(wanted(inUse))).toMatchObject({
      steps: [],
      refusal: { what: expect.stringContaining('it leads to port web (port-9)') as string },
    });
  });
});

test('a load balancer of the same name whose members are not nodes is nobody’s to put a floating IP on', () => {
  const services = [service({ balancerId: undefined })];
  const nameless = addresses({ services, floatingIps: [free], loadBalancers: [balancer({ listeners: [] })] });
  expect(planAttach(wanted(nameless)).refusal?.what).toBe('Service proxy-public has no load balancer yet.');
  const proven = addresses({ services, floatingIps: [free] });
  expect(ids(planAttach(wanted(proven)))).toEqual(['address:hub:attach']);
});

describe('release', () => {
  test('takes the floating IP off, and says that the controller may put it back', () => {
    const plan = planRelease(wanted(addresses()));
    expect(plan.steps).toMatchObject([{ action: { kind: 'moveFloatingIp', id: 'fip-1', to: undefined } }]);
    expect(plan.notes[0]?.text).toContain('the cloud controller puts it back');
    expect(plan.impacts[0]?.text).toContain('Nobody reaches the hub at 192.0.2.50 any more.');
  });

  test('does nothing where there is none', () => {
    expect(planRelease(wanted(addresses({ floatingIps: [] }))).steps).toEqual([]);
  });
});

const step = (id: string, action: ClusterAction = { kind: 'syncAccounts' }): Step<ClusterAction> => ({
  id,
  title: id,
  reason: 'of the test',
  needs: [],
  action,
});
const planOf = (...steps: readonly Step<ClusterAction>[]): Plan<ClusterAction> => ({
  environment: 'training',
  steps,
  impacts: [],
  notes: [],
});

describe('a deploy', () => {
  test('looks only where the file has a cloud and a floating IP', () => {
    expect(saysFloatingIp(environment())).toBe(true);
    expect(saysFloatingIp(environment(''))).toBe(false);
    expect(saysFloatingIp({ ...environment(), openstack: undefined })).toBe(false);
  });

  test('moves the floating IP after the releases, and says which one is left over', () => {
    const observed = addresses({ floatingIps: [free, madeFloatingIp()] });
    const plan = withAddresses(planOf(step('jupyterhub:release')), environment(), { observed });
    expect(ids(plan)).toEqual(['jupyterhub:release', 'address:hub:free', 'address:hub:attach']);
    expect(plan.steps.slice(1).every(({ needs }) => needs.includes('jupyterhub:release'))).toBe(true);
    expect(plan.notes[0]?.text).toContain('192.0.2.77, which led to proxy-public, stays with the project');
  });

  test('leaves a new load balancer to the controller, but is refused where it could not have the floating IP', () => {
    const nothing = { services: [], loadBalancers: [] };
    const first = withAddresses(planOf(), environment(), {
      observed: addresses({ ...nothing, floatingIps: [free] }),
    });
    expect(first).toMatchObject({ steps: [], notes: [] });
    expect(first.refusal).toBeUndefined();
    const taken = addresses({ ...nothing, floatingIps: [floatingIp({ portId: 'port-9' })] });
    expect(withAddresses(planOf(), environment(), { observed: taken }).refusal).toMatchObject({
      what: expect.stringContaining('is in use') as string,
      where: 'environment training, `address.floatingIp`',
    });
  });

  test('is not refused for a load balancer that its Service will take over', () => {
    const observed = addresses({ services: [] });
    expect(withAddresses(planOf(), environment(), { observed }).refusal).toBeUndefined();
  });

  test('goes on without the cloud, and says so', () => {
    const observed = { ...addresses(), cloud: undefined };
    const plan = withAddresses(planOf(), environment(), {
      observed,
      notSeen: { why: 'It does not answer.', failed: true },
    });
    expect(plan.notes).toEqual([
      { severity: 'warning', text: 'the floating IP was not looked at. It does not answer.' },
    ]);
  });
});

describe('a destroy', () => {
  const uninstall = step('jupyterhub:uninstall', {
    kind: 'uninstallRelease',
    name: 'hub',
    namespace: 'hub',
    system: 'jupyterhub',
  });
  const proof = step('proof', { kind: 'proveGone', objects: [], releases: [] });
  const ofOtherNodes = [
    {
      port: 80,
      clientTimeout: undefined,
      memberTimeout: undefined,
      members: [{ name: 'other-1', address: '10.0.0.11', port: 31111 }],
    },
  ];
  const proofIn = ({ steps }: Plan<ClusterAction>) => steps.find(({ id }) => id === 'proof')?.action;

  test('proves by the cloud that load balancer and port are gone and the floating IP is not', () => {
    const plan = withProofByCloud(planOf(uninstall, proof), environment(), { observed: addresses() });
    expect(proofIn(plan)).toMatchObject({
      cloud: { balancers: [{ id: 'lb-1' }], ports: ['port-1'], kept: ['192.0.2.50'] },
    });
    expect(ids(plan)).toEqual(['jupyterhub:uninstall', 'proof']);
  });

  test('first keeps a floating IP that would go with the Service', () => {
    const mine = floatingIp({ description: madeFloatingIp().description });
    const observed = addresses({ floatingIps: [mine] });
    const plan = withProofByCloud(planOf(uninstall, proof), environment(), { observed });
    expect(ids(plan)[0]).toBe('address:hub:keep');
    expect(plan.steps[1]?.needs).toEqual(['address:hub:keep']);
  });

  test('proves that a floating IP which the controller made is gone, and says of one that it keeps that it stays', () => {
    const made = madeFloatingIp({ portId: 'port-1' });
    const going = addresses({ floatingIps: [made] });
    const plan = withProofByCloud(planOf(uninstall, proof), environment(''), { observed: going });
    expect(proofIn(plan)).toMatchObject({
      cloud: { floatingIps: [{ id: 'fip-2', address: '192.0.2.77' }], kept: [] },
    });
    const annotations = { 'loadbalancer.openstack.org/keep-floatingip': 'true' };
    const staying = addresses({ floatingIps: [made], services: [service({ annotations })] });
    const left = withProofByCloud(planOf(uninstall, proof), environment(''), { observed: staying });
    expect(proofIn(left)).toMatchObject({ cloud: { floatingIps: [] } });
    expect(left.notes).toEqual([
      {
        severity: 'warning',
        text: expect.stringMatching(/^floating IP 192\.0\.2\.77, .*--only balancer-leftovers`/) as string,
      },
    ]);
    // A person's own is not made by the controller, and one that the file names stays.
    const others = addresses({ floatingIps: [floatingIp()] });
    const own = withProofByCloud(planOf(uninstall, proof), environment(''), { observed: others });
    expect([proofIn(own), own.notes]).toMatchObject([{ cloud: { floatingIps: [] } }, []]);
  });

  test('looks for what an earlier one has left, and not for what is another cluster’s', () => {
    const left = withProofByCloud(planOf(), environment(), { observed: addresses({ services: [] }) });
    expect(proofIn(left)).toMatchObject({ cloud: { balancers: [{ id: 'lb-1' }] } });
    const foreign = balancer({ listeners: ofOtherNodes });
    const others = addresses({ services: [], loadBalancers: [foreign] });
    expect(withProofByCloud(planOf(), environment(), { observed: others }).steps).toEqual([]);
    const unsure = addresses({ services: [], loadBalancers: [balancer({ listeners: [] })] });
    expect(withProofByCloud(planOf(), environment(), { observed: unsure }).steps).toEqual([]);
  });

  test('does not wait for what others have in a namespace that stays', () => {
    const name = 'kube_service_training_hub_gateway';
    const theirs = {
      loadBalancers: [balancer(), balancer({ id: 'lb-9', name })],
      floatingIps: [
        madeFloatingIp({
          id: 'fip-9',
          address: '192.0.2.99',
          description: floatingIpDescription('training', { namespace: 'hub', name: 'gateway' }),
        }),
      ],
    };
    const gateway = { name: 'gateway', balancerId: 'lb-9' };
    for (const release of [{ name: 'dask', namespace: 'hub' }, undefined]) {
      const services = [service(), service({ ...gateway, release })];
      const observed = addresses({ ...theirs, services });
      const plan = withProofByCloud(planOf(uninstall, proof), environment(''), { observed });
      expect(proofIn(plan)).toMatchObject({ cloud: { balancers: [{ id: 'lb-1' }], floatingIps: [] } });
      expect(plan.notes).toEqual([]);
    }
    const gone = addresses({ ...theirs, services: [] });
    const again = withProofByCloud(planOf(), environment(''), { observed: gone });
    expect(proofIn(again)).toMatchObject({ cloud: { balancers: [{ id: 'lb-1' }] } });

    // A namespace that is deleted takes everything along.
    const whole = step('monitoring:remove', { kind: 'removeStack', namespace: 'hub' });
    const services = [service(), service({ ...gateway, release: undefined })];
    const observed = addresses({ ...theirs, services });
    const plan = withProofByCloud(planOf(whole, proof), environment(''), { observed });
    expect(proofIn(plan)).toMatchObject({ cloud: { balancers: [{ id: 'lb-1' }, { id: 'lb-9' }] } });
  });

  test('does not wait for the floating IP of another cluster of that name, nor say that it is left', () => {
    const twin = balancer({
      id: 'lb-2',
      vip: { address: '10.0.0.19', portId: 'port-2', networkId: 'net-1' },
      listeners: ofOtherNodes,
    });
    const theirs = madeFloatingIp({ id: 'fip-9', address: '192.0.2.99', portId: 'port-2' });
    const floatingIps = [madeFloatingIp({ portId: 'port-1' }), theirs];
    for (const annotations of [{}, { [serviceAnnotations.keepFloatingIp]: 'true' }]) {
      const services = [service({ annotations })];
      const observed = addresses({ loadBalancers: [balancer(), twin], floatingIps, services });
      const plan = withProofByCloud(planOf(uninstall, proof), environment(''), { observed });
      expect(JSON.stringify([proofIn(plan), plan.notes])).not.toContain('192.0.2.99');
    }
  });

  test('says that nothing is proved where the cloud cannot be asked', () => {
    const observed = { ...addresses(), cloud: undefined };
    const plan = withProofByCloud(planOf(uninstall, proof), environment(), {
      observed,
      notSeen: { why: 'No.', failed: true },
    });
    expect(plan.notes[0]?.text).toBe('whether a load balancer is left in the cloud will not be proved. No.');
    expect(proofIn(plan)).not.toHaveProperty('cloud');
  });
});
