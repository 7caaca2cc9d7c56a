import { describe, expect, test } from 'vitest';
import { cluster, clusterProfile, codes, local, onlyProblem } from '../support.ts';

const domain = 'hub.jupyter.ac.uk';
const contactEmail = 'ops@example.org';
const encrypted = (fields: Readonly<Record<string, unknown>> = {}) =>
  cluster({ contactEmail, address: { domain }, https: { letsEncrypt: {} }, ...fields });

const both = (one: object, two: object) =>
  JSON.stringify({
    name: 'hub',
    defaults: {
      target: 'kubernetes',
      https: 'off',
      auth: { accounts: { admins: ['a'] } },
      profiles: { a: clusterProfile() },
    },
    environments: { one, two },
  });

const at = (context: string) => ({
  kubernetes: { context },
  address: { domain, floatingIp: '192.0.2.5' },
});

const groups = (min: number, max: number, flavor = 'small') => ({
  nodeGroups: { workers: { flavor, min, max } },
});

describe('HTTPS', () => {
  test.each([
    { letsEncrypt: {} },
    { secretName: 'tls' },
    { files: { certificate: 'a.pem', key: { fromFile: 'a.key' } } },
    'off',
    false,
  ])('%j is right', (https) => {
    expect(codes(encrypted({ https }))).toEqual([]);
  });
  test('no source and two sources are errors', () => {
    expect(codes(encrypted({ https: {} }))).toEqual(['https-nothing']);
    expect(codes(encrypted({ https: { letsEncrypt: {}, secretName: 'tls' } }))).toEqual(['https-several']);
  });
  test('needs a domain', () => expect(codes(encrypted({ address: {} }))).toEqual(['https-without-domain']));
  test('a domain is a name', () =>
    expect(codes(encrypted({ address: { domain: '192.0.2.5' } }))).toEqual(['domain-is-address']));
  test("Let's Encrypt needs an e-mail address, other certificates do not", () => {
    expect(codes(encrypted({ contactEmail: undefined }))).toEqual(['lets-encrypt-email']);
    expect(codes(encrypted({ contactEmail: undefined, https: { secretName: 'tls' } }))).toEqual([]);
  });
  test.each(['hub', 'localhost', 'a.local', 'a.internal', 'a.test', 'a.lan', 'a.home.arpa'])(
    "Let's Encrypt gives nothing for %s",
    (name) => {
      expect(codes(encrypted({ address: { domain: name } }))).toEqual(['lets-encrypt-private-name']);
      expect(
        codes(encrypted({ address: { domain: name }, https: { secretName: 'tls' } })),
        'an own certificate may',
      ).toEqual([]);
    },
  );
  test.each(['a.example.org', 'example.com', 'a.example'])('%s is a name for examples', (name) => {
    expect(onlyProblem(encrypted({ address: { domain: name } }))).toMatchObject({
      code: 'example-name',
      severity: 'warning',
    });
  });
  test.each(['myexample.org', 'local.jupyter.ac.uk', 'latest.ac.uk'])('%s is a name like others', (name) =>
    expect(codes(encrypted({ address: { domain: name } }))).toEqual([]),
  );
  test.each(['10.1.2.3', '172.20.0.1', '192.168.0.1', '100.64.0.1'])(
    "Let's Encrypt cannot reach %s",
    (floatingIp) => {
      expect(codes(encrypted({ address: { domain, floatingIp } }))).toEqual(['lets-encrypt-private-address']);
    },
  );
  test('nothing said is a warning, off is a decision', () => {
    expect(codes(cluster({ https: undefined }))).toEqual(['no-https']);
    expect(codes(cluster({ https: 'off' }))).toEqual([]);
  });
  test('nothing of this matters on this machine, where it may come from defaults', () => {
    expect(codes(local({ https: { letsEncrypt: {} } }))).toEqual([]);
    expect(codes(local({ https: {} }))).toEqual([]);
  });
});

describe('the cluster', () => {
  test('has a context', () => expect(codes(cluster({ kubernetes: undefined }))).toEqual(['no-context']));
  test.each(['default', 'kube-system', 'longhorn-system'])(
    'the hub has a namespace of its own, not %s',
    (namespace) => {
      expect(codes(cluster({ kubernetes: { context: 'a', namespace } }))).toEqual(['shared-namespace']);
    },
  );
  test('a release fits Helm', () =>
    expect(codes(cluster({ kubernetes: { context: 'a', release: 'a'.repeat(54) } }))).toEqual([
      'release-too-long',
    ]));
});

describe('environments side by side', () => {
  test('one context and one release are an error', () => {
    expect(codes(both({ kubernetes: { context: 'a' } }, { kubernetes: { context: 'a' } }))).toEqual([
      'shared-release',
    ]);
    expect(
      codes(
        both(
          { kubernetes: { context: 'a', namespace: 'x' } },
          { kubernetes: { context: 'a', namespace: 'y' } },
        ),
      ),
    ).toEqual(['shared-release']);
  });
  test('two releases in one namespace are an error', () => {
    expect(
      codes(
        both({ kubernetes: { context: 'a', release: 'x' } }, { kubernetes: { context: 'a', release: 'y' } }),
      ),
    ).toEqual(['namespace-twice']);
  });
  test('two clusters, or two names of everything, are right', () => {
    expect(codes(both({ kubernetes: { context: 'a' } }, { kubernetes: { context: 'b' } }))).toEqual([]);
    expect(
      codes(
        both(
          { kubernetes: { context: 'a', release: 'x', namespace: 'x' } },
          { kubernetes: { context: 'a', release: 'y', namespace: 'y' } },
        ),
      ),
    ).toEqual([]);
  });
  test('one domain or floating IP for two is a warning', () => {
    expect(codes(both(at('a'), at('b')))).toEqual(['address-twice', 'address-twice']);
  });
});

describe('scaling', () => {
  const flavors = { small: { cpu: 8, memory: '32G' }, big: { cpu: 16, memory: '64G', gpus: 1 } };
  test('bounds in order are right', () => expect(codes(cluster({ scaling: groups(1, 5) }))).toEqual([]));
  test('min above max is an error', () =>
    expect(codes(cluster({ scaling: groups(5, 4) }))).toEqual(['node-group-bounds']));
  test('needs the management cluster', () =>
    expect(codes(cluster({ kubernetes: { context: 'a' }, scaling: groups(1, 5) }))).toEqual([
      'no-management-context',
    ]));
  test('a flavour that is not described is a warning with the name that was meant', () => {
    expect(onlyProblem(cluster({ scaling: { ...groups(1, 5, 'smal'), flavors } }))).toMatchObject({
      code: 'unknown-flavor',
      fix: 'Did you mean `small`?',
    });
  });
  const sized = (fields: Readonly<Record<string, unknown>>) =>
    cluster({ scaling: { ...groups(1, 5), flavors }, profiles: { a: clusterProfile(fields) } });
  test('a profile fits on some node of the groups', () => {
    expect(codes(sized({}))).toEqual([]);
    expect(codes(sized({ memory: { limit: '50G' } }))).toEqual(['profile-fits-nowhere']);
    expect(codes(sized({ memory: { guarantee: '1G', limit: '50G' } })), 'the guarantee counts').toEqual([]);
    expect(codes(sized({ cpu: { guarantee: 12 } }))).toEqual(['profile-fits-nowhere']);
    expect(codes(sized({ memory: { limit: '31G' } }))).toEqual(['profile-barely-fits']);
  });
  test('where no groups are written, any flavour will do', () => {
    expect(
      codes(cluster({ scaling: { flavors }, profiles: { a: clusterProfile({ memory: { limit: '50G' } }) } })),
    ).toEqual([]);
  });
});

describe('storage', () => {
  const nfs = { server: '192.0.2.20' };
  test('materials come from NFS on a cluster, and from a folder on this machine', () => {
    expect(codes(cluster({ materials: { nfs } }))).toEqual([]);
    expect(codes(cluster({ materials: { folder: 'materials' } }))).toEqual(['materials-without-nfs']);
    expect(codes(local({ materials: { nfs } }))).toEqual([]);
  });
  test.each(['/', '/usr', '/home/jovyan', '/home/jovyan/', '/opt/conda'])(
    'materials do not hide %s',
    (mountPath) => {
      expect(codes(cluster({ materials: { nfs, mountPath } }))).toEqual(['mount-path']);
    },
  );
  test.each(['/mnt/materials', '/home/jovyan/materials', '/data'])('%s is a good place', (mountPath) =>
    expect(codes(cluster({ materials: { nfs, mountPath } }))).toEqual([]),
  );
  test('homes below 1 Gi are a warning', () =>
    expect(codes(cluster({ homes: { size: '900Mi' } }))).toEqual(['tiny-homes']));
  test('no Longhorn and no other storage class is a warning', () => {
    expect(codes(cluster({ longhorn: 'off' }))).toEqual(['no-storage']);
    expect(codes(cluster({ longhorn: 'off', homes: { storageClass: 'cinder' } }))).toEqual([]);
  });
  test("Longhorn's page has no log-in", () => {
    expect(codes(cluster({ longhorn: { ui: { service: 'LoadBalancer' } } }))).toEqual(['longhorn-page-open']);
    expect(codes(cluster({ longhorn: { ui: { floatingIp: '192.0.2.5' } } }))).toEqual(['floating-ip-unused']);
    expect(
      codes(
        cluster({
          address: { floatingIp: '192.0.2.5' },
          longhorn: { ui: { service: 'LoadBalancer', floatingIp: '192.0.2.5' } },
        }),
      ),
    ).toEqual(['floating-ip-twice']);
  });
  test('strict-local allows one copy', () => {
    expect(codes(cluster({ longhorn: { dataLocality: 'strict-local' } }))).toEqual(['strict-local']);
    expect(codes(cluster({ longhorn: { dataLocality: 'strict-local', replicas: 1 } }))).toEqual([]);
  });
  test('copies need nodes', () => {
    expect(codes(cluster({ scaling: { nodeGroups: { a: { flavor: 'x', min: 1, max: 2 } } } }))).toEqual([
      'too-few-nodes',
    ]);
  });
});

describe('charts and values', () => {
  test.each([
    ['4.2.0', ['chart-fault']],
    ['4.3.4', ['chart-fault']],
    ['4.4.0', []],
    ['5.0.0-beta.1', []],
    ['v4.4.0', ['chart-version']],
    ['latest', ['chart-version']],
  ])('jupyterhub %s', (version, expected) =>
    expect(codes(cluster({ charts: { jupyterhub: { version } } }))).toEqual(expected),
  );
  test.each([
    ['1.10.0', ['chart-fault']],
    ['1.10.1', []],
    ['1.11.0', ['chart-fault']],
  ])('longhorn %s', (version, expected) =>
    expect(codes(cluster({ charts: { longhorn: { version } } }))).toEqual(expected),
  );
  test('a secret in the values is a warning that does not repeat it', () => {
    const problem = onlyProblem(
      cluster({ helmValues: { jupyterhub: { proxy: { secretToken: 'hunter2hunter2' } } } }),
    );
    expect(problem).toMatchObject({ code: 'secret-in-values', masked: true });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
  test.each([
    { secretName: 'hub-secrets' },
    { tokenSecretKey: 'some-key' },
    { imagePullSecrets: ['a-secret'] },
  ])('%j names a secret and is none', (values) => {
    expect(codes(cluster({ helmValues: { jupyterhub: values } }))).toEqual([]);
  });
  test('a receiver reaches somebody', () => {
    expect(codes(cluster({ monitoring: { receivers: { ops: {} } } }))).toEqual(['empty-receiver']);
    expect(
      codes(
        cluster({
          monitoring: {
            smtp: { host: 'mail.example.org' },
            receivers: { ops: { email: ['a@example.org'] } },
          },
        }),
      ),
    ).toEqual([]);
  });
});

describe('the hub', () => {
  test('a cull timeout is above what the hub may know late', () => {
    expect(codes(local({ culling: { timeout: '160m' } }))).toEqual(['cull-too-early']);
    expect(codes(local({ culling: { timeout: '161m' } }))).toEqual([]);
    expect(
      codes(
        local({
          culling: { timeout: '10m', every: '1m' },
          hub: { activityResolution: '1m', activityInterval: '5m' },
        }),
      ),
    ).toEqual([]);
  });
  test('idle servers are looked for often enough', () =>
    expect(codes(local({ culling: { timeout: '5h', every: '6h' } }))).toEqual(['cull-seldom']));
  test('the age is above the timeout', () =>
    expect(codes(local({ culling: { maxAge: '1d' } }))).toEqual(['cull-max-age']));
});

describe('this machine', () => {
  test.each(['127.0.0.1', '127.0.0.53', '::1', 'localhost'])('%s is loopback', (bindAddress) =>
    expect(codes(local({ local: { bindAddress } }))).toEqual([]),
  );
  test.each(['0.0.0.0', '192.168.0.5', '::', 'hub.example.org', '127.0.0.1.example.org'])(
    '%s is not, and is refused',
    (bindAddress) => {
      expect(codes(local({ local: { bindAddress } }))).toEqual(['not-loopback']);
    },
  );
  test('on a cluster it does not matter', () =>
    expect(codes(cluster({ local: { bindAddress: '0.0.0.0' } }))).toEqual([]));
  test('a port below 1024 is refused', () =>
    expect(codes(local({ local: { port: 443 } }))).toEqual(['privileged-port']));
});
