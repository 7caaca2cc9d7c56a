import { expect, test } from 'vitest';
import { type Diagnosis, renderDoctor } from '../../../src/cli/render/doctor.ts';
import { pipedIo } from './run.ts';

const nothing: Diagnosis = { findings: [], healthy: [], notRun: [] };
const healthy = [{ check: 'hub-down', title: 'the hub runs' }];
const away = { check: 'nodes-not-ready', title: 'nodes', why: 'There is no kubeconfig.', failed: true };

function shown(found: Partial<Diagnosis>): string {
  return renderDoctor('training', { ...nothing, ...found }, pipedIo());
}

test('a finding is told with evidence, meaning, the fix, its page, and a message to send', () => {
  const finding = {
    check: 'balancer-pending',
    page: 'docs/runbook/load-balancers.md',
    subject: 'proxy-public',
    harm: 'nobodyGetsIn',
    what: 'The load balancer of proxy-public has been PENDING_UPDATE for 40 minutes.',
    evidence: ['load balancer 1a2b, PENDING_UPDATE since 08:12 UTC'],
    meaning: 'Nobody can change it.',
    fix: 'Send the message below to the cloud’s operators.',
    message: 'Hello,\nload balancer 1a2b is stuck.',
    repair: [],
  } as const;
  expect(shown({ findings: [finding], healthy })).toMatchInlineSnapshot(`
    "training: 1 finding

    ✖ The load balancer of proxy-public has been PENDING_UPDATE for 40 minutes. (nobody gets in)
      · load balancer 1a2b, PENDING_UPDATE since 08:12 UTC
      Nobody can change it.
      fix Send the message below to the cloud’s operators.
      balancer-pending, docs/runbook/load-balancers.md
        | Hello,
        | load balancer 1a2b is stuck.

    ✔ 1 check found nothing wrong
    "
  `);
});

test('what could not be looked at is told once for the same reason, and is not healthy', () => {
  const notRun = [away, { ...away, check: 'hub-down' }];
  expect(shown({ notRun })).toMatchInlineSnapshot(`
    "training: nothing could be looked at

    ✖ Not looked at: There is no kubeconfig.
      nodes-not-ready, hub-down
    "
  `);
  expect(shown({ notRun, healthy })).toContain('training: nothing wrong in what could be looked at\n');
});
