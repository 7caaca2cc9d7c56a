import { describe, expect, test } from 'vitest';
import type { DestroyIntent } from '../../../../src/plan/kubernetes/destroy.ts';
import type { ClusterObserved, ObjectRef, ObservedVolume } from '../../../../src/plan/kubernetes/observed.ts';
import { planDestroy } from '../../../../src/plan/kubernetes/plan-destroy.ts';
import { deployment, hubSystem, longhornSystem, released, running, training } from './observed.ts';

const environment = training();
function claim(name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace: 'jupyterhub' };
}

const homes = [
  { owner: 'trainee-1', ref: claim('claim-trainee-1') },
  { owner: 'the hub', ref: claim('hub-db-dir') },
];

function volume(name: string, of: Partial<ObservedVolume> = {}): ObservedVolume {
  return {
    name,
    driver: 'driver.longhorn.io',
    claim: { namespace: 'jupyterhub', name },
    claimDeleted: false,
    goesWithClaim: true,
    labels: {},
    ...of,
  };
}

const ownVolumes = homes.map(({ ref }) =>
  volume(`pvc-${ref.name}`, { claim: { ...ref, namespace: 'jupyterhub' } }),
);

const database = {
  ...claim('hub-db-dir'),
  metadata: {
    name: 'hub-db-dir',
    namespace: 'jupyterhub',
    annotations: { 'helm.sh/resource-policy': 'keep' },
  },
};
const hub = released({ objects: [deployment('hub', 'hub:1'), database] });

function destroy(observed: Partial<ClusterObserved> = {}, intent: Partial<DestroyIntent> = {}) {
  return planDestroy({
    environment,
    systems: [longhornSystem, hubSystem()],
    observed: running(hub, {
      releases: {
        'jupyterhub/jupyterhub': hub,
        'longhorn-system/longhorn': released({ objects: [deployment('longhorn-ui', 'ui:1')] }),
      },
      homes,
      volumes: ownVolumes,
      ...observed,
    }),
    intent: { kind: 'destroy', save: true, withHomes: false, withClusterSystems: false, ...intent },
  });
}

const everything = { withHomes: true, withClusterSystems: true };

test.each([
  ['this environment', 'training', 'jupyterhub', []],
  ['another one', 'dev', 'course-dev', ['removing']],
])('a destroy waits for a reinstall of Longhorn by %s', (_whose, name, namespace, done) => {
  const { refusal } = destroy({ reinstall: { environment: name, namespace, done } });
  expect(refusal).toMatchObject({
    what: expect.stringContaining(`${name} is in the middle of reinstalling Longhorn`) as string,
    where: `namespace ${namespace}`,
    fix: `\`hubwright longhorn ${name} reinstall\` goes on with it.`,
  });
  expect(destroy().refusal).toBeUndefined();
});
const idsOf = ({ steps }: ReturnType<typeof destroy>): string[] => steps.map(({ id }) => id);
const notesOf = ({ notes }: ReturnType<typeof destroy>): string[] => notes.map(({ text }) => text);

describe('a destroy', () => {
  test('leaves homes, and what the cluster shares', () => {
    const plan = destroy();
    expect(idsOf(plan)).toEqual(['save', 'jupyterhub:uninstall', 'proof']);
    expect(notesOf(plan)).toContain(
      "2 volumes (homes and the hub's database) stay; --with-homes deletes them",
    );
  });

  test('deletes homes and waits for their volumes before the storage goes', () => {
    const plan = destroy({}, everything);
    expect(idsOf(plan)).toEqual([
      'save',
      'jupyterhub:uninstall',
      'homes',
      'volumes',
      'longhorn:uninstall',
      'namespace',
      'proof',
    ]);
    expect(plan.steps.find(({ id }) => id === 'longhorn:uninstall')?.needs).toEqual(['volumes']);
    expect(plan.steps.find(({ id }) => id === 'volumes')?.action).toEqual({
      kind: 'waitGone',
      objects: ownVolumes.map(({ name }) => ({ apiVersion: 'v1', kind: 'PersistentVolume', name })),
    });
  });

  test('waits for volumes of claims that an earlier run has deleted', () => {
    const left = volume('pvc-1', { claimDeleted: true });
    const plan = destroy({ homes: [], volumes: [left] }, everything);
    expect(idsOf(plan)).toEqual(expect.arrayContaining(['volumes', 'longhorn:uninstall']));
    expect(idsOf(plan)).not.toContain('homes');
  });

  test('says of volumes that their storage keeps that they stay', () => {
    const plan = destroy(
      { volumes: ownVolumes.map((one) => ({ ...one, goesWithClaim: false })) },
      everything,
    );
    expect(idsOf(plan)).not.toContain('volumes');
    expect(notesOf(plan)).toContain(
      '2 volumes not deleted with their claims: the StorageClass keeps volumes (reclaimPolicy: Retain)',
    );
  });

  test('says that the database goes with a release that somebody else has made', () => {
    const { annotations: _, ...metadata } = database.metadata;
    const theirs = released({ objects: [deployment('hub', 'hub:1'), { ...database, metadata }] });
    const plan = destroy({ releases: { 'jupyterhub/jupyterhub': theirs } });
    expect(notesOf(plan)).toContain(
      "the hub's database goes with its release, which was not made by Hubwright: deploy once before, and it stays",
    );
    expect(notesOf(plan)).toContain("1 volume (homes and the hub's database) stays; --with-homes deletes it");
  });
});

describe('Longhorn, asked to go,', () => {
  test.each([
    ['homes that stay', {}, { withHomes: false }, '2 volumes of this environment'],
    [
      'homes whose volume is not known',
      { volumes: [] },
      { withHomes: false },
      '2 volumes of this environment',
    ],
    [
      'another environment of Hubwright',
      { neighbours: [{ environment: 'dev', namespace: 'course-dev' }] },
      {},
      'dev (course-dev)',
    ],
    [
      'volumes of a namespace that is none of ours',
      {
        volumes: [
          ...ownVolumes,
          volume('pvc-8', { claim: { namespace: 'old-hub', name: 'claim-1' } }),
          volume('pvc-9', { claim: { namespace: 'old-hub', name: 'hub-db-dir' } }),
        ],
      },
      {},
      '2 volumes of namespace old-hub',
    ],
    [
      'a volume of the environment that is nobody’s home',
      { volumes: [...ownVolumes, volume('data')] },
      {},
      '1 volume of this environment',
    ],
    [
      'volumes that are kept when their claims go',
      { volumes: ownVolumes.map((one) => ({ ...one, goesWithClaim: false })) },
      {},
      '2 volumes of this environment',
    ],
    [
      'a volume without a claim',
      { volumes: [volume('free', { claim: undefined })] },
      {},
      '1 volume that nobody claims',
    ],
  ])('stays for %s, and says so', (_, observed, intent, who) => {
    const plan = destroy(observed, { ...everything, ...intent });
    expect(idsOf(plan)).not.toContain('longhorn:uninstall');
    expect(notesOf(plan)).toContain(`Longhorn stays: it is used by ${who}`);
  });

  test('does not stay for volumes of another storage', () => {
    const elsewhere = volume('pvc-7', {
      driver: 'nfs.csi.k8s.io',
      claim: { namespace: 'old-hub', name: 'data' },
    });
    const plan = destroy({ volumes: [...ownVolumes, elsewhere] }, everything);
    expect(idsOf(plan)).toContain('longhorn:uninstall');
    expect(notesOf(plan)).toContain(
      'removing Longhorn deletes every volume in the cluster, whoever it belongs to',
    );
  });

  test('does not stay for homes that another storage carries', () => {
    const volumes = ownVolumes.map((one) => ({ ...one, driver: undefined }));
    const plan = destroy({ volumes }, { ...everything, withHomes: false });
    expect(idsOf(plan)).toContain('longhorn:uninstall');
  });
});

describe('the proof that nothing is left', () => {
  const proofOf = (plan: ReturnType<typeof destroy>) => {
    const action = plan.steps.at(-1)?.action;
    if (action?.kind !== 'proveGone') throw new Error('there is no proof');
    return { names: action.objects.map(({ kind, name }) => `${kind} ${name}`), releases: action.releases };
  };

  test('looks for releases with what they had, but for what Helm keeps', () => {
    const { names, releases } = proofOf(destroy());
    expect(releases).toEqual([{ name: 'jupyterhub', namespace: 'jupyterhub' }]);
    expect(names).toContain('Deployment hub');
    expect(names).not.toContain('PersistentVolumeClaim hub-db-dir');
  });

  test('looks for homes, their volumes and the storage where these go', () => {
    const { names, releases } = proofOf(destroy({}, everything));
    expect(names).toEqual(
      expect.arrayContaining([
        'PersistentVolumeClaim hub-db-dir',
        'PersistentVolume pvc-hub-db-dir',
        'Deployment longhorn-ui',
      ]),
    );
    expect(names).toHaveLength(new Set(names).size);
    expect(releases.map(({ name }) => name)).toEqual(['jupyterhub', 'longhorn']);
  });

  const gone = { releases: {}, live: [], homes: [], volumes: [], namespaceMarked: false };

  test('is not needed where nothing was there', () => {
    expect(idsOf(destroy(gone))).toEqual([]);
  });

  test('is made again where an earlier run has left a load balancer', () => {
    const service = { apiVersion: 'v1', kind: 'Service', name: 'proxy-public', namespace: 'jupyterhub' };
    expect(idsOf(destroy({ ...gone, loadBalancers: [service] }))).toEqual(['proof']);
  });

  test('is made where an earlier run was cut off before it', () => {
    const interrupted = {
      command: 'hubwright destroy training',
      host: 'laptop',
      begun: '',
      step: '',
      open: [],
    };
    expect(idsOf(destroy({ ...gone, interrupted }))).toEqual(['proof']);
  });
});
