import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PublicLogs } from '../../../src/plan/kubernetes/certificates/observed.ts';
import { certificateEvent, isWell, renderCertificate } from '../../../src/cli/render/certificates.ts';
import {
  acme,
  answer,
  certificate,
  own,
  refusal,
  shown,
  traefik,
} from '../plan/kubernetes/certificates/kit.ts';
import { course } from '../environment.ts';
import { pipedIo, runIn } from './run.ts';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'hubwright-certificates-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

describe('certificates', () => {
  test.each([
    [['certificates', 'local', 'renew'], 'does not say what to do'],
    [['certificates', 'local', 'issue', 'now'], 'does not say what to do'],
    [['certificates'], 'it has no certificate, because nobody else can reach it'],
  ])('refuses %j', async (argv, text) => {
    const lines = course.replaceAll(/^(?=.)/gm, '    ');
    writeFileSync(
      join(cwd, 'hub.yaml'),
      `name: course\nenvironments:\n  local:\n    target: local\n${lines}`,
    );
    const { exitCode, stderr } = await runIn(cwd, argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(text)]);
  });
});

describe('where a certificate is on its way', () => {
  test('is told with what was seen, what it waits for and the command for this environment', () => {
    const text = renderCertificate('training', acme({ dns: [answer({ a: [] })] }), pipedIo());
    expect(text).toContain('✖ 1.1.1.1 knows no address of it.');
    expect(text).toContain('waits for hub.example.org to lead to 192.0.2.50');
    expect(text).toContain('✔ load balancer lb-1 is ACTIVE');
    expect(text).toContain('◌ 1.1.1.1 knows no address of it');
    expect(text).not.toContain('ENV');
  });

  test('shows the line of the log that says why', () => {
    const observed = acme(
      traefik([refusal('acme: error: 403 :: urn:ietf:params:acme:error:caa :: CAA record')]),
    );
    expect(renderCertificate('training', observed, pipedIo())).toContain('urn:ietf:params:acme:error:caa');
    expect(isWell(observed)).toBe(false);
  });

  test('never calls well what nobody could look at', () => {
    const text = renderCertificate('training', acme({ balancer: { notSeen: 'no cloud' } }), pipedIo());
    expect(text).toContain('? the load balancer was not looked at: no cloud');
  });

  test('is well where nobody has to do anything', () => {
    expect(isWell(acme({ ...traefik(), certificate: certificate() }))).toBe(true);
    expect(isWell(acme(traefik()))).toBe(true);
    expect(isWell(acme())).toBe(false);
    expect(isWell(own())).toBe(true);
    expect(isWell(own({ daysLeft: 5 }))).toBe(false);
    expect(isWell(acme({ ...traefik(), certificate: certificate(), autohttps: undefined }))).toBe(false);
    const door = {
      service: { ingress: ['192.0.2.50'], https: true },
      port443: [shown({ fingerprint: 'OLD' })],
    };
    expect(isWell(own({}, { door }))).toBe(false);
  });

  test('is told with what the public logs have, or that nobody could ask them', () => {
    const text = (logs: PublicLogs) => renderCertificate('training', acme({ logs }), pipedIo());
    const given = { ageSeconds: 60, names: ['hub.example.org'], issuer: "Let's Encrypt" };
    const found = [
      { ...given, at: '2026-11-20T09:00:00.000Z', until: '2027-02-18T09:00:00.000Z' },
      ...Array.from({ length: 9 }, () => ({ ...given, at: '2026-11-01T09:00:00.000Z' })),
    ];
    expect(text({ found })).toMatch(
      /given 2026-11-20 09:00 UTC by Let's Encrypt for hub.example.org,\s+until 2027-02-18 09:00 UTC/,
    );
    expect(text({ found })).toMatch(/2 more,\s+see https:\/\/crt.sh\/\?q=hub.example.org/);
    expect(text({ found: [] })).toContain('the public logs have no certificate of hub.example.org');
    expect(text({ notSeen: 'busy' })).toContain('the public logs of certificates were not seen: busy');
  });

  test('is one line for machines', () => {
    const event = certificateEvent('training', acme({ ...traefik(), certificate: certificate() }));
    expect(event).toMatchObject({ type: 'result', environment: 'training', state: 'issued' });
  });
});
