import { expect, test } from 'vitest';
import { balancerOfPort } from '../../../../src/adapters/cluster/balancers/balancer-ports.ts';

const id = '3f0c7a1e-5a52-4a0f-9d5e-6c1f1f8d2b11';

test.for([
  ['of Octavia', { name: `octavia-lb-${id}`, device_owner: 'Octavia', device_id: `lb-${id}` }, id],
  ['of OVN', { name: `ovn-lb-vip-${id}`, device_owner: 'ovn-lb:vip', device_id: `lb-${id}` }, id],
  ['of an older OVN', { name: `ovn-lb-vip-${id}`, device_owner: '', device_id: '' }, id],
  ['of a second address', { name: `ovn-lb-vip-additional-1-${id}`, device_owner: '', device_id: '' }, id],
  [
    'of a machine of Octavia',
    { name: `octavia-lb-vrrp-${id}`, device_owner: 'Octavia', device_id: 'vm' },
    undefined,
  ],
  [
    'of health monitors of a subnet',
    { name: `ovn-lb-hm-${id}`, device_owner: 'ovn-lb-hm:distributed', device_id: `ovn-lb-hm-${id}` },
    undefined,
  ],
  [
    'of a server, which has taken it',
    { name: `ovn-lb-vip-${id}`, device_owner: 'compute:nova', device_id: 'vm' },
    undefined,
  ],
  ['that a person has named so', { name: 'ovn-lb-vip-mine', device_owner: '', device_id: '' }, undefined],
] as const)('a port %s tells for which load balancer it was made', ([, port, balancer]) => {
  expect(balancerOfPort(port)).toBe(balancer);
});
