import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueAt } from '../../../../src/config/merge.ts';
import type { Environment } from '../../../../src/config/schema/environment.ts';
import { compileKubernetes } from '../../../../src/platform/kubernetes/index.ts';
import type { KubernetesObject, System } from '../../../../src/platform/kubernetes/system.ts';
import { secretsIn } from '../../../../src/config/values.ts';
import { clusterEnvironment, goldenEnvironments, shortFiles } from './environments.ts';

const golden = Object.entries(goldenEnvironments());
const compile = (environment: Environment): readonly System[] => compileKubernetes(environment, shortFiles);
const hubValues = (environment: Environment) =>
  compile(environment).find(({ id }) => id === 'jupyterhub')?.release?.values;
const byId = (environment: Environment, id: string) => compile(environment).find((one) => one.id === id);
const course = (yaml: string) =>
  clusterEnvironment(`
auth: { accounts: { admins: [alex] } }
https: off
${/^profiles:/m.test(yaml) ? '' : 'profiles: { only: { displayName: Only, image: example.org/a:1, placeholders: 1 } }'}
${yaml}`);

describe('compileKubernetes', () => {
  test.each(golden)('%s gives what it gave before', async (name, environment) => {
    await expect(`${JSON.stringify(compile(environment), null, 2)}\n`).toMatchFileSnapshot(
      `golden/${name}.json`,
    );
  });

  test.each(golden)('%s: a system comes after those that it needs', (_name, environment) => {
    const ids = compile(environment).map(({ id }) => id);
    for (const { id, needs } of compile(environment)) {
      for (const need of needs) expect(ids.slice(0, ids.indexOf(id))).toContain(need);
    }
  });

  test.each(golden)('%s: the chart has nothing left to invent', (_name, environment) => {
    const named = secretsIn(hubValues(environment) ?? {});
    expect(named).toEqual(expect.arrayContaining(['cookieSecret', 'cryptKey', 'proxyToken', 'toolToken']));
    const others = named.filter(
      (name) => !['cookieSecret', 'cryptKey', 'proxyToken', 'toolToken'].includes(name),
    );
    const wanted = environment.auth.oidc ? ['oidcClientSecret'] : [];
    const tls =
      typeof environment.https === 'object' && environment.https.files ? ['tlsCertificate', 'tlsKey'] : [];
    const { monitoring } = environment;
    const grafana =
      typeof monitoring === 'object' && monitoring.grafana.expose === 'path' ? ['grafanaToken'] : [];
    const metrics = typeof monitoring === 'object' ? ['metricsToken'] : [];
    expect(others).toEqual([...grafana, ...metrics, ...wanted, ...tls]);
  });

  test.each(golden)('%s: every object of our own says whose it is', (_name, environment) => {
    for (const { id, objects, scope } of compile(environment)) {
      for (const { metadata } of objects) {
        expect(metadata.labels).toMatchObject({
          'app.kubernetes.io/managed-by': 'hubwright',
          'hubwright/system': id,
        });
        const { 'hubwright/deployment': deployment, 'hubwright/environment': name } = metadata.labels ?? {};
        const owner =
          scope === 'cluster' ? [undefined, undefined] : [environment.deployment, environment.name];
        expect([deployment, name]).toEqual(owner);
      }
    }
  });

  test('a change of accounts changes no value, so that the hub is not restarted', () => {
    const few = course('');
    const more = { ...few, auth: { accounts: { ...few.auth.accounts!, extra: ['jo'] } } };
    expect(compile(more)).toEqual(compile(few));
  });

  test('two environments in one cluster share no name but that of what the cluster shares', () => {
    const all = goldenEnvironments();
    const names = ['two-in-one-cluster-morning', 'two-in-one-cluster-evening'].map((name) =>
      clusterWide(compile(all[name] as Environment)),
    );
    expect(names[0]!.length).toBeGreaterThan(1);
    expect(names[0]!.filter((name) => names[1]!.includes(name))).toEqual([]);
  });

  test('the same file gives the same bytes', () => {
    fc.assert(
      fc.property(arbitraryProfiles, (profiles) => {
        const once = course(`profiles: ${JSON.stringify(profiles)}`);
        const again = course(`profiles: ${JSON.stringify(profiles)}`);
        expect(JSON.stringify(compile(again))).toBe(JSON.stringify(compile(once)));
        expect(JSON.stringify(compile(once))).toBe(JSON.stringify(compile(once)));
      }),
      { numRuns: 50 },
    );
  });
});

/** Names that two environments could fight over: of objects without a namespace, and the release (PriorityClasses). */
function clusterWide(systems: readonly System[]): string[] {
  const own = systems.filter(({ scope }) => scope === 'environment');
  const objects = own.flatMap((system): readonly KubernetesObject[] => system.objects);
  return [
    ...objects.flatMap(({ kind, metadata }) =>
      metadata.namespace === undefined ? [`${kind}/${metadata.name}`] : [],
    ),
    ...own.flatMap(({ release }) => (release ? [`release/${release.name}`] : [])),
  ];
}

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const arbitraryProfiles = fc.dictionary(
  slug,
  fc.record(
    {
      displayName: fc.string({ minLength: 1 }),
      image: fc.constant('example.org/a:1'),
      placeholders: fc.nat({ max: 5 }),
      commands: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
      environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string()),
    },
    { requiredKeys: ['displayName', 'image'] },
  ),
  { minKeys: 1, maxKeys: 5, noNullPrototype: true },
);

describe('jupyterhub', () => {
  test('a profile without limits gets none, though the chart has a default', () => {
    const values = hubValues(course(''));
    expect(valueAt(values, ['singleuser', 'memory'])).toEqual({ limit: null, guarantee: null });
    expect(valueAt(values, ['singleuser', 'profileList', 0, 'kubespawner_override'])).toEqual({
      image: 'example.org/a:1',
      extra_labels: { 'hubwright/profile': 'only' },
    });
  });

  test('where no profile says that it is the default, the first one is', () => {
    const values = hubValues(
      course('profiles: { b: { displayName: B, image: "e/b:1" }, a: { displayName: A, image: "e/a:1" } }'),
    );
    const list = valueAt(values, ['singleuser', 'profileList']) as { slug: string; default: boolean }[];
    expect(list.map(({ slug: name, default: chosen }) => [name, chosen])).toEqual([
      ['b', true],
      ['a', false],
    ]);
    expect(valueAt(values, ['singleuser', 'image'])).toEqual({ name: 'e/b', tag: '1' });
  });

  test('a toleration of a profile is beside those of all servers, not in their place', () => {
    const values = hubValues(
      course(`
profiles: { g: { displayName: G, image: "e/g:1", gpus: { count: 1, toleration: { key: gpu, operator: Exists } } } }
helmValues: { jupyterhub: { singleuser: { extraTolerations: [{ key: own }] } } }`),
    );
    const list = valueAt(values, ['singleuser', 'profileList', 0, 'kubespawner_override', 'tolerations']) as {
      key: string;
    }[];
    expect(list.map(({ key }) => key)).toEqual([
      'hub.jupyter.org/dedicated',
      'hub.jupyter.org_dedicated',
      'own',
      'gpu',
    ]);
    expect(valueAt(values, ['prePuller', 'extraTolerations'])).toEqual([{ key: 'gpu', operator: 'Exists' }]);
  });

  test('what helmValues say comes last', () => {
    const values = hubValues(
      course('helmValues: { jupyterhub: { cull: { every: 5 }, singleuser: { profileList: [] } } }'),
    );
    expect(valueAt(values, ['cull', 'every'])).toBe(5);
    expect(valueAt(values, ['cull', 'timeout'])).toBe(432_000);
    expect(valueAt(values, ['singleuser', 'profileList'])).toEqual([]);
  });

  test('where it is monitored, the hub looks at a certificate of people’s own as the proxy shows it', () => {
    const looks = ({ https }: Pick<Environment, 'https'>) => {
      const monitored = { ...course('monitoring: {}\naddress: { domain: hub.example.org }'), https };
      return valueAt(hubValues(monitored) ?? {}, ['hub', 'extraConfig', 'hubwright-certificate']);
    };
    expect(looks({ https: { secretName: 'hub-tls' } })).toBe(
      'from hubwright_hub.certificate import watch\nwatch("hub.example.org", "proxy-public")\n',
    );
    expect(looks({ https: 'off' })).toBeUndefined();
  });

  test('the address of a client is found behind one proxy more with a certificate from Lets Encrypt', () => {
    const hops = (environment: Environment) =>
      valueAt(hubValues(environment), ['hub', 'config', 'ListedAccountsAuthenticator', 'forwarded_hops']);
    const all = goldenEnvironments();
    expect(hops(all['imported-training']!)).toBe(2);
    expect(hops(all['own-certificate']!)).toBe(1);
    expect(hops(all['minimal']!)).toBe(1);
  });
});

describe('materials', () => {
  const at = (server: string) =>
    byId(course(`materials: { nfs: { server: ${server} } }`), 'materials')?.objects.map(
      ({ metadata }) => metadata.name,
    );

  test('another server is another volume, because no volume can be led elsewhere', () => {
    expect(at('192.0.2.1')).toEqual(at('192.0.2.1'));
    expect(at('192.0.2.1')).not.toEqual(at('192.0.2.2'));
  });

  test('without a server there is neither volume nor mount', () => {
    const environment = course('sharedMemory: false');
    expect(byId(environment, 'materials')).toBeUndefined();
    expect(valueAt(hubValues(environment), ['singleuser', 'storage', 'extraVolumes'])).toEqual([]);
  });

  test('servers mount the claim that there is, and cannot write to it', () => {
    const environment = course('materials: { nfs: { server: 192.0.2.1 } }');
    const claim = byId(environment, 'materials')?.objects[1]?.metadata.name;
    const storage = valueAt(hubValues(environment), ['singleuser', 'storage']);
    expect(storage).toMatchObject({
      extraVolumes: [{}, { persistentVolumeClaim: { claimName: claim, readOnly: true } }],
      extraVolumeMounts: [{}, { mountPath: '/mnt/materials', readOnly: true }],
    });
  });
});

describe('placeholders', () => {
  const spec = (yaml: string) =>
    valueAt(byId(course(yaml), 'placeholders')?.objects[0], ['spec', 'template', 'spec']);

  test('the priority class is the one that the chart makes', () => {
    const cases: [string, string][] = [
      ['', 'jupyterhub-user-placeholder-priority'],
      ['helmValues: { jupyterhub: { fullnameOverride: own } }', 'own-user-placeholder'],
      ['helmValues: { jupyterhub: { fullnameOverride: null } }', 'jupyterhub-user-placeholder'],
      [
        'kubernetes: { context: a, release: lessons }\nhelmValues: { jupyterhub: { fullnameOverride: null } }',
        'lessons-jupyterhub-user-placeholder',
      ],
    ];
    for (const [yaml, name] of cases) {
      expect(spec(yaml), yaml).toMatchObject({ priorityClassName: name });
    }
  });

  test('there are none where nothing would make them give way', () => {
    expect(
      spec('helmValues: { jupyterhub: { scheduling: { podPriority: { enabled: false } } } }'),
    ).toBeUndefined();
    expect(
      spec('helmValues: { jupyterhub: { scheduling: { userPlaceholder: { enabled: false } } } }'),
    ).toBeUndefined();
  });

  test('they go through the scheduler that servers go through', () => {
    expect(spec('')).not.toHaveProperty('schedulerName');
    expect(
      spec('helmValues: { jupyterhub: { scheduling: { userScheduler: { enabled: true } } } }'),
    ).toMatchObject({ schedulerName: 'jupyterhub-user-scheduler' });
  });

  test('they ask for what a server asks for: the limit where nothing is guaranteed', () => {
    expect(
      spec(
        'profiles: { a: { displayName: A, image: "e/a:1", placeholders: 1, cpu: { limit: 2 }, memory: { guarantee: 1G, limit: 2G } } }',
      ),
    ).toMatchObject({ containers: [{ resources: { requests: { cpu: '2', memory: '1073741824' } } }] });
  });
});
