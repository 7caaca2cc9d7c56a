import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { killedAtEachBoundary } from '../boundaries.ts';
import { killAt } from '../faults.ts';
import { type World, autohttpsIn, test } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];
const certificates = (verb: string): string[] => ['certificates', 'training', verb, '--yes'];

/** The certificate is there and kept, and nothing is under way any more. */
async function isWell({ run }: World): Promise<void> {
  const { said } = await run('certificates', 'training');
  expect(said).toMatch(/^✔ The certificate of \S+ from Pebble/);
  expect(said).toContain('a copy is kept in Secret');
  expect((await run('status', 'training')).stdout).not.toMatch(/✖|interrupted/);
}

test(
  'a certificate is asked for once, wherever a command was killed',
  { timeout: 600_000 },
  async ({ cluster, namespace, world }) => {
    const { box, env, run, write, authority, other, domain, door, outcomes } = world;
    const real = await other();
    await Promise.all([authority, real].map((one) => one.lead(domain, [door.address])));
    const ordered = (): number[] => [authority.ordered(), real.ordered()];
    // Time enough to be killed while it is waited for.
    authority.orderMs = real.orderMs = 4000;
    const stepsOf = (args: readonly string[], at?: string): Promise<string[]> =>
      killedAtEachBoundary(box, args, env, at);

    expect(await stepsOf(deploy, 'certificate:')).toEqual(
      expect.arrayContaining([
        'certificate:conditions',
        'certificate:https',
        'certificate:issued',
        'certificate:save',
      ]),
    );
    expect([ordered(), await outcomes()]).toEqual([[1, 0], ['issued']]);
    await isWell(world);

    await write({ from: real });
    expect(await stepsOf(certificates('promote'), 'certificate:')).toEqual(
      expect.arrayContaining([
        'certificate:conditions',
        'certificate:switch',
        'certificate:https',
        'certificate:issued',
        'certificate:save',
      ]),
    );
    expect([ordered(), await outcomes()]).toEqual([
      [1, 1],
      ['issued', 'issued'],
    ]);
    await isWell(world);

    const autohttps = autohttpsIn(cluster, namespace);
    await autohttps.lose();
    expect(await stepsOf(certificates('restore'))).toEqual(['certificate:restore']);
    await isWell(world);

    // Between its end and its start again.
    await autohttps.lose();
    await box.must(certificates('restore'), { env });
    await write({ from: authority });
    await killAt(box, certificates('promote'), { env }, async () => (await autohttps.replicas()) === 0);
    await box.must(deploy, { env });
    await isWell(world);
    expect(ordered()).toEqual([1, 1]);

    await autohttps.lose();
    expect(await stepsOf(certificates('issue'))).toEqual([
      'certificate:conditions',
      'certificate:restart',
      'certificate:issued',
      'certificate:save',
    ]);
    expect([ordered(), await outcomes()]).toEqual([
      [2, 1],
      ['issued', 'issued', 'issued'],
    ]);
    await isWell(world);
    expect((await run(...certificates('issue'))).stdout).toContain('Nothing to do');

    await cluster
      .config()
      .makeApiClient(CoreV1Api)
      .deleteCollectionNamespacedSecret({
        namespace: 'hubwright-certificates',
        labelSelector: `hubwright/certificate-of=${namespace}`,
      });
    expect(await stepsOf(certificates('save'))).toEqual(['certificate:save']);
    await isWell(world);
  },
);
