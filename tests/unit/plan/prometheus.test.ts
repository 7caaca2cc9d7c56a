import { describe, expect, test } from 'vitest';
import type { LocalObserved } from '../../../src/plan/local/observed.ts';
import { course } from '../environment.ts';
import { after, empty, planFor, stepIds } from './observed.ts';

const monitored = `${course}monitoring: { retention: 10d, storage: 5Gi }`;
/** Nothing runs yet, but the packages are there. */
const machine: LocalObserved = {
  ...empty,
  pythonSets: { hub: { python: '/data/python/a/bin/python', installed: true } },
};
const deployed = after(planFor(monitored, machine), machine);
const without = (observed: LocalObserved): LocalObserved => ({
  ...observed,
  monitoring: { ...observed.monitoring, program: undefined },
});

describe('Prometheus beside the local hub', () => {
  test('starts after proxy and hub, with what the file says', () => {
    const step = planFor(monitored, empty).steps.find(({ id }) => id === 'prometheus');
    expect(step).toMatchObject({
      title: 'Start Prometheus',
      needs: ['proxy', 'hub'],
      action: { program: '/usr/bin/prometheus', file: { retention: '10d', size: '5GB', port: 40004 } },
    });
  });

  test('asks hub and proxy where they listen, and has no token in its settings', () => {
    const [action] = planFor(monitored, empty).steps.flatMap((step) =>
      step.action.kind === 'startPrometheus' ? [step.action] : [],
    );
    expect(action?.file.config).toMatchObject({
      scrape_configs: [
        {
          job_name: 'hub',
          metrics_path: '/hub/metrics',
          authorization: { credentials_file: '../secrets/metrics_token' },
          static_configs: [
            { targets: ['127.0.0.1:40001'], labels: { namespace: 'local', instance: 'laptop' } },
          ],
        },
        { job_name: 'proxy', static_configs: [{ targets: ['127.0.0.1:40003'] }] },
      ],
    });
  });

  test('that runs as the file says is left alone', () => {
    expect(stepIds(planFor(monitored, deployed))).toEqual([]);
  });

  test('restarts alone when its settings change', () => {
    const { steps, impacts } = planFor(`${course}monitoring: { retention: 30d, storage: 5Gi }`, deployed);
    expect(steps.map(({ id, title }) => [id, title])).toEqual([['prometheus', 'Restart Prometheus']]);
    expect(impacts.map(({ kind }) => kind)).not.toContain('websocketsCut');
  });

  test('starts alone where everything else runs already', () => {
    const before = after(planFor(course, machine), machine);
    expect(stepIds(planFor(monitored, before))).toEqual(['prometheus']);
  });

  test('that was killed is started again', () => {
    const killed: LocalObserved = { ...deployed, prometheus: { state: 'crashed', lastLines: [], log: 'x' } };
    expect(planFor(monitored, killed).steps).toMatchObject([
      { id: 'prometheus', title: 'Start Prometheus', reason: 'it has stopped by itself' },
    ]);
  });

  test('that the file does not ask for any more stops; what it recorded stays, and plan says where', () => {
    const { steps, notes } = planFor(course, deployed);
    expect(steps).toMatchObject([{ id: 'prometheus', title: 'Stop Prometheus' }]);
    expect(notes).toContainEqual({
      severity: 'info',
      text: 'what Prometheus has recorded stays: `rm -r /data/prometheus` deletes it',
    });
  });

  test('that is not installed is no step and no failure: a warning says what to install', () => {
    const { steps, notes } = planFor(monitored, without(empty));
    expect(steps.map(({ id }) => id)).not.toContain('prometheus');
    expect(notes).toContainEqual({
      severity: 'warning',
      text: expect.stringContaining(
        'Prometheus is not installed on this machine (`sudo apt-get install prometheus`',
      ),
    });
  });

  test('that is not installed is no matter where nobody asks for it', () => {
    expect(
      planFor(course, without(empty))
        .notes.map(({ text }) => text)
        .join(),
    ).not.toContain('Prometheus');
  });

  test('sends nobody alerts here, which plan says to whom asks for some', () => {
    const { notes } = planFor(
      `${course}monitoring: { receivers: { ops: { slack: { fromEnv: SLACK } } } }`,
      empty,
    );
    expect(notes).toContainEqual({
      severity: 'info',
      text: expect.stringContaining('nobody is sent anything'),
    });
  });
});
