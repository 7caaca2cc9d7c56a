import { beforeEach, describe, expect, test } from 'vitest';
import { alertRules } from '../../src/platform/kubernetes/monitoring/alerts/index.ts';
import { recordingRules } from '../../src/platform/kubernetes/monitoring/recording/index.ts';
import { noPrometheus, promtool } from '../support/monitoring/promtool.ts';
import { environments } from '../support/monitoring/recorded.ts';

describe('promtool accepts the rules', () => {
  beforeEach(({ skip }) => {
    if (noPrometheus !== undefined) skip(noPrometheus);
  });

  test.each(Object.entries(environments))('of %s', async (_name, environment) => {
    const groups = [...recordingRules(environment), ...alertRules(environment)];
    const ran = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', 'rules.json'], {
      'rules.json': { groups },
    });
    expect(ran, ran.output).toMatchObject({ code: 0 });
  });
});
