import { describe, expect, test } from 'vitest';
import type { ClusterObserved } from '../../../../src/plan/kubernetes/observed.ts';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import { planDestroy } from '../../../../src/plan/kubernetes/plan-destroy.ts';
import { compileKubernetes } from '../../../../src/platform/kubernetes/index.ts';
import { shortFiles } from '../../platform/kubernetes/environments.ts';
import { released, running, training } from './observed.ts';

const watched = training('    monitoring: {}\n    longhorn: {}\n');
const hub = released({});

describe('the monitoring', () => {
  const destroy = (observed: Partial<ClusterObserved>) =>
    planDestroy({
      environment: watched,
      systems: compileKubernetes(watched, shortFiles),
      observed: running(hub, observed),
      intent: { kind: 'destroy', save: false, withHomes: true, withClusterSystems: true },
    });
  const installed = {
    releases: {
      'jupyterhub/jupyterhub': hub,
      'monitoring/monitoring': released({}),
      'longhorn-system/longhorn': released({}),
    },
    volumes: [
      {
        name: 'pvc-prometheus',
        driver: 'driver.longhorn.io',
        claim: { namespace: 'monitoring', name: 'prometheus-db' },
        claimDeleted: false,
        goesWithClaim: true,
        labels: {},
      },
    ],
  };

  test('goes with what the cluster shares, whole and before the storage of its volume', () => {
    const { steps } = destroy(installed);
    const ids = steps.map(({ id }) => id);
    expect(ids).toContain('monitoring:remove');
    expect(ids).not.toContain('monitoring:uninstall');
    expect(ids.indexOf('monitoring:remove')).toBeLessThan(ids.indexOf('longhorn:uninstall'));
    expect(steps.find(({ id }) => id === 'monitoring:remove')?.action).toEqual({
      kind: 'removeStack',
      namespace: 'monitoring',
    });
  });

  const plan = (idleStack: ClusterObserved['idleStack']) => {
    const environment = training();
    return planDeploy({
      environment,
      systems: compileKubernetes(environment, shortFiles),
      observed: running(hub, { idleStack }),
      rendered: {},
    });
  };

  test('is removed when the last environment that asked for it does so no more', () => {
    const { steps } = plan({ namespace: 'monitoring', users: [] });
    expect(steps.find(({ id }) => id === 'monitoring:remove')?.reason).toBe(
      'no environment of this cluster asks for it',
    );
  });

  test('stays for those that use it, who are named', () => {
    const { steps, notes } = plan({ namespace: 'monitoring', users: ['evening'] });
    expect(steps.map(({ id }) => id)).not.toContain('monitoring:remove');
    expect(notes.map(({ text }) => text)).toContain('the monitoring in monitoring stays: evening uses it');
  });
});
