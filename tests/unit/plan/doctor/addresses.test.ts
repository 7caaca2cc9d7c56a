import { describe, expect, test } from 'vitest';
import { addressesReport, namesReport } from '../../../../src/plan/kubernetes/addresses/report.ts';
import { examineAll } from '../../../../src/plan/doctor/examine.ts';
import { dns } from '../../../../src/plan/doctor/checks/dns.ts';
import { floatingIp as check } from '../../../../src/plan/doctor/checks/floating-ip.ts';
import { addresses, answer, environment } from '../kubernetes/addresses/kit.ts';
import { balancer, floatingIp, madeFloatingIp, observed, service } from '../kubernetes/balancers/kit.ts';

describe('floating-ip', () => {
  const free = floatingIp({ portId: undefined, portName: undefined });
  const examine = (given: Parameters<typeof observed>[0]) =>
    check.examine({ balancers: observed(given) }, environment());

  test('is asked only where the file has a cloud and a floating IP', () => {
    expect(check.applies?.(environment())).toBe(true);
    expect(check.applies?.(environment(''))).toBe(false);
  });

  test('finds nothing where it leads to the load balancer', () => {
    expect(examine({})).toEqual([]);
  });

  test('finds another one in its place, and puts it right', () => {
    expect(examine({ floatingIps: [free, madeFloatingIp()] })).toMatchObject([
      {
        subject: 'Floating IP 192.0.2.50',
        harm: 'nobodyGetsIn',
        meaning: 'Nobody gets to the hub at 192.0.2.50; at 192.0.2.77 they do.',
        repair: [
          { action: { kind: 'moveFloatingIp', address: '192.0.2.77', to: undefined } },
          { action: { kind: 'moveFloatingIp', address: '192.0.2.50', to: 'port-1' } },
        ],
      },
    ]);
  });

  test('does nothing by itself where it is in use, or the load balancer has to be mended first', () => {
    const [inUse] = examine({ floatingIps: [floatingIp({ portId: 'port-9', portName: 'web' })] });
    expect(inUse?.repair).toBeUndefined();
    expect(inUse?.what).toContain('it leads to port web (port-9)');
    const [broken] = examine({ floatingIps: [free], loadBalancers: [balancer({ provisioning: 'ERROR' })] });
    expect(broken?.repair).toBeUndefined();
    const [unsure] = examine({ floatingIps: [free], services: [service({ balancerId: undefined })] });
    expect(unsure?.repair).toBeUndefined();
  });
});

describe('dns', () => {
  test('is judged by the file alone where the cluster cannot be asked', () => {
    const away = { why: 'The cluster could not be looked at.', failed: true };
    const of = environment();
    const judged = (a: string[]) => {
      const seen = namesReport(of, { 'hub.example.org': [answer({ a })] }, away);
      expect(seen.notSeen).toEqual([away]);
      return dns.examine({ addresses: seen }, of).map(({ what }) => what);
    };
    expect(judged(['192.0.2.50'])).toEqual([]);
    expect(judged(['192.0.2.1'])).toEqual([
      'By 1.1.1.1, hub.example.org leads to 192.0.2.1, and the hub is at 192.0.2.50.',
    ]);
  });

  const examine = (...answers: Parameters<typeof answer>[0][]) => {
    const seen = addresses({}, answers.map(answer));
    return dns.examine({ addresses: addressesReport(environment(), seen, []) }, environment());
  };
  /** With what was found, or why nobody knows. */
  const run = (...answers: Parameters<typeof answer>[0][]) => {
    const report = addressesReport(environment(), addresses({}, answers.map(answer)), []);
    return examineAll([dns], { addresses: { seen: report } }, environment())[0];
  };
  const silent = { a: [], failures: ['A: it does not answer', 'CAA: it does not answer'] };

  test('is not run where one resolver is silent, though the other leads to the hub', () => {
    expect(run({}, { ...silent, resolver: '9.9.9.9' })).toMatchObject({
      failed: true,
      notRun: '9.9.9.9 could not be asked for hub.example.org (A: it does not answer).',
    });
    expect(run({ failures: ['CAA: it refuses to answer'] })).toMatchObject({ findings: [] });
  });

  test('tells what one resolver says and the other does not', () => {
    expect(run({ a: ['192.0.2.1'] }, { ...silent, resolver: '9.9.9.9' })).toMatchObject({
      findings: [
        { evidence: ['1.1.1.1: A 192.0.2.1; AAAA none', '9.9.9.9: A: it does not answer; AAAA none'] },
      ],
    });
  });

  test('finds nothing where every resolver leads to the hub', () => {
    expect(examine({}, { resolver: '9.9.9.9' })).toEqual([]);
  });

  test('finds a name that leads elsewhere, once, with what each resolver says', () => {
    expect(examine({ a: ['192.0.2.1'], aaaa: ['2001:db8::1'] }, { resolver: '9.9.9.9' })).toMatchObject([
      {
        subject: 'hub.example.org',
        harm: 'nobodyGetsIn',
        evidence: ['1.1.1.1: A 192.0.2.1; AAAA 2001:db8::1', '9.9.9.9: A 192.0.2.50; AAAA none'],
        fix: expect.stringMatching(/Have the A record .* Remove the AAAA record/) as string,
      },
    ]);
  });
});
