import { BlockList, isIP } from 'node:net';

/**
 * The proxy that leads to the server: the kubeconfig's own (`proxy-url`), else $HTTPS_PROXY with the exceptions of
 * $NO_PROXY, by the rules of Go's programs (kubectl among them): networks such as 10.0.0.0/8 count, a name stands for
 * its subdomains too, this machine is never asked for through a proxy.
 */
export function proxyFor(
  server: string,
  own: string | null | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (own) return own;
  const { protocol, hostname } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[name] || env[name.toLowerCase()];
  if (!proxy || isThisMachine(host)) return undefined;
  const exceptions = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map((entry) => entry.trim());
  if (exceptions.some((entry) => entry !== '' && excepts(entry, host, server))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Whether the address is one of this machine alone. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function excepts(entry: string, host: string, server: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inNetwork(entry, host);
  const { name, port } = withPort(entry);
  if (port !== undefined && port !== portOf(server)) return false;
  const suffix = name.replace(/^\*?\./, '').toLowerCase();
  const onlySubdomains = name.startsWith('.') || name.startsWith('*.');
  return (!onlySubdomains && host === suffix) || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
}

function withPort(entry: string): { name: string; port: string | undefined } {
  const match = isIP(entry) === 6 ? undefined : /^(.*):([0-9]+)$/.exec(entry);
  return { name: (match?.[1] ?? entry).replace(/^\[|\]$/g, ''), port: match?.[2] };
}

function portOf(server: string): string {
  const { port, protocol } = new URL(server);
  return port || (protocol === 'https:' ? '443' : '80');
}

function inNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^[0-9]{1,3}$/.test(bits)) return false;
  const list = new BlockList();
  list.addSubnet(network, Math.min(Number(bits), family === 6 ? 128 : 32), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
