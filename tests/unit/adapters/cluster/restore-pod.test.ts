import { expect, test } from 'vitest';
import { type HubDeployment, restorePod } from '../../../../src/adapters/cluster/restore-pod.ts';

/** As z2jh deploys it, shortened. */
function hub(volumes: HubDeployment['spec']['template']['spec']['volumes']): HubDeployment {
  const spec = {
    serviceAccountName: 'hub',
    securityContext: { fsGroup: 1000 },
    nodeSelector: { kind: 'core' },
    tolerations: [{ key: 'hub.jupyter.org/dedicated' }],
    containers: [
      {
        name: 'hub',
        image: 'hub:1',
        args: ['jupyterhub'],
        env: [{ name: 'TOKEN' }],
        securityContext: { runAsUser: 1000 },
        volumeMounts: [
          { name: 'secret', mountPath: '/usr/local/etc/jupyterhub/secret/' },
          { name: 'pvc', mountPath: '/srv/jupyterhub', subPath: 'db' },
        ],
      },
    ],
    ...(volumes === undefined ? {} : { volumes }),
  };
  const metadata = { name: 'hub' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { template: { spec } },
  } as object as HubDeployment;
}

const where = { namespace: 'jupyterhub', labels: {} };
const secret = { name: 'secret', secret: { secretName: 'hub' } };
const another = { name: 'course', persistentVolumeClaim: { claimName: 'course' } };
const claim = { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } };

test('the pod that gets the hub’s volume runs where the hub may, as who it is, and knows nothing else of it', () => {
  expect(restorePod(hub([secret, another, claim]), where)?.['spec']).toMatchObject({
    securityContext: { fsGroup: 1000 },
    nodeSelector: { kind: 'core' },
    tolerations: [{ key: 'hub.jupyter.org/dedicated' }],
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    volumes: [claim],
    containers: [
      {
        image: 'hub:1',
        securityContext: { runAsUser: 1000 },
        workingDir: '/srv/jupyterhub',
        volumeMounts: [{ name: 'pvc', mountPath: '/srv/jupyterhub', subPath: 'db' }],
      },
    ],
  });
  const text = JSON.stringify(restorePod(hub([secret, claim]), where));
  for (const word of ['TOKEN', 'jupyterhub/secret', 'serviceAccountName', '"args"'])
    expect(text).not.toContain(word);
});

test('there is none for a hub that keeps its database somewhere else', () => {
  const pvc = { name: 'pvc', emptyDir: {} };
  for (const volumes of [[secret], [another], [pvc]]) expect(restorePod(hub(volumes), where)).toBeUndefined();
});
