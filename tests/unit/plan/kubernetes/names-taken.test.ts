import { describe, expect, test } from 'vitest';
import { clusterScoped } from '../../../../src/plan/kubernetes/names-taken.ts';
import { planDeploy } from '../../../../src/plan/kubernetes/plan-deploy.ts';
import type { KubernetesObject, System } from '../../../../src/platform/kubernetes/system.ts';
import { deployment, empty, hubSystem, training } from './observed.ts';

function priorityClass(annotations?: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'jupyterhub-default-priority', ...(annotations ? { annotations } : {}) },
  };
}

const ownedBy = (name: string, namespace: string) =>
  priorityClass({ 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace });

/** The plan of a first install whose chart gives such a PriorityClass, where the cluster has that one. */
function planned(live: readonly KubernetesObject[], system: System = hubSystem()) {
  const rendered = {
    [`${system.release?.namespace}/${system.release?.name}`]: [priorityClass(), deployment('hub', 'hub:1')],
  };
  return planDeploy({
    environment: training(),
    systems: [system],
    observed: { ...empty, live },
    rendered,
  });
}

test('of what charts give, what belongs to no namespace is looked for', () => {
  const rendered = { 'a/b': [priorityClass(), deployment('hub', 'hub:1')] };
  expect(clusterScoped(rendered)).toEqual([priorityClass()]);
});

describe('a name that belongs to the whole cluster', () => {
  test('of another namespace’s release is refused, with the name to change', () => {
    const { refusal, steps } = planned([ownedBy('jupyterhub', 'other')]);
    expect(refusal).toEqual({
      what: 'JupyterHub cannot be installed as release jupyterhub in namespace jupyterhub: PriorityClass jupyterhub-default-priority belongs to the whole cluster, and release jupyterhub of namespace other has it.',
      where: 'context test',
      fix: 'Two hubs in one cluster need two names: write another `kubernetes.release`, such as `release: course-training`.',
      exitCode: 2,
    });
    // It is shown all the same.
    expect(steps.map(({ id }) => id)).toContain('jupyterhub:release');
  });

  test.each([
    ['is free', []],
    ['is the release’s own', [ownedBy('jupyterhub', 'jupyterhub')]],
    ['is no release’s', [priorityClass({})]],
  ])('that %s is no hindrance', (_what, live) => {
    expect(planned(live).refusal).toBeUndefined();
  });

  test('of what the cluster shares leads to that one', () => {
    const longhorn: System = {
      id: 'longhorn',
      title: 'Longhorn',
      scope: 'cluster',
      needs: [],
      release: { name: 'longhorn', namespace: 'longhorn-system', chart: 'longhorn', values: {} },
      objects: [],
    };
    expect(planned([ownedBy('longhorn', 'storage')], longhorn).refusal?.fix).toContain(
      '`longhorn: { namespace: storage }`',
    );
    expect(planned([ownedBy('lh', 'storage')], longhorn).refusal?.fix).toContain('`longhorn: off`');
  });
});
