import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KubernetesApi } from '../../../../src/adapters/kubernetes/api.ts';
import { type Lease, leaseRef, usualTiming } from '../../../../src/adapters/kubernetes/lease-object.ts';
import { keepRenewed } from '../../../../src/adapters/kubernetes/lease-renewal.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server on which the lease is, and which does what `replace` asks for. */
class Server {
  lease: Lease = {
    ...leaseRef('hub'),
    metadata: { name: 'hubwright', namespace: 'hub', uid: 'a', resourceVersion: '1', creationTimestamp: '' },
    spec: { holderIdentity: 'us', renewTime: '' },
  };

  replace(wanted: Lease): Lease | undefined {
    const { resourceVersion } = this.lease.metadata;
    if (wanted.metadata.resourceVersion !== resourceVersion) return undefined;
    const metadata = { ...wanted.metadata, resourceVersion: `${Number(resourceVersion) + 1}` };
    this.lease = { ...wanted, metadata };
    return this.lease;
  }
}

function hold(server: Server, replace: (wanted: Lease) => Promise<Lease | undefined>) {
  const api = {
    clockAhead: () => 0,
    with: () => api,
    replace,
    get: () => Promise.resolve(server.lease),
  } as unknown as KubernetesApi;
  return keepRenewed(server.lease, { api, timing: usualTiming, identity: 'us', what: 'Environment a' });
}

test('a renewal whose answer is lost counts as one that came through', async () => {
  const server = new Server();
  const { guard } = hold(server, (wanted) => {
    server.replace(wanted);
    // Asked once more, the server says that the lease is another by now.
    return Promise.resolve(server.replace(wanted));
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(() => guard.check()).not.toThrow();
});

test('a renewal that never came through does not, though the lease is still ours', async () => {
  const server = new Server();
  const { guard } = hold(server, () => Promise.resolve(undefined));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(() => guard.check()).toThrow('was lost');
});
