"""What Nova would do for Octavia, where there is none: the ports of load balancers are made, and know their machine.

Octavia's own stand-in for Nova (`compute_noop_driver`) makes no ports, so that with the real Neutron a load balancer
would have no VIP port and never be ACTIVE.
"""

from types import SimpleNamespace

from octavia.common import clients
from octavia.compute.drivers.noop_driver import driver


def attach(self, compute_id, network_id=None, ip_address=None, port_id=None):
    neutron = clients.NeutronAuth.get_neutron_client()
    if port_id is None:
        fixed = {"fixed_ips": [{"ip_address": ip_address}]} if ip_address else {}
        port = neutron.create_port(network_id=network_id, device_owner="compute:nova", device_id=compute_id, **fixed)
    else:
        port = neutron.update_port(port_id, device_id=compute_id)
    # As novaclient names the fields of an interface.
    return SimpleNamespace(id=port.id, port_id=port.id, net_id=port.network_id, fixed_ips=port.fixed_ips)


def detach(self, compute_id, port_id):
    clients.NeutronAuth.get_neutron_client().update_port(port_id, device_id="")


def stand_in():
    driver.NoopComputeDriver.attach_network_or_port = attach
    driver.NoopComputeDriver.detach_port = detach
