import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { until } from '../../support/cluster.ts';
import { events } from '../../support/hubwright.ts';
import { test } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'] as const;

describe('the first deploy with Let’s Encrypt', () => {
  test('waits for the name, and then gets the certificate with its first request', async ({
    cluster,
    namespace,
    world,
  }) => {
    const { box, env, authority, domain, door } = world;
    const planned = await world.run('plan', 'training');
    expect(planned.stdout).toContain('wait for address, DNS and port 80');
    expect(planned.stdout).toContain('HTTPS on');
    expect(planned.stdout).toContain('until then log-in is plain HTTP');

    const running = box.start([...deploy, '--timeout', '90s'], { env });
    let said = '';
    running.child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until('it waits for the DNS', async () => said.includes(`waits for ${domain} to lead to`));
    expect(said).toContain(
      `${authority.resolvers[0]} knows no address of it. In the DNS, give ${domain} one A`,
    );
    const watched = box.run(['certificates', 'training', 'watch'], { env });
    const machine = box.run(['certificates', 'training', 'watch', '--json'], { env });
    const core = cluster.config().makeApiClient(CoreV1Api);
    const service = await core.readNamespacedService({ name: 'proxy-public', namespace });
    expect(service.spec?.ports?.map(({ port }) => port)).toEqual([80]);

    // One of the two is late.
    await authority.lead(domain, [door.address], 0);
    await until('it waits for the other', async () => said.includes(`${authority.resolvers[1]} knows no`));
    expect(authority.ordered()).toBe(0);
    await authority.lead(domain, [door.address]);

    const result = await running.done;
    expect(result.stderr).toContain('wait for it');
    expect(result.exitCode, result.stderr).toBe(0);
    expect([authority.ordered(), authority.issued()]).toEqual([1, 1]);
    expect(await world.outcomes()).toEqual(['issued']);
    const status = await world.run('certificates', 'training');
    expect(status.said).toContain(`✔ The certificate of ${domain} from Pebble`);
    expect(status.said).toContain('a copy is kept in Secret hubwright-certificates/');
    expect(status.said).toContain(`✔ port 443 of ${door.address} shows a certificate of ${domain}`);
    expect(status.exitCode).toBe(0);
    expect((await world.run('plan', 'training')).stdout).toContain('Nothing to do');

    // Each says a state once, and ends with the certificate.
    const { exitCode, stdout, stderr } = await watched;
    const lines = stdout.split('\n').slice(0, -1);
    expect([exitCode, stderr, new Set(lines).size]).toEqual([0, '', lines.length]);
    expect(lines[0]).toContain(`knows no address of it. Waits for ${domain} to lead to`);
    expect(lines.at(-1)).toContain(`The certificate of ${domain} from Pebble`);
    const told = await machine;
    const states = events(told.stdout).map(({ type, state }) => [type, state]);
    expect([told.exitCode, states[0]]).toEqual([0, ['state', 'dnsWrong']]);
    expect(states.slice(-2)).toEqual([
      ['state', 'issued'],
      ['result', 'issued'],
    ]);

    door.instead = 'none';
    const shut = await world.run('certificates', 'training', '--json');
    expect([shut.exitCode, JSON.parse(shut.stdout)]).toMatchObject([1, { state: 'notShown' }]);
    const doctor = await world.run('doctor', 'training', '--only', 'https-door');
    expect([doctor.exitCode, doctor.said]).toEqual([
      1,
      expect.stringContaining(`Port 443 of ${door.address} answers without a certificate for the name`),
    ]);
    door.instead = undefined;
    const again = await world.run('certificates', 'training', 'issue', '--yes');
    expect([again.exitCode, again.said]).toEqual([0, expect.stringContaining('Nothing to do')]);

    // The file names another one, and nobody has deployed it.
    await world.write({ domain: `new.${domain}` });
    const refused = await world.run('certificates', 'training', 'issue', '--yes');
    expect(refused.said).toContain(`The hub is deployed for ${domain}, and the file says new.${domain}.`);
    expect(refused.exitCode).toBe(1);
    expect(authority.ordered()).toBe(1);
  });

  test('ends well with HTTPS off where port 80 stays closed, and the next one goes on', async ({ world }) => {
    const { authority, domain, door } = world;
    await authority.lead(domain, [door.address]);
    await door.close();
    const first = await world.run(...deploy, '--timeout', '25s');
    expect(first.said).toContain('the connection is refused');
    expect(first.said).toContain('`hubwright deploy training` goes on');
    expect(first.exitCode).toBe(0);
    expect(authority.ordered()).toBe(0);
    const state = await world.run('certificates', 'training', '--json');
    expect(JSON.parse(state.stdout)).toMatchObject({ type: 'result', state: 'portClosed' });
    expect(state.exitCode).toBe(1);
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { child, done } = world.box.start(['certificates', 'training', 'watch'], { env: world.env });
      child.stdout?.once('data', () => child.kill(signal));
      const watched = await done;
      expect(watched.exitCode, watched.stderr).toBe(exitCode);
      expect(watched.stdout).toMatch(/^Port 80 of .*the connection is refused\. Waits for port 80/);
    }

    await door.open();
    const plan = await world.run('plan', 'training');
    expect(plan.stdout).not.toContain('JupyterHub: release');
    const second = await world.run(...deploy);
    expect(second.exitCode, second.said).toBe(0);
    expect([authority.ordered(), authority.issued()]).toEqual([1, 1]);
  });

  test('waits for a load balancer that is slow', async ({ cluster, namespace, world }) => {
    const { box, env, authority, domain, door } = world;
    await authority.lead(domain, [door.address]);
    await world.write({ values: "      service: { annotations: { hubwright.test/no-address: 'yes' } }" });
    const running = box.start(deploy, { env });
    let said = '';
    running.child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until('it waits for the address', async () => said.includes('no address yet'));
    const core = cluster.config().makeApiClient(CoreV1Api);
    const body = [{ op: 'remove', path: '/metadata/annotations/hubwright.test~1no-address' }];
    await core.patchNamespacedService({ name: 'proxy-public', namespace, body });
    const { exitCode } = await running.done;
    expect([exitCode, authority.ordered(), authority.issued()]).toEqual([0, 1, 1]);
  });

  test('is refused while strangers could sign up without HTTPS', async ({ world }) => {
    await world.write({ values: '    hub: { config: { NativeAuthenticator: { enable_signup: true } } }' });
    const refused = await world.run(...deploy);
    expect(refused.said).toContain('Anybody could sign up while HTTPS is still off');
    expect(refused.exitCode).toBe(2);
  });
});
