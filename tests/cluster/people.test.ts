import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AppsV1Api } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import type { Sandbox } from '../support/hubwright.ts';
import { fakeHub } from './fake-hub.ts';
import { accountsOf, revisions, secretOf, slowHook } from './faults.ts';
import { type ClusterEnv, course, inCourse } from './kit.ts';

const deploy = ['deploy', 'training', '--no-verify'];

/** Writes `PATH.crt` and `PATH.key`, which is its owner's alone. */
async function selfSigned(domain: string, path: string): Promise<void> {
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30'.split(' ');
  const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
  await promisify(execFile)('openssl', [...made, ...name, '-keyout', `${path}.key`, '-out', `${path}.crt`]);
}

/** Which hub it is: another number after each restart. */
async function generationOf(cluster: ClusterClient, namespace: string): Promise<number | undefined> {
  const apps = cluster.config().makeApiClient(AppsV1Api);
  return (await apps.readNamespacedDeployment({ name: 'hub', namespace })).metadata?.generation;
}

test('a change of people alone restarts nothing, and nobody’s password changes but who is reset', async ({
  cluster,
  namespace,
  helm3,
}) => {
  await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm3 }, async (box, env) => {
    await box.must(deploy, { env });
    const hub = await fakeHub(cluster, namespace);
    try {
      const [before, generation] = [
        await accountsOf(cluster, namespace),
        await generationOf(cluster, namespace),
      ];
      expect(before.map(({ name, admin }) => [name, admin])).toEqual([
        ['admin-alex', true],
        ['trainee-1', false],
        ['trainee-2', false],
      ]);
      expect(new Set(before.map(({ password }) => password)).size).toBe(3);

      await box.write(
        'hub.yaml',
        course({
          namespace,
          people: '{ admins: [alex], users: { prefix: trainee, count: 1 }, extra: [jo] }',
        }),
      );
      const plan = await box.must(['plan', 'training'], { env });
      expect(plan).toContain('• Tell the hub about the accounts (the list of people has changed)');
      expect(plan).toContain(
        '• Take trainee-2 off the hub (they are not in the file any more; their homes stay)',
      );
      expect(plan).not.toMatch(/restarts|release/);
      await box.must(deploy, { env });
      const after = await accountsOf(cluster, namespace);
      expect(after.map(({ name }) => name)).toEqual(['admin-alex', 'trainee-1', 'jo']);
      expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
      expect([...hub.users]).toEqual(['admin-alex', 'trainee-1', 'jo']);

      await box.must(['users', 'training', 'reset', 'trainee-1'], { env });
      const reset = await accountsOf(cluster, namespace);
      expect(reset.filter(({ name }) => name !== 'trainee-1')).toEqual(
        after.filter(({ name }) => name !== 'trainee-1'),
      );
      expect(reset[1]?.password).not.toBe(after[1]?.password);
      expect(hub.asked.filter((line) => line.startsWith('POST /hub/api/hubwright/accounts'))).toHaveLength(2);
      const { toolToken } = await secretOf(cluster, namespace, 'hubwright-secrets');
      expect(hub.asked.every((line) => line.endsWith(` token ${toolToken}`))).toBe(true);

      expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
      expect(await generationOf(cluster, namespace)).toBe(generation);
      expect(await revisions(cluster, namespace)).toHaveLength(1);
    } finally {
      hub.close();
    }
  });
});

type Secrets = ReadonlyMap<string, string>;

/** Which of them are in it, as they are or as Kubernetes keeps them. */
function found(secrets: Secrets, text: string): string[] {
  const forms = (value: string): string[] => [
    value,
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
  ];
  return [...secrets]
    .filter(([, value]) => forms(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

/** Collects what everybody on this machine can read of processes, while commands run. */
class Arguments {
  readonly #seen = new Set<string>();
  #over = false;
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#watch();
  }

  async end(): Promise<string> {
    this.#over = true;
    await this.#done;
    return [...this.#seen].join('\n');
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          this.#seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // It has ended meanwhile.
        }
      }
      await sleep(30);
    }
  }
}

/** Files of the sandbox that hold a secret where more than their owner may read them, or that are no place for one. */
function openFiles(secrets: Secrets, box: Sandbox): string[] {
  const files = readdirSync(box.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return files
    .filter((path) => (statSync(path).mode & 0o077) !== 0 || path.endsWith('hub.lock.yaml'))
    .flatMap((path) =>
      found(secrets, readFileSync(path, 'latin1')).map((name) => `${relative(box.folder, path)}: ${name}`),
    );
}

/** Everything that nobody may see, from where it is kept. */
async function secretsOf(cluster: ClusterClient, namespace: string): Promise<[string, string][]> {
  const [tokens, accounts] = await Promise.all([
    secretOf(cluster, namespace, 'hubwright-secrets'),
    accountsOf(cluster, namespace).catch(() => []),
  ]);
  return [
    ...Object.entries(tokens),
    ...accounts.map(({ name, password }): [string, string] => [`password of ${name}`, password]),
  ];
}

/** Runs them one after the other. @returns all that they printed, and the arguments of whatever ran meanwhile. */
async function watched(
  box: Sandbox,
  env: ClusterEnv,
  commands: readonly (string | (() => Promise<unknown>))[],
): Promise<{ readonly printed: string; readonly words: string }> {
  const words = new Arguments();
  let printed = '';
  for (const command of commands) {
    if (typeof command !== 'string') {
      await command();
      continue;
    }
    const { stdout, stderr } = await box.run(command.split(' '), { env });
    printed += `\n$ ${command}\n${stdout}${stderr}`;
  }
  return { printed, words: await words.end() };
}

describe.concurrent('no secret is seen', () => {
  test('with accounts: in no output, no argument, no open file', async ({ cluster, namespace, helm3 }) => {
    await inCourse(
      { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: slowHook },
      async (box, env) => {
        const here = { ...env, XDG_CACHE_HOME: join(box.folder, 'cache') };
        const bad = (more: string) => () => box.write('hub.yaml', course({ namespace, more }));
        const { printed, words } = await watched(box, here, [
          'plan training',
          'render training --out before',
          'deploy training --no-verify --json',
          'deploy training --no-verify',
          'status training',
          'status training --json',
          () => box.write('hub.yaml', course({ namespace, memory: '3G' })),
          'plan training',
          'plan training --json',
          'deploy training --no-verify',
          'render training',
          // The chart's schema, the chart itself, the API server and a job refuse.
          bad('helmValues: { jupyterhub: { hub: { nonsense: 1 } } }\n'),
          'deploy training --no-verify',
          bad('helmValues: { jupyterhub: { proxy: { service: { annotations: [1] } } } }\n'),
          'plan training --json',
          bad('helmValues: { jupyterhub: { proxy: { service: { type: Nonsense } } } }\n'),
          'deploy training --no-verify --json',
          bad(
            'helmValues: { jupyterhub: { prePuller: { hook: { image: { name: fail.test/a, tag: "1" } } } } }\n',
          ),
          'deploy training --no-verify --timeout 3s',
          'status training --json',
        ]);
        const secrets = new Map(await secretsOf(cluster, namespace));
        expect([...secrets.keys()]).toEqual(
          expect.arrayContaining(['cookieSecret', 'toolToken', 'password of trainee-1']),
        );
        expect([...secrets.values()].every((value) => value.length >= 12)).toBe(true);
        // The looking finds what is there.
        expect(printed.match(/error |"type":"error"/g)?.length).toBeGreaterThanOrEqual(4);
        expect(words).toContain('--hide-notes');
        expect(found(secrets, printed)).toEqual([]);
        expect(found(secrets, words)).toEqual([]);
        expect(openFiles(secrets, box)).toEqual([]);
        expect(openFiles(new Map([['a word', 'Deployment']]), box).length).toBeGreaterThan(0);
      },
    );
  });

  test('with an OIDC provider and a certificate of one’s own', async ({ cluster, namespace, helm4 }) => {
    const marker = 'MARKED-client-secret-7f3a9c';
    const more = `address: { domain: training.example.org }
https: { files: { certificate: site.crt, key: { fromFile: site.key } } }
`;
    const oidc = `oidc:
        clientId: hub
        clientSecret: { fromEnv: OIDC_SECRET }
        authorizeUrl: https://iam.example.org/auth
        tokenUrl: https://iam.example.org/token
        userdataUrl: https://iam.example.org/me
        usernameClaim: preferred_username
        allowedGroups: [people]`;
    const file = (memory?: string): string =>
      course({ namespace, more, ...(memory ? { memory } : {}) }).replace(/auth: .*/, `auth:\n      ${oidc}`);
    await inCourse({ namespace, kubeconfig: cluster.kubeconfig, helm: helm4 }, async (box, env) => {
      const here = { ...env, XDG_CACHE_HOME: join(box.folder, 'cache'), OIDC_SECRET: marker };
      await selfSigned('training.example.org', join(box.folder, 'site'));
      const key = readFileSync(join(box.folder, 'site.key'), 'utf8').split('\n')[1] ?? '';
      expect(key).toMatch(/^MI/);
      await box.write('hub.yaml', file());
      const { printed, words } = await watched(box, here, [
        'check training',
        'plan training --json',
        'deploy training --no-verify',
        () => box.write('hub.yaml', file('3G')),
        'plan training',
        'deploy training --no-verify --json',
        'status training --json',
        'render training --out out',
      ]);
      expect(printed).toContain('"changed":true');
      const kept = await secretsOf(cluster, namespace);
      const secrets = new Map([...kept, ['client secret', marker], ['key', key]] as const);
      expect(found(secrets, printed)).toEqual([]);
      expect(found(secrets, words)).toEqual([]);
      expect(openFiles(secrets, box)).toEqual([]);
      // And the hub has got them.
      const values = (await secretOf(cluster, namespace, 'hub'))['values.yaml'] ?? '';
      expect(values).toContain(marker);
      const rendered = readFileSync(join(box.folder, 'out/jupyterhub/secrets.yaml'), 'utf8');
      expect(rendered).toContain('${hubwright:oidcClientSecret}');
      expect(rendered).toContain('${hubwright:tlsKey}');
    });
  });
});
