import { beforeEach, describe, expect, test } from 'vitest';
import { alertRules } from '../../src/platform/kubernetes/monitoring/alerts/index.ts';
import { recordingRules } from '../../src/platform/kubernetes/monitoring/recording/index.ts';
import { noPrometheus, testRules } from '../support/monitoring/promtool.ts';
import { alertsOf, course, ownCertificate } from '../support/monitoring/recorded.ts';
import { capacityCases } from './alerts/capacity.ts';
import type { AlertCase } from './alerts/case.ts';
import { hubCases } from './alerts/hub.ts';
import { serverCases } from './alerts/servers.ts';
import { storageCases } from './alerts/storage.ts';

const rules = new Map(
  [ownCertificate, course].flatMap((environment) => {
    const groups = [...recordingRules(environment), ...alertRules(environment)];
    return alertsOf(environment).map((rule) => [rule.alert, { rule, groups }] as const);
  }),
);
const cases = [...hubCases, ...serverCases, ...capacityCases, ...storageCases];
const title = ({ alert, when, tells }: AlertCase): string =>
  `${alert} ${tells ? 'fires' : 'is silent'} when ${when}`;

describe('promtool, over made-up series', () => {
  beforeEach(({ skip }) => {
    if (noPrometheus !== undefined) skip(noPrometheus);
  });

  test.each(cases.map((one) => [title(one), one] as const))(
    '%s',
    async (_title, { alert, series, at, tells }) => {
      const { rule, groups } = rules.get(alert)!;
      const expected = (tells ?? []).map(({ labels, summary, command }) => ({
        exp_labels: { ...rule.labels, ...labels },
        exp_annotations: { ...rule.annotations, summary, command },
      }));
      const ran = await testRules({
        groups,
        series: Object.assign({}, ...series) as Record<string, string>,
        expected: { alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: expected }] },
      });
      expect(ran, ran.output).toMatchObject({ code: 0 });
    },
  );
});

test.each([...rules.keys()])('%s has a case in which it fires, and one in which it is silent', (alert) => {
  const own = cases.filter((one) => one.alert === alert);
  expect(own.some(({ tells }) => tells !== undefined)).toBe(true);
  expect(own.some(({ tells }) => tells === undefined)).toBe(true);
});
