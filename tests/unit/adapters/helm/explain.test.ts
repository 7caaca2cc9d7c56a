import { describe, expect, test } from 'vitest';
import { explainHelm } from '../../../../src/adapters/helm/explain.ts';

function explained(output: string) {
  return explainHelm({ output, command: 'helm upgrade hub', subject: 'release hub' });
}

/** As Helm 3.22.0 and 4.3.0 printed it on a real cluster. */
const cases: [name: string, output: string, what: string][] = [
  [
    'a release that was left in the middle',
    'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n',
    'An earlier change of release hub was cut off, or somebody else changes it with Helm right now.',
  ],
  [
    'interrupted',
    'Release hub has been cancelled.\nlevel=WARN msg="upgrade failed" name=hub error="context canceled"\nError: UPGRADE FAILED: context canceled\n',
    'The change of release hub was interrupted, and Helm has marked it as failed.',
  ],
  [
    'a field that cannot change (3)',
    'Error: UPGRADE FAILED: cannot patch "hub" with kind Deployment: Deployment.apps "hub" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable\n',
    'Kubernetes does not let Deployment hub be changed this way: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable.',
  ],
  [
    'a field that cannot change (4)',
    'level=WARN msg="upgrade failed" name=hub error="server-side apply failed for object a/hub apps/v1, Kind=Deployment: Deployment.apps \\"hub\\" is invalid: x"\nError: UPGRADE FAILED: server-side apply failed for object a/hub apps/v1, Kind=Deployment: Deployment.apps "hub" is invalid: spec.selector: Invalid value: {}: field is immutable\n',
    'Kubernetes does not let Deployment hub be changed this way: spec.selector: Invalid value: {}: field is immutable.',
  ],
  [
    'a change by hand (4)',
    'Error: UPGRADE FAILED: conflict occurred while applying object a/hub /v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.size\n',
    'Somebody has changed ConfigMap a/hub by hand, in fields that the chart sets: conflict with "kubectl-edit" using v1: .data.size.',
  ],
  [
    'a hook that takes too long (3)',
    'Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition\n\n\n',
    'A job that release hub runs before its upgrade did not succeed: timed out waiting for the condition.',
  ],
  [
    'a hook that takes too long (4)',
    'Error: UPGRADE FAILED: pre-upgrade hooks failed: resource Job/a/hook not ready. status: InProgress, message: Job in progress\ncontext deadline exceeded\n',
    'A job that release hub runs before its upgrade did not succeed: resource Job/a/hook not ready. status: InProgress, message: Job in progress.',
  ],
  [
    'an object of somebody else',
    'Error: Unable to continue with install: ConfigMap "hub" in namespace "a" exists and cannot be imported into the current release: invalid ownership metadata; label validation error\n',
    'ConfigMap hub in namespace a is there already and does not belong to release hub.',
  ],
  [
    'no right',
    'Error: query: failed to query with labels: secrets is forbidden: User "nobody" cannot list resource "secrets" in API group "" in the namespace "a"\n',
    "The kubeconfig's user nobody may not list secrets in namespace a.",
  ],
  [
    'a token that has expired',
    'Error: UPGRADE FAILED: failed to create resource: Unauthorized\n',
    'The cluster does not know you any more: your credentials have expired while Helm worked on release hub.',
  ],
  [
    'no cluster (3)',
    'Error: Kubernetes cluster unreachable: Get "http://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused\n',
    'The cluster cannot be reached: Get "http://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused.',
  ],
  [
    'a chart looks something up, and the API server fails (3)',
    'Error: UPGRADE FAILED: template: jupyterhub/templates/hub-secret.yaml:10:40: executing "x" at <lookup "v1" "Secret" "a" "hub">: error calling lookup: an error on the server ("overloaded") has prevented the request from succeeding (get secrets hub)\n',
    'The API server failed Helm in the middle of its work on release hub.',
  ],
  [
    'no context (4)',
    'Error: kubernetes cluster unreachable: context "nope" does not exist\n',
    'The cluster cannot be reached: context "nope" does not exist.',
  ],
  [
    'no namespace',
    'Error: create: failed to create: namespaces "a" not found\n',
    'The namespace a is not there any more.',
  ],
  [
    'quota',
    'Error: UPGRADE FAILED: failed to create resource: persistentvolumeclaims "hub-db-dir" is forbidden: exceeded quota: small, requested: requests.storage=1Gi, used: requests.storage=0, limited: requests.storage=1\n',
    "The namespace's quota does not allow it: small, requested: requests.storage=1Gi, used: requests.storage=0, limited: requests.storage=1.",
  ],
  [
    'an old cluster',
    'Error: chart requires kubeVersion: >=1.28.0-0 which is incompatible with Kubernetes v1.20.0\n',
    'The chart of release hub needs Kubernetes >=1.28.0-0, and the cluster has v1.20.0.',
  ],
  ['no revision', 'Error: release has no 99 version\n', 'There is no revision 99 of release hub.'],
  [
    'a template',
    'Error: execution error at (jupyterhub/templates/NOTES.txt:1:3): hub.db.type is wrong\n',
    'The chart of release hub cannot be rendered with these values: (jupyterhub/templates/NOTES.txt:1:3): hub.db.type is wrong.',
  ],
  ['anything else', 'Error: something new\n', 'Helm could not finish its work on release hub.'],
];

describe('what Helm says, in plain words', () => {
  test.each(cases)('%s', (_, output, what) => {
    const error = explained(output);
    expect(error.what).toBe(what);
    expect(error.fix).not.toBe('');
    expect(error.where).toBe('helm upgrade hub');
    expect(error.details).toContain(output.trim().split('\n').at(-1)?.trim());
  });
});
