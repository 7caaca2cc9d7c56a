import { type Fault, type FaultProxy, type Refusal, startFaultProxy } from '../fault-proxy.ts';
import { type Ports, urlOf } from './config.ts';

/** As the services put it. */
function refuse(status: Refusal): object {
  const message = {
    401: 'The request you have made requires authentication.',
    409: 'Invalid state PENDING_UPDATE of loadbalancer resource x',
    429: 'Too many requests',
    500: 'Request Failed: internal server error while processing your request.',
    503: 'Project busy.  Unable to lock the project.  Please try again.',
  }[status];
  return { faultcode: 'Server', faultstring: `${message} (made up by the test)`, debuginfo: null };
}

const faults: Readonly<Record<'keystone' | 'neutron' | 'octavia' | 'nova', readonly Fault[]>> = {
  keystone: [429, 500, 503, 'reset', 'lost', 'hang'],
  neutron: [401, 429, 500, 503, 'reset', 'lost', 'hang'],
  octavia: [401, 409, 429, 500, 503, 'reset', 'lost', 'hang'],
  nova: [401, 429, 500, 503, 'reset', 'lost', 'hang'],
};

export type CloudProxies = Readonly<Record<'keystone' | 'neutron' | 'octavia', FaultProxy>>;

/** A proxy before each service that makes requests go wrong at random. */
export async function startCloudProxies(
  { ports }: { readonly ports: Ports },
  { seed, rate }: { readonly seed: number; readonly rate?: number },
): Promise<CloudProxies> {
  const start = (service: keyof CloudProxies, index: number): Promise<FaultProxy> => {
    const server = urlOf(ports, service).replace(/\/v3$/, '');
    const how = { seed: seed * 10 + index, faults: faults[service], refuse };
    return startFaultProxy({ server, ...how, ...(rate === undefined ? {} : { rate }) });
  };
  return {
    keystone: await start('keystone', 0),
    neutron: await start('neutron', 1),
    octavia: await start('octavia', 2),
  };
}

/** The same before a Nova. */
export function startNovaProxy(
  server: string,
  how: { readonly seed: number; readonly rate: number },
): Promise<FaultProxy> {
  return startFaultProxy({ server, ...how, faults: faults.nova, refuse });
}

/** How often something has gone wrong so far. */
export function happened(proxies: Readonly<Record<string, FaultProxy>>): number {
  const counts = Object.values(proxies).flatMap((proxy) => [...proxy.happened.values()]);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What an entry of clouds.yaml needs for requests to go through them. */
export function throughProxies({ keystone, neutron, octavia }: CloudProxies, auth: object): object {
  return {
    auth: { ...auth, auth_url: `${keystone.url}/v3` },
    network_endpoint_override: neutron.url,
    load_balancer_endpoint_override: octavia.url,
  };
}
