import { expect, test } from 'vitest';
import { type Settling, unsettled } from '../../../../../src/plan/kubernetes/balancers/unsettled.ts';
import { balancer, node, observed, service } from './kit.ts';

const [listener] = balancer().listeners ?? [];
const { nodes } = observed();

const cases: Record<string, { given: Partial<Settling>; says: string | undefined }> = {
  'all is as the Service says': { given: {}, says: undefined },
  'no load balancer': {
    given: { service: service({ balancerId: undefined }), balancer: undefined },
    says: 'the Service proxy-public has no load balancer yet',
  },
  'one that is gone': { given: { balancer: undefined }, says: 'load balancer lb-1 is not there' },
  'one that is being changed': {
    given: { balancer: balancer({ provisioning: 'PENDING_UPDATE' }) },
    says: 'load balancer lb-1 is PENDING_UPDATE',
  },
  'a port more': {
    given: { service: service({ ports: [80, 443].map((port) => ({ port, nodePort: 30_000 + port })) }) },
    says: 'load balancer lb-1 does not listen on port 443 yet',
  },
  'a node that has not said its address yet is a node': {
    given: { nodes: nodes.map((one) => ({ ...one, addresses: [] })) },
    says: undefined,
  },
  'a node that has another address now': {
    given: { nodes: [node('worker-1', '10.0.0.11'), node('worker-2', '10.0.0.92')] },
    says: 'load balancer lb-1 still leads to worker-2 (10.0.0.12), no node of the cluster',
  },
  'a port without any node': {
    given: { balancer: balancer({ listeners: [{ ...listener!, members: [] }] }) },
    says: 'port 80 leads to no node',
  },
  'a port without any node, and no node is ready': {
    given: {
      balancer: balancer({ listeners: [{ ...listener!, members: [] }] }),
      nodes: nodes.map((one) => ({ ...one, serves: false })),
    },
    says: undefined,
  },
  'a node that is gone': {
    given: { nodes: nodes.slice(0, 1) },
    says: 'load balancer lb-1 still leads to worker-2 (10.0.0.12), no node of the cluster',
  },
  'another port of the nodes': {
    given: { service: service({ ports: [{ port: 80, nodePort: 31_000 }] }) },
    says: 'port 80 leads to port 30080 of the nodes, and the Service is at 31000',
  },
  'another timeout': {
    given: { service: service({ annotations: timeout('60000') }) },
    says: 'port 80: client timeout 3600 s, the Service asks for 60 s',
  },
  'a timeout that is no number, which the controller passes over': {
    given: { service: service({ annotations: timeout('1h') }) },
    says: undefined,
  },
  'a listener that tells no timeouts': {
    given: {
      service: service({ annotations: timeout('60000') }),
      balancer: balancer({ listeners: [{ ...listener!, clientTimeout: undefined }] }),
    },
    says: undefined,
  },
  'no address': {
    given: { service: service({ ingress: [] }) },
    says: 'the Service proxy-public has no address yet',
  },
};

function timeout(milliseconds: string): Record<string, string> {
  return { 'loadbalancer.openstack.org/timeout-client-data': milliseconds };
}

test.for(Object.entries(cases))(
  'a Service waits for what the doctor looks for: %s',
  ([, { given, says }]) => {
    expect(unsettled({ service: service(), balancer: balancer(), nodes, ...given })).toBe(says);
  },
);
