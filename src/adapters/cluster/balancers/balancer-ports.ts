import type { Port } from '../../openstack/neutron.ts';

const uuid = String.raw`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`;
const ovnName = new RegExp(`^ovn-lb-vip-(?:additional-\\d+-)?(${uuid})$`);

/**
 * For which load balancer Octavia has made a port, or its provider OVN; undefined: for none. OVN's ports of health monitors
 * (`ovn-lb-hm-…`) are the subnet's, whoever has load balancers there.
 *
 * As octavia does (`network/drivers/neutron/allowed_address_pairs.py`), and ovn-octavia-provider (`helper.py`): older ones
 * of that give their ports neither owner nor device.
 */
export function balancerOfPort({
  name,
  device_owner: owner,
  device_id: device,
}: Pick<Port, 'name' | 'device_owner' | 'device_id'>): string | undefined {
  if (owner === 'Octavia' || owner === 'ovn-lb:vip')
    return device.startsWith('lb-') ? device.slice('lb-'.length) : undefined;
  return owner === '' && device === '' ? ovnName.exec(name)?.[1] : undefined;
}
