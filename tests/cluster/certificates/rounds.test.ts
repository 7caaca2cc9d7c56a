import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { type ClusterClient, until } from '../../support/cluster.ts';
import { autohttpsIn, test } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'] as const;
const destroy = ['destroy', 'training', '--no-save', '--yes-destroy', 'training'] as const;

/** Makes the namespace go, with everything in it. */
async function removeNamespace(cluster: ClusterClient, name: string): Promise<void> {
  const api = cluster.config().makeApiClient(CoreV1Api);
  await api.deleteNamespace({ name });
  await until(`namespace ${name} is gone`, async () => {
    const { items } = await api.listNamespace();
    return !items.some(({ metadata }) => metadata?.name === name);
  });
}

describe('a certificate is asked for once', () => {
  test('in ten rounds of taking the hub down and making it anew', async ({ cluster, namespace, world }) => {
    const { run, authority, domain, door } = world;
    await authority.lead(domain, [door.address]);
    for (let round = 0; round <= 10; round++) {
      const deployed = await run(...deploy);
      expect(deployed.exitCode, deployed.said).toBe(0);
      expect((await run('certificates', 'training')).said).toContain(`The certificate of ${domain}`);
      if (round === 10) break;
      const destroyed = await run(...destroy);
      expect(destroyed.exitCode, destroyed.said).toBe(0);
      // Every third time somebody is more thorough than that.
      if (round % 3 === 2) await removeNamespace(cluster, namespace);
    }
    expect([authority.ordered(), authority.issued()]).toEqual([1, 1]);
  }, 600_000);

  test('where the copy is a file that age encrypts', async ({ cluster, namespace, world }) => {
    const { box, run, write, authority, domain, door } = world;
    const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
    const identity = await generateX25519Identity();
    await box.write('key.txt', `# created: now\n${identity}\n`, 0o600);
    const keep = `keep: { recipients: ['${await identityToRecipient(identity)}'] }`;
    await write({ more: keep });
    await authority.lead(domain, [door.address]);
    expect((await run(...deploy)).exitCode).toBe(0);
    await run(...destroy);
    await removeNamespace(cluster, namespace);

    // Without the key nothing is asked for either.
    const refused = await run(...deploy);
    expect(refused.said).toContain('the file names no key to read it with');
    expect(authority.ordered()).toBe(1);
    const restored = await run('certificates', 'training', 'restore', '--identity', 'key.txt', '--yes');
    expect(restored.stdout).toContain('The copy of the certificate is put back.');
    const goesOn = await run(...deploy);
    expect(goesOn.exitCode, goesOn.said).toBe(0);

    await rm(join(box.folder, 'certificates'), { recursive: true });
    const saved = await run('certificates', 'training', 'save');
    expect(saved.stdout).toContain('A copy of the certificate is kept.');
    await autohttpsIn(cluster, namespace).lose();
    await write({ more: keep.replace(' }', ', identity: { fromFile: key.txt } }') });
    const deployed = await run(...deploy);
    expect(deployed.exitCode, deployed.said).toBe(0);
    expect((await run('certificates', 'training')).said).toContain(`✔ The certificate of ${domain}`);
    expect(authority.ordered()).toBe(1);
    for (const { said } of [restored, saved, deployed]) expect(said).not.toContain('AGE-SECRET-KEY');
  }, 240_000);
});

describe('changing from one server to another', () => {
  test('takes one request, and going back and forth takes none', async ({ world }) => {
    const { run, write, authority, other, domain, door } = world;
    const real = await other();
    await Promise.all([authority.lead(domain, [door.address]), real.lead(domain, [door.address])]);
    expect((await run(...deploy)).exitCode).toBe(0);

    await write({ from: real });
    const state = JSON.parse((await run('certificates', 'training', '--json')).stdout) as object;
    expect(state).toMatchObject({ state: 'otherAuthority' });
    const promoted = await run('certificates', 'training', 'promote', '--yes');
    expect(promoted.exitCode, promoted.said).toBe(0);
    expect([authority.issued(), real.issued()]).toEqual([1, 1]);
    expect((await run('certificates', 'training')).exitCode).toBe(0);

    for (const from of [authority, real]) {
      await write({ from });
      const changed = await run(...deploy);
      expect(changed.exitCode, changed.said).toBe(0);
      expect((await run('certificates', 'training')).exitCode).toBe(0);
    }
    expect([authority.ordered(), real.ordered()]).toEqual([1, 1]);
  }, 240_000);
});
