import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OpenstackError } from '../../../../src/adapters/openstack/explain.ts';
import { fetchAt } from '../../../../src/adapters/openstack/redirects.ts';
import { UserError } from '../../../../src/errors.ts';
import { FakeCloud, cut, json, password, silent } from './fake-cloud.ts';

// What a real cloud does only by chance, in the order that a test wants it.

let cloud: FakeCloud;
beforeEach(async () => (cloud = await FakeCloud.start()));
afterEach(() => cloud.stop());

const fips = (...floatingips: object[]) => json(200, { floatingips });
const fip = { id: 'f1', floating_ip_address: '192.0.2.1', port_id: null, revision_number: 3 };
const busy = json(409, {
  faultcode: 'Client',
  faultstring: 'Invalid state PENDING_UPDATE of loadbalancer resource l1',
});

describe('the token', () => {
  test('is one for all who ask at the same time', async () => {
    const { network } = await cloud.connect();
    await Promise.all([network.ports(), network.networks(), network.subnets(), network.floatingIps()]);
    expect(cloud.tokens).toBe(1);
    expect(cloud.seen.filter(({ headers }) => headers['x-auth-token'] === 'token-1')).toHaveLength(4);
  });

  test('is renewed once for all whose calls were refused, and the calls are made again', async () => {
    const { network } = await cloud.connect();
    await network.ports();
    cloud.replies.push(...[1, 2, 3].map(() => json(401, { error: { message: 'gone' } })));
    await Promise.all([network.ports(), network.networks(), network.subnets()]);
    expect(cloud.tokens).toBe(2);
    expect(cloud.asked).toHaveLength(1 + 3 + 3);
  });

  test('that is refused although it is new is not a matter of trying', async () => {
    cloud.replies.push(json(401), json(401), json(401));
    const error = await failure((await cloud.connect()).network.ports());
    expect(error).toMatchObject({
      refusal: 'unauthorized',
      what: expect.stringContaining('Neutron does not accept the token'),
    });
    expect(cloud.tokens).toBe(2);
  });

  test('is renewed before its end', async () => {
    cloud.lifetime = 400;
    const { network } = await cloud.connect();
    await network.ports();
    await new Promise((resolve) => void setTimeout(resolve, 350));
    await Promise.all([network.ports(), network.ports()]);
    expect(cloud.tokens).toBe(2);
    expect(cloud.asked).toHaveLength(3);
  });

  test('lasts for as long as it says, whatever the clocks are', async () => {
    for (const ahead of [-86_400_000, 86_400_000]) {
      cloud.ahead = ahead;
      const before = cloud.tokens;
      const { network } = await cloud.connect();
      for (let times = 0; times < 3; times++) await network.ports();
      expect(cloud.tokens).toBe(before + 1);
    }
  });

  test('is asked for anew after a failure', async () => {
    cloud.identity.push(
      json(401, { error: { message: 'The request you have made requires authentication.' } }),
    );
    const { network } = await cloud.connect();
    expect(await failure(network.ports())).toMatchObject({
      refusal: 'unauthorized',
      what: expect.stringContaining('The cloud test does not accept user alex'),
    });
    expect(await network.ports()).toEqual([]);
  });
});

describe('trying again', () => {
  test('waits for as long as the service asks', async () => {
    cloud.replies.push(json(429, {}, { 'retry-after': '1' }));
    const begun = performance.now();
    await (await cloud.connect()).network.ports();
    expect(performance.now() - begun).toBeGreaterThan(950);
  });

  test('waits until the time that the service names, by its own clock', async () => {
    const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
    cloud.replies.push(json(503, {}, { date, 'retry-after': 'Mon, 23 Nov 2026 12:00:01 GMT' }));
    const begun = performance.now();
    await (await cloud.connect()).network.ports();
    expect(performance.now() - begun).toBeGreaterThan(950);
  });

  test('does not wait for longer than a command is worth, nor asks earlier: it says when', async () => {
    cloud.replies.push(json(503, {}, { 'retry-after': '600' }));
    const error = await failure((await cloud.connect()).network.ports());
    expect(error.status).toBe(503);
    expect(error.fix).toMatch(
      /^It asks to be left alone for 600 s: run the command again after 20\d\d-\d\d-\d\dT[\d:]{8}Z\. /,
    );
    expect(cloud.asked).toHaveLength(1);
  });

  test.each([429, 500, 502, 503, 504])('a GET after %d', async (status) => {
    cloud.replies.push(json(status), json(status));
    expect(await (await cloud.connect()).network.ports()).toEqual([]);
    expect(cloud.asked).toHaveLength(3);
  });

  test('a GET whose connection was cut, and a token', async () => {
    cloud.identity.push(cut, json(503));
    cloud.replies.push(cut);
    expect(await (await cloud.connect()).network.ports()).toEqual([]);
    expect(cloud.asked).toHaveLength(2);
  });

  test('a POST where nothing was done, and never where it may have been', async () => {
    const { session } = await cloud.connect();
    const call = { service: 'network', method: 'POST', path: '/x', subject: 'an x' } as const;
    cloud.replies.push(json(429), json(503));
    await session.call(call);
    expect(cloud.asked).toHaveLength(3);
    for (const reply of [json(500), json(504), cut]) {
      cloud.seen.length = 0;
      cloud.replies.push(reply);
      expect(await failure(session.call(call))).toMatchObject({ refusal: 'unknown' });
      expect(cloud.asked).toHaveLength(1);
    }
  });

  test('while something else is changed, where the caller says so alone', async () => {
    const { loadBalancers } = await cloud.connect();
    cloud.replies.push(busy, busy, json(204));
    expect(await loadBalancers.delete('l1', { whileBusy: true })).toBe(true);
    cloud.replies.push(
      busy,
      json(200, { loadbalancer: { id: 'l1', provisioning_status: 'PENDING_UPDATE' } }),
    );
    expect(await failure(loadBalancers.delete('l1'))).toMatchObject({ refusal: 'busy', status: 409 });
  });

  test('not where a quota is met, which is a 409 too', async () => {
    const { session } = await cloud.connect();
    cloud.replies.push(
      json(409, {
        NeutronError: {
          type: 'OverQuota',
          message: "Quota exceeded for resources: ['floatingip'].",
          detail: '',
        },
      }),
    );
    const call = { service: 'network', method: 'PUT', path: '/x', subject: 'an x', whileBusy: true } as const;
    expect(await failure(session.call(call))).toMatchObject({ refusal: 'quota' });
    expect(cloud.asked).toHaveLength(1);
  });

  test('ends, and says for how long it has waited', async () => {
    cloud.replies.push(silent, silent);
    const patience = { attemptSeconds: 1.5, mostAttempts: 2 };
    const error = await failure((await cloud.connect({ patience })).network.ports());
    expect(error.what).toBe('Neutron does not answer within 1.5 seconds.');
    // By this those who run the cloud find it.
    expect(error.requestId).toBe(cloud.seen.at(-1)?.headers['x-openstack-request-id']);
    expect(error.where).toContain(error.requestId);
  });

  test('ends when its guard does', async () => {
    const ended = new AbortController();
    const reason = new UserError({ what: 'The lock was lost.', fix: 'Again.' });
    const api = (await cloud.connect()).with({ guard: { signal: ended.signal, check: () => undefined } });
    cloud.replies.push(() => ended.abort(reason));
    await expect(api.network.ports()).rejects.toBe(reason);
    await expect(api.network.ports()).rejects.toBe(reason);
    expect(cloud.asked).toHaveLength(1);
  });
});

describe('a service that has moved', () => {
  const movedTo = (location: string, status = 307) => json(status, {}, { location });

  test.each([301, 302, 307, 308])('is followed with the same method and body after %d', async (status) => {
    const { session } = await cloud.connect();
    cloud.identity.push(movedTo(`${cloud.url}/v3/auth/tokens?moved`, status));
    cloud.replies.push(movedTo('/network/elsewhere', status), json(200, { floatingips: [] }));
    const call = { service: 'network', method: 'POST', path: '/x', subject: 'an x', body: { a: 1 } } as const;
    await session.call(call);
    const [, , first, second] = cloud.seen;
    expect(cloud.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST']);
    expect(second).toMatchObject({ path: '/network/elsewhere', body: { a: 1 } });
    expect(second?.headers['x-auth-token']).toBe(first?.headers['x-auth-token']);
  });

  test('in circles is not followed for ever', async () => {
    const { network } = await cloud.connect();
    await network.ports();
    cloud.replies.push(...Array.from({ length: 40 }, () => movedTo('/round')));
    await expect(network.ports()).rejects.toThrow('Neutron of the cloud test leads on and on');
    expect(cloud.asked).toHaveLength(1 + 31);
  });

  test('and does not say where it is now is told', async () => {
    cloud.replies.push(json(302));
    await expect((await cloud.connect()).network.ports()).rejects.toThrow(
      'Neutron of the cloud test answers 302 and does not say where it has moved.',
    );
  });

  test('from TLS to none gets nothing, and it is said where it leads', async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return new Response(null, { status: 302, headers: { location: 'http://keystone.example/v3?token=x' } });
    };
    const context = { cloud: { name: 'test' } } as never;
    const call = {
      service: 'identity',
      method: 'POST',
      url: 'https://keystone.example/v3',
      subject: 's',
    } as const;
    const error = await failure(fetchAt(fetch, {} as never, call, context));
    expect(error.what).toBe(
      'Keystone of the cloud test leads to http://keystone.example/v3, which has no TLS.',
    );
    expect(error.fix).toContain('`auth_url`');
    expect(asked).toEqual(['https://keystone.example/v3']);
  });
});

describe('an answer that was lost', () => {
  test('to a deletion: it is being deleted, or is gone', async () => {
    const { loadBalancers, network } = await cloud.connect();
    cloud.replies.push(
      cut,
      busy,
      json(200, { loadbalancer: { id: 'l1', provisioning_status: 'PENDING_DELETE' } }),
    );
    expect(await loadBalancers.delete('l1')).toBe(true);
    cloud.replies.push(cut, json(404));
    expect(await network.deleteFloatingIp('f1')).toBe(false);
  });

  test('to moving a floating IP: it is where it should be', async () => {
    const { network } = await cloud.connect();
    const changed = json(412, {
      NeutronError: {
        type: 'RevisionNumberConstraintFailed',
        message: 'Constrained to 3, but current revision is 4',
      },
    });
    cloud.replies.push(
      cut,
      changed,
      json(200, { floatingip: { ...fip, port_id: 'port', revision_number: 4 } }),
    );
    expect(await network.associate(fip as never, 'port')).toMatchObject({ port_id: 'port' });
    expect(cloud.seen.find(({ method }) => method === 'PUT')).toMatchObject({
      headers: { 'if-match': 'revision_number=3' },
      body: { floatingip: { port_id: 'port' } },
    });
    cloud.replies.push(changed, json(200, { floatingip: { ...fip, port_id: 'other' } }));
    expect(await failure(network.associate(fip as never, 'port'))).toMatchObject({ refusal: 'changed' });
  });

  test('to making a floating IP: the one that is there now and was not before', async () => {
    const { network } = await cloud.connect();
    const wanted = { floating_network_id: 'n', description: 'for the test' };
    const made = { ...fip, id: 'f2' };
    cloud.replies.push(fips(fip), cut, fips(fip, made));
    expect(await network.createFloatingIp(wanted)).toEqual(made);
    expect(cloud.asked.filter((each) => each.startsWith('POST'))).toHaveLength(1);
    cloud.replies.push(fips(fip), json(500), fips(fip));
    expect(await failure(network.createFloatingIp(wanted))).toMatchObject({ refusal: 'unknown' });
  });
});

describe('errors', () => {
  const neutron = (type: string, message: string) => ({ NeutronError: { type, message, detail: '' } });
  const octavia = (faultstring: string) => ({ faultcode: 'Client', faultstring, debuginfo: null });
  test.each([
    [
      403,
      octavia('Quota has been met for resources: Load Balancer'),
      'quota',
      "The project's quota does not allow it",
      'Quota has been met',
    ],
    [
      403,
      octavia('Policy does not allow this request to be performed.'),
      'forbidden',
      'You may not change it: your roles in the project are member, reader.',
      'Policy',
    ],
    [
      403,
      {
        forbidden: {
          code: 403,
          message: 'Quota exceeded for cores: Requested 4, but already used 20 of 20 cores',
        },
      },
      'quota',
      'quota',
      'already used 20',
    ],
    [
      404,
      neutron('FloatingIPNotFound', 'Floating IP x could not be found'),
      'missing',
      'has no it',
      'FloatingIPNotFound: Floating IP x',
    ],
    [
      409,
      octavia('Load Balancer l1 is immutable and cannot be updated.'),
      'busy',
      'is being changed',
      'immutable',
    ],
    [
      409,
      neutron('FloatingIPPortAlreadyAssociated', 'Cannot associate floating IP'),
      'changed',
      'somebody else',
      'Cannot associate',
    ],
    [
      412,
      neutron('RevisionNumberConstraintFailed', 'Constrained to 1'),
      'changed',
      'somebody else',
      'Constrained',
    ],
    [
      400,
      { errors: [{ status: 400, title: 'Bad', detail: 'The Content-type is wrong' }] },
      'other',
      'refuses it',
      'Content-type',
    ],
    [400, '<html><title>Bad</title><p>Bad   request</p></html>', 'other', 'refuses it', 'Bad Bad request'],
    [501, octavia('not supported by the provider'), 'other', 'answers 501', 'not supported'],
  ])('%d %j', async (status, body, refusal, what, details) => {
    cloud.replies.push(
      typeof body === 'string' ? (response) => response.writeHead(status).end(body) : json(status, body),
    );
    const { session } = await cloud.connect();
    const call = session.call({
      service: 'load-balancer',
      method: 'PUT',
      path: '/x?secret=1',
      subject: 'it',
    });
    const error = await failure(call);
    expect(error).toMatchObject({ refusal, status, service: 'load-balancer', exitCode: 1 });
    expect(error.what).toContain(what);
    expect(error.details).toContain(details);
    expect(error.fix).not.toBe('');
    if (typeof body === 'object') expect(error.requestId).toBe('req-of-the-cloud');
    expect(error.where).toMatch(/^PUT http:\/\/127\.0\.0\.1:\d+\/load-balancer\/v2\.0\/x \(cloud test/);
  });

  test('what answers is not OpenStack', async () => {
    cloud.replies.push((response) => response.writeHead(200).end('<html>Log in</html>'));
    const error = await failure((await cloud.connect()).network.ports());
    expect(error).toMatchObject({
      what: 'What answers there is not Neutron.',
      details: '<html>Log in</html>',
    });
  });

  test('nobody is there', async () => {
    const api = await cloud.connect(
      { patience: { mostAttempts: 1 } },
      { network_endpoint_override: 'http://127.0.0.1:1' },
    );
    const error = await failure(api.network.ports());
    expect(error).toMatchObject({
      what: 'Neutron cannot be reached.',
      details: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a certificate that is not there is named', async () => {
    const api = await cloud.connect({}, { cacert: '/no/such.pem' });
    await expect(api.network.ports()).rejects.toMatchObject({ where: '/no/such.pem', exitCode: 2 });
  });

  test('hide the password and tokens, also where the cloud says them back', async () => {
    const echo = json(400, { error: { message: `'${password}' is short: ${JSON.stringify(password)}` } });
    cloud.identity.push(echo);
    const errors = [await failure((await cloud.connect()).network.ports())];
    const { session, network } = await cloud.connect();
    await network.ports();
    const says = `token-${cloud.tokens} ${password}`;
    cloud.replies.push(json(400, { error: { message: says } }), (response) =>
      response.writeHead(200).end(says),
    );
    errors.push(
      await failure(session.call({ service: 'network', method: 'PUT', path: '/x', subject: 'it' })),
    );
    errors.push(await failure(network.ports()));
    for (const error of errors) {
      expect(error.details).toContain('***');
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/hunter2|token-\d/);
    }
    // Who prints the connection sees nothing either.
    expect(inspect(await cloud.connect(), { depth: 9 })).not.toContain('hunter2');
  });

  test('what answers is not Keystone', async () => {
    cloud.identity.push(json(201, { welcome: true }));
    expect((await failure((await cloud.connect()).network.ports())).what).toBe(
      'What answers there is not Keystone.',
    );
  });
});

async function failure(promise: Promise<unknown>): Promise<OpenstackError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof OpenstackError) return error;
  throw new Error('it does not fail as it should', { cause: error });
}
