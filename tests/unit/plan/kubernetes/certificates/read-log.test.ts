import { describe, expect, test } from 'vitest';
import { readLog } from '../../../../../src/plan/kubernetes/certificates/read-log.ts';
import { refusal } from './kit.ts';

const acme = 'urn:ietf:params:acme:error';

describe('traefik’s log in plain words', () => {
  test.each([
    ['dns', `acme: error: 400 :: ${acme}:dns :: DNS problem: NXDOMAIN looking up A for hub.example.org`],
    ['dns', `acme: error: 400 :: ${acme}:dns :: no valid A records found for hub.example.org`],
    [
      'port',
      `acme: error: 400 :: ${acme}:connection :: 192.0.2.50: Fetching http://hub.example.org/: Timeout during connect (likely firewall problem)`,
    ],
    ['port', `acme: error: 400 :: ${acme}:connection :: During secondary validation: Connection refused`],
    [
      'otherServer',
      `invalid authorization: acme: error: 403 :: ${acme}:unauthorized :: 192.0.2.1: Invalid response from http://hub.example.org/: 404`,
    ],
    ['caa', `acme: error: 403 :: ${acme}:caa :: CAA record for hub.example.org prevents issuance`],
    [
      'rateLimit',
      `acme: error: 429 :: ${acme}:rateLimited :: too many new orders (300) from this account in the last 3h0m0s, retry after 2026-11-30 10:00:00 UTC`,
    ],
    [
      'account',
      `acme: error: 400 :: ${acme}:invalidContact :: contact email has forbidden domain "example.org"`,
    ],
    ['name', `acme: error: 400 :: ${acme}:rejectedIdentifier :: Cannot issue for "hub.internal"`],
    ['serverTrouble', `acme: error: 500 :: ${acme}:serverInternal :: Internal error`],
    ['unknown', 'something that nobody has seen yet'],
  ])('%s', (kind, error) => {
    const cause = readLog(['2026-11-30T08:59:30Z WRN starting', refusal(error)]);
    expect(cause?.kind).toBe(kind);
    expect(cause?.what).toMatch(/\.$/);
    expect(cause?.todo).toMatch(/[.,]/);
    expect(cause?.line).toContain(error.slice(0, 40));
  });

  test('takes the time of the next request from the server’s words', () => {
    const text = `too many failed authorizations (5) for "hub.example.org" in the last 1h0m0s, retry after 2026-11-30 10:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/`;
    const cause = readLog([refusal(`acme: error: 429 :: ${acme}:rateLimited :: ${text}`)]);
    expect(cause?.notBefore).toBe('2026-11-30T10:00:00Z');
  });

  test('the last failure counts, without colours', () => {
    const lines = [
      refusal(`acme: error: 400 :: ${acme}:dns :: NXDOMAIN`),
      `\u001b[90m2026\u001b[0m \u001b[31mERR\u001b[0m ${refusal(`acme: error: 400 :: ${acme}:connection :: Timeout`)}`,
    ];
    expect(readLog(lines)).toMatchObject({ kind: 'port', line: expect.not.stringContaining('\u001b') });
  });

  test.each([
    [
      'an account that cannot be made',
      'ERR Unable to obtain ACME certificate for domains error="cannot get ACME client acme: error: 400 :: urn:ietf:params:acme:error:invalidContact :: bad"',
      'account',
    ],
    [
      'a server that cannot be reached',
      'ERR Unable to obtain ACME certificate for domains error="cannot get ACME client get directory at \'https://acme-v02.api.letsencrypt.org/directory\': Get: dial tcp: lookup: no such host"',
      'unreachable',
    ],
    [
      'a renewal that fails',
      'ERR Error renewing ACME certificate: {hub.example.org []} error="acme: error: 400 :: urn:ietf:params:acme:error:connection :: refused"',
      'port',
    ],
  ])('reads %s', (_what, line, kind) => {
    expect(readLog([line])?.kind).toBe(kind);
  });

  test('other lines are about something else', () => {
    expect(readLog([])).toBeUndefined();
    expect(readLog(['ERR error while reading the TLS handshake error="EOF"'])).toBeUndefined();
  });

  test('a path that traefik was asked for and does not know hides no cause', () => {
    const asked = 'ERR Cannot retrieve the ACME challenge for hub.example.org (token "hubwright")';
    expect(readLog([asked])).toBeUndefined();
    expect(readLog([refusal(`acme: error: 400 :: ${acme}:connection :: refused`), asked])?.kind).toBe('port');
  });
});
