import { describe, expect } from 'vitest';
import { test } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'] as const;
const issue = ['certificates', 'training', 'issue', '--yes', '--timeout', '20s'] as const;
const acme = 'urn:ietf:params:acme:error';

describe('requests that fail', () => {
  test('for a limit are not made again before the server’s own time', async ({ world }) => {
    const { run, authority, domain, door, outcomes } = world;
    await authority.lead(domain, [door.address]);
    const time = new Date(Date.now() + 2 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    authority.refuseOrders = {
      status: 429,
      type: `${acme}:rateLimited`,
      detail: `too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after ${time} UTC: see https://letsencrypt.org/docs/rate-limits/`,
    };
    const failed = await run(...deploy);
    expect(failed.exitCode).toBe(1);
    expect(failed.said).toContain("Let's Encrypt gives no more certificates for now");
    expect(await outcomes()).toEqual(['failed']);

    const refused = await run(...issue);
    expect(refused.exitCode).toBe(1);
    expect(refused.said).toContain('the next request to be allowed, in 2 hours');
    expect(authority.ordered()).toBe(1);
    // It has failed, and left nothing half done.
    const doctor = await run(
      ...'doctor training --json --only certificate-missing deploy-interrupted'.split(' '),
    );
    const { findings } = JSON.parse(doctor.stdout) as { findings: { check: string }[] };
    expect(findings.map(({ check }) => check)).toEqual(['certificate-missing']);
    const state = JSON.parse((await run('certificates', 'training', '--json')).stdout) as object;
    expect(state).toMatchObject({ state: 'failed', cause: { kind: 'rateLimit' } });
  });

  test('are five in an hour at most, each with its cause, and then one that succeeds is not made either', async ({
    world,
  }) => {
    const { run, write, authority, domain, door, outcomes } = world;
    await authority.lead(domain, [door.address]);
    authority.refuseOrders = {
      status: 400,
      type: `${acme}:connection`,
      detail: 'Timeout during connect (likely firewall problem)',
    };
    expect((await run(...deploy)).said).toContain("Let's Encrypt does not reach port 80 of the hub");
    for (let request = 2; request <= 4; request++) expect((await run(...issue)).exitCode).toBe(1);
    // An upgrade that starts autohttps again asks too.
    const traefik = (tag: string) => ({ values: `      traefik: { image: { tag: ${tag} } }` });
    await write(traefik('v3.6.1'));
    expect((await run(...deploy)).said).toContain("Let's Encrypt does not reach port 80 of the hub");
    expect(await outcomes()).toEqual(Array.from({ length: 5 }, () => 'failed'));

    authority.refuseOrders = undefined;
    const refused = await run(...issue);
    expect(refused.said).toContain('5 requests have failed within an hour');
    expect([refused.exitCode, authority.ordered()]).toEqual([1, 5]);
    const { todo } = JSON.parse((await run('certificates', 'training', '--json')).stdout) as { todo: string };
    expect(todo).toMatch(/^Open port 80 to the world .* wait for the next request to be allowed, in /);
    await write(traefik('v3.6.2'));
    const kept = await run(...deploy);
    expect(kept.said).toContain('starts autohttps again');
    expect([kept.exitCode, authority.ordered()]).toEqual([1, 5]);
    // So does the one before that.
    const back = await run('rollback', 'training', '--yes');
    expect(back.said).toContain('This rollback starts autohttps again');
    expect([back.exitCode, authority.ordered()]).toEqual([1, 5]);
  }, 240_000);

  test('succeed once what stood in the way is mended', async ({ world }) => {
    const { run, authority, domain, door, outcomes } = world;
    await authority.lead(domain, [door.address]);
    authority.refuseOrders = {
      status: 403,
      type: `${acme}:caa`,
      detail: `CAA record for ${domain} prevents issuance`,
    };
    expect((await run(...deploy)).said).toContain('A CAA record of the domain forbids');
    authority.refuseOrders = undefined;
    const done = await run(...issue);
    expect(done.exitCode, done.said).toBe(0);
    expect(done.said).toContain('The certificate is there');
    expect([authority.issued(), await outcomes()]).toEqual([1, ['failed', 'issued']]);
    expect((await run(...issue)).said).toContain('Nothing to do');
    expect(authority.ordered()).toBe(2);
  });
});
