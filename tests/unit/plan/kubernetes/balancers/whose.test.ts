import { describe, expect, test } from 'vitest';
import { balancerName, oldName, parseName } from '../../../../../src/plan/kubernetes/balancers/names.ts';
import { sharedWith, whose } from '../../../../../src/plan/kubernetes/balancers/whose.ts';
import { balancer, observed, service } from './kit.ts';

const members = (name: string, address: string) => [
  {
    port: 80,
    clientTimeout: undefined,
    memberTimeout: undefined,
    members: [{ name, address, port: 31111 }],
  },
];

describe('names', () => {
  test('a name tells of which Service it is, also where the cluster has `_` in its own', () => {
    expect(parseName(balancerName('my_cluster', service()))).toEqual({
      cluster: 'my_cluster',
      namespace: 'hub',
      name: 'proxy-public',
    });
    expect(parseName('k8s-clusterapi-cluster-default-training-kubeapi')).toBeUndefined();
    expect(parseName('kube_service_training')).toBeUndefined();
  });

  test('a name is cut where Octavia takes no more', () => {
    expect(balancerName('c'.repeat(300), service())).toHaveLength(255);
  });

  test('a name of long ago is made of the uid', () => {
    expect(oldName({ uid: '0b7bf9b9-1c3a-4f6e-8f0b-7b1a2f0c9d11' })).toBe('a0b7bf9b91c3a4f6e8f0b7b1a2f0c9d1');
  });
});

describe('a load balancer is', () => {
  test('the Service’s whose annotation has its id, whatever its name', () => {
    const seen = observed({ loadBalancers: [] });
    expect(whose(balancer({ name: 'by-hand', tags: [] }), seen)).toMatchObject({
      kind: 'service',
      by: 'id',
    });
  });

  test('the Service’s by name and members where no annotation says anything', () => {
    const seen = observed({ services: [service({ balancerId: undefined })] });
    expect(whose(balancer(), seen)).toMatchObject({ kind: 'service', by: 'members' });
    expect(whose(balancer({ listeners: [] }), seen)).toMatchObject({ kind: 'service', by: 'name' });
  });

  test('another’s where the members are no nodes of the cluster, though the name is the same', () => {
    const seen = observed({ services: [service({ balancerId: undefined })] });
    expect(whose(balancer({ listeners: members('other-1', '10.0.0.11') }), seen)).toMatchObject({
      kind: 'other',
      why: expect.stringContaining('another one has its name too') as string,
    });
  });

  test('the cluster’s under a name that it had before, where its members are nodes', () => {
    const seen = observed({ services: [service({ balancerId: undefined })] });
    const name = balancerName('before', service());
    expect(whose(balancer({ name }), seen)).toMatchObject({ kind: 'service', by: 'members' });
    expect(whose(balancer({ name, listeners: [] }), seen)).toEqual({
      kind: 'other',
      why: 'it was made for cluster before',
    });
  });

  test('an orphan where its Service is gone', () => {
    const seen = observed({ services: [] });
    expect(whose(balancer({ listeners: members('worker-1', '10.0.0.99') }), seen)).toEqual({
      kind: 'orphan',
      namespace: 'hub',
      name: 'proxy-public',
      by: 'members',
    });
    expect(whose(balancer({ listeners: [] }), seen)).toMatchObject({ kind: 'orphan', by: 'name' });
  });

  test('a person’s where its name is none of the controller’s', () => {
    expect(whose(balancer({ id: 'lb-9', name: 'web', tags: [] }), observed())).toMatchObject({
      kind: 'other',
    });
  });

  test('shared where other Services have put their tags on it', () => {
    const other = 'kube_service_training_hub_other';
    const one = balancer();
    expect(sharedWith({ ...one, tags: [one.name, other, 'mine', ''] })).toEqual([other]);
  });
});
