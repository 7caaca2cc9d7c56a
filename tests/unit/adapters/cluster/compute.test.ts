import { expect, test } from 'vitest';
import type { ClusterContext } from '../../../../src/adapters/cluster/context.ts';
import { observeCompute } from '../../../../src/adapters/cluster/nodes/observe-rooms.ts';
import type { Flavor } from '../../../../src/adapters/openstack/nova.ts';
import { UserError } from '../../../../src/errors.ts';

const limits = {
  maxTotalCores: 100,
  totalCoresUsed: 24,
  maxTotalRAMSize: -1,
  totalRAMUsed: 1024,
  maxTotalInstances: 20,
  totalInstancesUsed: 3,
  maxServerGroups: 10,
  maxServerGroupMembers: 10,
};

function flavor(name: string, extra: Record<string, string> = {}): Flavor {
  return { id: name, name, vcpus: 8, ram: 32_768, disk: 40, extra_specs: extra };
}

const ports = async () => ({ port: { limit: 50, used: 20, reserved: 2 } });

function contextWith(
  flavors: () => Promise<Flavor[]>,
  quota: () => Promise<unknown> = ports,
): ClusterContext {
  const compute = { flavors, limits: async () => limits };
  const cloud = async () => ({ with: () => ({ compute, network: { quota } }) });
  return { cloud } as unknown as ClusterContext;
}

test('flavours and quota are read in bytes, and no limit is none', async () => {
  const seen = await observeCompute(contextWith(async () => [flavor('small')]));
  expect(seen).toEqual({
    seen: {
      flavors: [{ name: 'small', cores: 8, memory: 32 * 1024 ** 3, gpus: 0 }],
      quota: {
        cores: { used: 24, most: 100 },
        memory: { used: 1024 ** 3, most: undefined },
        instances: { used: 3, most: 20 },
        ports: { used: 22, most: 50 },
      },
    },
  });
});

test('where Neutron does not tell its quota, Nova’s is there all the same', async () => {
  const broken = () => Promise.reject(new UserError({ what: 'It is away.', fix: 'Wait.' }));
  const seen = await observeCompute(contextWith(async () => [flavor('small')], broken));
  expect(seen).toMatchObject({ seen: { quota: { instances: { most: 20 }, ports: undefined } } });
});

test.each([
  [{ 'pci_passthrough:alias': 'a100:2' }, 2],
  [{ 'pci_passthrough:alias': 'a100:1,v100:2' }, 3],
  [{ 'resources:VGPU': '1' }, 1],
  [{ 'hw:cpu_policy': 'dedicated' }, 0],
])('GPUs of a flavour with %j are %d', async (extra, gpus) => {
  const seen = await observeCompute(contextWith(async () => [flavor('one', extra)]));
  expect(seen).toMatchObject({ seen: { flavors: [{ gpus }] } });
});

test('a cloud that cannot be asked is not seen, with the reason', async () => {
  const broken = contextWith(() => Promise.reject(new UserError({ what: 'It is away.', fix: 'Wait.' })));
  expect(await observeCompute(broken)).toEqual({ notSeen: 'It is away. Wait.', failed: true });
});

test('a file that names no cloud is no failure', async () => {
  expect(await observeCompute({ cloud: undefined } as ClusterContext)).toMatchObject({ failed: false });
});
