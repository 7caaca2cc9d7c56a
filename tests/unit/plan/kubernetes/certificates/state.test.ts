import { describe, expect, test } from 'vitest';
import type { AcmeObserved } from '../../../../../src/plan/kubernetes/certificates/observed.ts';
import { conditionsOf, firstOpen } from '../../../../../src/plan/kubernetes/certificates/conditions.ts';
import { certificateState, isSettled } from '../../../../../src/plan/kubernetes/certificates/state.ts';
import {
  acme,
  answer,
  certificate,
  domain,
  own,
  production,
  refusal,
  shown,
  staging,
  traefik,
} from './kit.ts';

function balancer(provisioning = 'ACTIVE') {
  return { id: 'lb-1', provisioning, floatingIps: ['192.0.2.50'] };
}

const spent = [3000, 2400, 1800, 1200, 600].map((ageSeconds) => ({
  ageSeconds,
  authority: production,
  outcome: 'failed' as const,
}));

function mendThenWait({ source: mend }: RegExp) {
  return expect.stringMatching(
    new RegExp(
      `^${mend}\\. 5 requests have failed within an hour, .*: wait for the next request to be allowed, in 10 minutes\\.`,
    ),
  );
}

describe('the way to a certificate', () => {
  test.each<[name: string, observed: Partial<AcmeObserved>, text: RegExp]>([
    ['noAddress', { service: undefined, port80: [] }, /no Service proxy-public/],
    ['noAddress', { service: { ingress: [], https: false }, port80: [] }, /has no address/],
    ['balancerNotReady', { balancer: balancer('PENDING_UPDATE') }, /lb-1 is PENDING_UPDATE/],
    ['balancerNotReady', { balancer: balancer('ERROR') }, /lb-1 is ERROR/],
    [
      'floatingIpWrong',
      { service: { ingress: ['192.0.2.77'], https: false }, balancer: { notSeen: 'no cloud' } },
      /has 192.0.2.77, and the file says 192.0.2.50/,
    ],
    [
      'floatingIpWrong',
      { balancer: { ...balancer(), floatingIps: ['192.0.2.77'] } },
      /has 192.0.2.77, and the file says 192.0.2.50/,
    ],
    ['floatingIpWrong', { balancer: { ...balancer(), floatingIps: [] } }, /has no floating IP, and the file/],
    ['dnsWrong', { dns: [answer({ a: [] })] }, /1.1.1.1 knows no address/],
    [
      'dnsWrong',
      { dns: [answer(), answer({ resolver: '9.9.9.9', a: ['192.0.2.1'] })] },
      /9.9.9.9 says 192.0.2.1 \(A\)/,
    ],
    ['dnsWrong', { dns: [answer({ a: ['192.0.2.50', '192.0.2.1'] })] }, /192.0.2.1/],
    ['dnsWrong', { dns: [answer({ aaaa: ['2001:db8::1'] })] }, /2001:db8::1 \(AAAA\), which is not this hub/],
    [
      'dnsWrong',
      { dns: [answer({ caa: [{ tag: 'issue', value: 'sectigo.com' }] })] },
      /lets sectigo.com issue/,
    ],
    ['dnsWrong', { dns: [answer({ caa: [{ tag: 'issue', value: '' }] })] }, /lets nobody issue/],
    [
      'dnsWrong',
      { dns: [answer({ failures: ['A: it does not answer'] })] },
      /1.1.1.1 could not be asked \(A: it does not answer\)/,
    ],
    [
      'portClosed',
      { port80: [{ address: '192.0.2.50', problem: 'the connection is refused' }] },
      /the connection is refused/,
    ],
  ])('waits in %s', (name, observed, text) => {
    const state = certificateState(acme(observed));
    expect(state.name).toBe(name);
    expect(state.what).toMatch(text);
    expect(state.waitsFor).toBeTruthy();
    expect(state.todo).toMatch(/\.$/);
  });

  test('waits for resolvers that do not answer with what to do about those, and not about the records', () => {
    const silent = answer({ failures: ['A: it does not answer'] });
    const open = firstOpen(conditionsOf(acme({ dns: [silent, answer({ resolver: '9.9.9.9' })] })));
    expect(open?.seen).toBe('1.1.1.1 could not be asked (A: it does not answer)');
    expect(open?.todo).toBe(
      'See that this machine may ask 1.1.1.1 (port 53), or write others as `address.resolvers`.',
    );
  });

  test('is ready where all holds, and where nobody could ask the cloud', () => {
    expect(certificateState(acme()).name).toBe('ready');
    expect(certificateState(acme({ balancer: { notSeen: 'no cloud' } })).name).toBe('ready');
  });

  test('takes a CAA record that names Let’s Encrypt beside others', () => {
    const caa = [
      { tag: 'issue' as const, value: 'sectigo.com' },
      { tag: 'issue' as const, value: 'letsencrypt.org' },
    ];
    expect(certificateState(acme({ dns: [answer({ caa })] })).name).toBe('ready');
  });

  test('leaves CAA records to another server, which knows by what name it stands there', () => {
    const caa = [{ tag: 'issue' as const, value: 'sectigo.com' }];
    const observed = acme({ authority: 'acme.sectigo.com', dns: [answer({ caa })] });
    expect(certificateState(observed).name).toBe('ready');
    const { todo } = firstOpen(conditionsOf({ ...observed, dns: [answer({ a: [] })] })) ?? {};
    expect(todo).not.toContain('CAA');
  });

  test('believes the cloud before the Service, which still tells of the address before', () => {
    const service = { ingress: ['192.0.2.77'], https: false };
    expect(certificateState(acme({ service })).name).toBe('ready');
  });

  test('takes a load balancer that has a name and no address of its own', () => {
    const service = { ingress: ['lb.cloud.example'], https: false };
    const elsewhere = { floatingIp: undefined, balancer: { notSeen: 'the file names no cloud' } };
    expect(certificateState(acme({ service, ...elsewhere })).name).toBe('ready');
  });

  test('stops for a budget that is spent', () => {
    const state = certificateState(acme({ attempts: spent }));
    expect(state.name).toBe('budgetSpent');
    expect(state.waitsFor).toBe('the next request to be allowed, in 10 minutes');
  });

  test('says what can be mended first, and then how long a spent budget has to be waited for', () => {
    const port80 = [{ address: '192.0.2.50', problem: 'the connection is refused' }];
    const { name, todo } = certificateState(acme({ attempts: spent, port80 }));
    expect([name, todo]).toEqual(['portClosed', mendThenWait(/Open port 80 .*/)]);
  });
});

describe('while traefik runs without a certificate', () => {
  test('it is asking for the first five minutes', () => {
    expect(certificateState(acme(traefik())).name).toBe('requesting');
    expect(certificateState(acme(traefik([], 301)))).toMatchObject({
      name: 'failed',
      cause: { kind: 'unknown' },
    });
  });

  test('a pod that does not start is no longer waited for after as long', () => {
    const pod = (createdSecondsAgo: number) =>
      acme({
        ...traefik(),
        autohttps: {
          replicas: 1,
          pod: { name: 'autohttps-1', createdSecondsAgo, ageSeconds: undefined, ready: false },
          log: [],
        },
      });
    expect(certificateState(pod(60))).toMatchObject({
      name: 'requesting',
      waitsFor: 'the pod of autohttps to start',
    });
    expect(certificateState(pod(301)).what).toContain('has not started in five minutes');
  });

  test('what it says counts at once, and what stands in the way is told first', () => {
    const log = [refusal('acme: error: 400 :: urn:ietf:params:acme:error:dns :: NXDOMAIN looking up A')];
    const state = certificateState(acme({ ...traefik(log), dns: [answer({ a: [] })] }));
    expect(state).toMatchObject({ name: 'failed', cause: { kind: 'dns' } });
    expect(state.todo).toMatch(/^1.1.1.1 knows no address of it: .*`hubwright certificates ENV issue`/);
  });

  test('the fix of what it says comes before the wait for a budget that is spent', () => {
    const of = (error: string, given: Partial<AcmeObserved> = {}) =>
      certificateState(acme({ ...traefik([refusal(error)]), attempts: spent, ...given })).todo;
    const timeout = 'acme: error: 400 :: urn:ietf:params:acme:error:connection :: Timeout during connect';
    expect(of(timeout)).toEqual(mendThenWait(/Open port 80 .*/));
    expect(of(timeout)).toMatch(/Then `hubwright certificates ENV issue` has traefik ask again/);
    expect(of(timeout, { dns: [answer({ a: [] })] })).toEqual(mendThenWait(/1.1.1.1 knows no address.*/));
    expect(of(timeout, { certificate: certificate({ daysLeft: -1 }) })).toEqual(
      mendThenWait(/Open port 80 .*/),
    );
    // Of a limit there is nothing to mend.
    expect(of('urn:ietf:params:acme:error:rateLimited')).toMatch(/^5 requests have failed .*: wait for /);
  });
});

describe('a certificate that is there', () => {
  test.each([
    ['issued', certificate()],
    ['renewing', certificate({ daysLeft: 29 })],
    ['ended', certificate({ daysLeft: -1 })],
    ['otherAuthority', certificate({ authority: staging })],
    ['issued', certificate({ authority: undefined })],
  ])('is %s', (name, given) => {
    expect(certificateState(acme({ ...traefik(), certificate: given })).name).toBe(name);
  });

  test.each<[text: RegExp, given: Partial<AcmeObserved>]>([
    [/HTTPS is off: the Service proxy-public has no port 443/, { service: { ingress: [], https: false } }],
    [/HTTPS is off: there is no Service/, { service: undefined }],
    [/HTTPS is off: autohttps is not there/, { autohttps: undefined }],
    [/HTTPS is off: autohttps is stopped/, { autohttps: { replicas: 0, pod: undefined, log: [] } }],
    [
      /Port 443 of 192.0.2.50 does not answer, .*: the connection is refused/,
      { port443: [{ address: '192.0.2.50', problem: 'the connection is refused', reached: false }] },
    ],
    [
      /answers without a certificate for the name: it refuses/,
      { port443: [{ address: '192.0.2.50', problem: 'it refuses', reached: true }] },
    ],
    [
      /Another certificate .*: port 443 of 192.0.2.50 shows a certificate of no name from TRAEFIK/,
      {
        port443: [
          shown({ fingerprint: 'BB', names: [], issuer: 'TRAEFIK DEFAULT CERT', coversDomain: false }),
        ],
      },
    ],
    [/Another certificate/, { port443: [shown(), shown({ fingerprint: 'BB' })] }],
  ])('is not shown: %s', (text, given) => {
    const state = certificateState(acme({ ...traefik(), certificate: certificate(), ...given }));
    expect([state.name, state.what]).toEqual(['notShown', expect.stringMatching(text)]);
    expect(state.todo).toMatch(/\.$/);
  });

  test('is shown where traefik has just renewed it, and where nobody has an address yet', () => {
    const renewed = shown({ fingerprint: 'BB', until: '2027-02-28T00:00:00.000Z' });
    for (const port443 of [[renewed], []])
      expect(certificateState(acme({ ...traefik(), certificate: certificate(), port443 })).name).toBe(
        'issued',
      );
  });

  test('is another’s business than the file’s while that is not deployed', () => {
    const asked = (deployed: AcmeObserved['deployed'], given: Partial<AcmeObserved> = {}) =>
      certificateState(acme({ ...traefik(), deployed, ...given }));
    const here = { domains: [domain], authority: production };
    expect(asked(here).name).toBe('requesting');
    expect(asked({ ...here, domains: ['old.example.org'] })).toMatchObject({
      name: 'notDeployed',
      what: 'The hub is deployed for old.example.org, and the file says hub.example.org.',
      todo: '`hubwright deploy ENV` changes over.',
    });
    expect(asked({ ...here, authority: staging }).what).toContain(`asks ${staging}`);
    expect(asked({ ...here, authority: staging }, { certificate: certificate() }).name).toBe('notDeployed');
    const other = { certificate: certificate({ authority: staging }) };
    expect(asked({ ...here, authority: staging }, other).name).toBe('otherAuthority');
  });

  test('of staging is right where the file asks for that', () => {
    const given = certificate({ authority: staging, issuer: "(STAGING) Let's Encrypt" });
    expect(certificateState(acme({ ...traefik(), authority: staging, certificate: given })).name).toBe(
      'issued',
    );
  });
});

test('a watch ends where nothing is on its way any more', () => {
  const there = { ...traefik(), certificate: certificate() };
  for (const observed of [
    acme(there),
    acme({ ...there, certificate: certificate({ daysLeft: 20 }) }),
    acme({ ...there, certificate: certificate({ authority: staging }) }),
    acme({ ...there, deployed: { domains: [], authority: production } }),
    own(),
    own({ daysLeft: 3 }),
  ])
    expect(isSettled(observed)).toBe(true);
  for (const observed of [
    acme(),
    acme(traefik()),
    acme({ ...there, port443: [shown({ fingerprint: 'BB' })] }),
  ])
    expect(isSettled(observed)).toBe(false);
});

describe('a certificate of people’s own', () => {
  test.each([
    ['missing', own({}, { own: undefined }), /no certificate in Secret hub-tls/],
    ['ended', own({ daysLeft: -3 }), /ended at 2027-01-30/],
    ['endsSoon', own({ daysLeft: 21 }), /in 21 days/],
    ['unusable', own({ keyFits: false }), /key does not belong/],
    [
      'unusable',
      own({ coversDomain: false, names: ['www.example.org'] }),
      /for www.example.org, and not for hub/,
    ],
    ['unusable', own({ chain: 'incomplete' }), /ends with “USERTrust”/],
    ['unusable', own({ chain: 'wrongOrder' }), /do not follow/],
    ['unusable', own({ chain: 'selfSigned' }), /signed by itself/],
    ['unusable', own({ from: '2026-12-24T00:00:00.000Z' }), /only from 2026-12-24/],
    ['issued', own(), /of GEANT for hub.example.org, holds until/],
    ['issued', own({ keyFits: undefined }), /holds until/],
    [
      'notShown',
      own({ fingerprint: 'NEW', until: '2027-06-01T00:00:00.000Z' }),
      /Another certificate is shown than the one that is there: .*until 2027-01-30/,
    ],
    ['notShown', own({}, { door: { service: { ingress: [], https: false }, port443: [] } }), /HTTPS is off/],
  ])('is %s', (name, observed, text) => {
    const state = certificateState(observed);
    expect([state.name, state.what]).toEqual([name, expect.stringMatching(text)]);
  });
});
