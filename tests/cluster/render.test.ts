import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CoreV1Api, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { decryptAge } from '../../src/adapters/age.ts';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import { accountsOf, revisions, secretOf } from './faults.ts';
import { inCourse } from './kit.ts';

const materials =
  'materials: { nfs: { server: 192.0.2.20, path: /var/materials }, mountPath: /mnt/materials }\n';

type Any = KubernetesObject & Readonly<Record<string, unknown>>;

async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files
    .toSorted()
    .map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

function objectsOf(text: string): Any[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Any | null)
    .filter((object) => object !== null && typeof object === 'object' && 'kind' in object) as Any[];
}

/** Like `filesIn`, with what is encrypted decrypted, under the names that it has in plain. */
async function decryptedIn(folder: string, identity: string): Promise<Record<string, string>> {
  const files = Object.entries(await filesIn(folder)).map(async ([path, text]) =>
    path.endsWith('.age') ? [path.slice(0, -4), await decryptAge(text, [identity])] : [path, text],
  );
  return Object.fromEntries((await Promise.all(files)) as [string, string][]);
}

function withoutChecksums(files: Readonly<Record<string, string>>): string {
  // In quotes where it is digits alone: that of the token is cut to four letters.
  return JSON.stringify(files).replaceAll(/checksum\/(secret|auth-token): (\\")?\w+(\\")?/g, '');
}

/** What Helm keeps of the newest revision: what it sent, what it ran beside that, and the values. */
async function releaseOf(
  cluster: ClusterClient,
  namespace: string,
): Promise<{ manifest: Any[]; hooks: Any[]; config: unknown }> {
  const number = (await revisions(cluster, namespace)).at(-1)?.number;
  const { data } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .readNamespacedSecret({ namespace, name: `sh.helm.release.v1.${namespace}.v${number}` });
  const packed = Buffer.from(Buffer.from(data?.['release'] ?? '', 'base64').toString(), 'base64');
  const { manifest, hooks, config } = JSON.parse(gunzipSync(packed).toString()) as {
    manifest: string;
    hooks: { manifest: string }[];
    config: unknown;
  };
  return {
    manifest: objectsOf(manifest).map((object) => withNamespace(object, namespace)),
    hooks: hooks
      .flatMap((hook) => objectsOf(hook.manifest))
      .map((object) => withNamespace(object, namespace)),
    config,
  };
}

/** As Helm sends it. */
function withNamespace(object: Any, namespace: string): Any {
  if (object.kind === 'PriorityClass') return object;
  return Object.assign({}, object, { metadata: Object.assign({}, object.metadata, { namespace }) });
}

/** One to one, with a placeholder for each secret: as `render` writes it. */
function asRendered(object: Any, secrets: Readonly<Record<string, string>>): Any {
  let whole = object;
  if (object.kind === 'Secret') {
    const {
      data = {},
      stringData = {},
      ...rest
    } = object as Any & { data?: Record<string, string>; stringData?: object };
    const plain = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
    whole = { ...rest, stringData: { ...Object.fromEntries(plain), ...stringData } };
  }
  let text = JSON.stringify(whole);
  for (const [name, value] of Object.entries(secrets)) text = text.replaceAll(value, `\${hubwright:${name}}`);
  return JSON.parse(text) as Any;
}

const byName = (objects: readonly Any[]): Any[] =>
  objects.toSorted((a, b) => (`${a.kind} ${a.metadata?.name}` < `${b.kind} ${b.metadata?.name}` ? -1 : 1));

const hubFiles = (ending: string): string[] => [
  'environment/objects.yaml',
  `environment/secrets${ending}`,
  'jupyterhub/hooks.yaml',
  'jupyterhub/manifests.yaml',
  `jupyterhub/secrets${ending}`,
  `jupyterhub/values${ending}`,
  'placeholders/objects.yaml',
];

/** Objects in the files of these names, whatever file each is in. */
function inFiles(files: Readonly<Record<string, string>>, ...names: readonly string[]): Any[] {
  return byName(names.flatMap((name) => objectsOf(files[`${name}.yaml`] ?? '')));
}

describe.concurrent('render', () => {
  for (const program of ['helm3', 'helm4'] as const) {
    test(`writes what deploy sends, the same each time, and no secret, ${program}`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const given = {
        namespace,
        kubeconfig: cluster.kubeconfig,
        helm: { helm3, helm4 }[program],
        more: materials,
      };
      await inCourse(given, async (box, env) => {
        const render = async (out: string): Promise<Record<string, string>> => {
          await box.must(['render', 'training', '--out', out], { env });
          return filesIn(join(box.folder, out));
        };
        const before = await render('before');
        await box.must(['deploy', 'training', '--no-verify'], { env });
        const after = await render('after');
        expect(await render('again')).toEqual(after);
        // The tokens are made with the first deploy, and checksums with them.
        expect(withoutChecksums(after)).toEqual(withoutChecksums(before));
        expect(Object.keys(after)).toEqual([...hubFiles('.yaml'), 'materials/objects.yaml'].toSorted());

        const secrets = await secretOf(cluster, namespace, 'hubwright-secrets');
        const { manifest, hooks } = await releaseOf(cluster, namespace);
        const sent = manifest.map((object) => asRendered(object, secrets));
        expect(inFiles(after, 'jupyterhub/manifests', 'jupyterhub/secrets')).toEqual(byName(sent));
        expect(hooks.length).toBeGreaterThan(0);
        expect(inFiles(after, 'jupyterhub/hooks')).toEqual(byName(hooks));
        for (const value of Object.values(secrets)) expect(JSON.stringify(after)).not.toContain(value);
        for (const { password } of await accountsOf(cluster, namespace))
          expect(JSON.stringify(after)).not.toContain(password);
        expect(after['jupyterhub/values.yaml']).toContain('${hubwright:proxyToken}');
      });
    });

    test(`with --encrypt writes exactly what deploy sends, for who has the key, ${program}`, async ({
      cluster,
      namespace,
      helm3,
      helm4,
    }) => {
      const [identity, other] = await Promise.all([generateIdentity(), generateIdentity()]);
      const recipients = await Promise.all([identity, other].map(identityToRecipient));
      const encrypt = recipients.flatMap((recipient) => ['--encrypt', `age:${recipient}`]);
      const given = { namespace, kubeconfig: cluster.kubeconfig, helm: { helm3, helm4 }[program] };
      await inCourse(given, async (box, env) => {
        await box.must(['deploy', 'training', '--no-verify'], { env });
        // What is in plain from an earlier time would be applied beside it.
        await box.must(['render', 'training', '--out', 'out'], { env });
        await box.must(['render', ...encrypt, 'training', '--out', 'out'], { env });
        const folder = join(box.folder, 'out');
        const written = await filesIn(folder);
        expect(Object.keys(written)).toEqual(hubFiles('.yaml.age'));

        const release = await releaseOf(cluster, namespace);
        const secrets = await secretOf(cluster, namespace, 'hubwright-secrets');
        const accounts = await secretOf(cluster, namespace, 'hubwright-accounts');
        for (const key of [identity, other]) {
          const files = await decryptedIn(folder, key);
          expect(inFiles(files, 'jupyterhub/manifests', 'jupyterhub/secrets')).toEqual(
            byName(release.manifest),
          );
          expect(inFiles(files, 'jupyterhub/hooks')).toEqual(byName(release.hooks));
          expect(parse(files['jupyterhub/values.yaml'] ?? '')).toEqual(release.config);
          expect(inFiles(files, 'environment/secrets')).toMatchObject([
            { kind: 'Secret', metadata: { name: 'hubwright-accounts', namespace }, stringData: accounts },
            { kind: 'Secret', metadata: { name: 'hubwright-secrets', namespace }, stringData: secrets },
          ]);
        }
        const { metadata } = await cluster
          .config()
          .makeApiClient(CoreV1Api)
          .readNamespace({ name: namespace });
        const [own] = inFiles(written, 'environment/objects');
        expect(metadata?.labels).toMatchObject({ ...own?.metadata?.labels });
        expect(own?.metadata?.labels).toMatchObject({ 'hubwright/environment': 'training' });
        for (const value of Object.values(secrets)) {
          expect(JSON.stringify(written)).not.toContain(value);
          expect(JSON.stringify(written)).not.toContain(Buffer.from(value).toString('base64'));
        }
      });
    });
  }

  test('encrypts nothing that a deploy has yet to make', async ({ cluster, namespace, helm3 }) => {
    const recipient = await identityToRecipient(await generateIdentity());
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3 };
    await inCourse(given, async (box, env) => {
      const args = ['render', 'training', '--out', 'out'];
      const { exitCode, stderr } = await box.run([...args, '--encrypt', `age:${recipient}`], { env });
      expect(exitCode).toBe(1);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain('the passwords of 3 people');
      expect(stderr).toContain('hubwright deploy training');
      expect(existsSync(join(box.folder, 'out'))).toBe(false);
      expect(await box.must(args, { env })).toMatch(
        /The first deploy makes the hub's tokens \(cookieSecret, /,
      );
    });
  });

  test('gives objects that the API server takes', async ({ cluster, namespace, helm3 }) => {
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: materials };
    await inCourse(given, async (box, env) => {
      await box.must(['render', 'training', '--out', 'out'], { env });
      const objects = Object.entries(await filesIn(join(box.folder, 'out')))
        .filter(([path]) => !path.endsWith('values.yaml') && !path.endsWith('hooks.yaml'))
        .flatMap(([, text]) => objectsOf(text));
      expect(objects.length).toBeGreaterThan(15);
      const api = KubernetesObjectApi.makeApiClient(cluster.config());
      for (const object of objects)
        await api.patch(object, undefined, 'All', 'gitops', true, PatchStrategy.ServerSideApply);
    });
  });
});
