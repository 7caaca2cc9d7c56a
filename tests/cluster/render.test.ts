import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CoreV1Api, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import type { KubernetesObject } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { test } from '../support/cluster-test.ts';
import type { ClusterClient } from '../support/cluster.ts';
import { revisions, secretOf } from './faults.ts';
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

function withoutChecksums(files: Readonly<Record<string, string>>): string {
  // In quotes where it is digits alone: that of the token is cut to four letters.
  return JSON.stringify(files).replaceAll(/checksum\/(secret|auth-token): (\\")?\w+(\\")?/g, '');
}

/** What Helm sent, of the newest revision. */
async function manifestOf(cluster: ClusterClient, namespace: string): Promise<Any[]> {
  const number = (await revisions(cluster, namespace)).at(-1)?.number;
  const { data } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .readNamespacedSecret({ namespace, name: `sh.helm.release.v1.${namespace}.v${number}` });
  const packed = Buffer.from(Buffer.from(data?.['release'] ?? '', 'base64').toString(), 'base64');
  return objectsOf((JSON.parse(gunzipSync(packed).toString()) as { manifest: string }).manifest);
}

/** One to one, with a placeholder for each secret: as `render` writes it. */
function asRendered(object: Any, namespace: string, secrets: Readonly<Record<string, string>>): Any {
  const isScoped = object.kind !== 'PriorityClass';
  let whole: Any = isScoped
    ? Object.assign(object, { metadata: Object.assign(object.metadata ?? {}, { namespace }) })
    : object;
  if (object.kind === 'Secret') {
    const {
      data = {},
      stringData = {},
      ...rest
    } = whole as Any & { data?: Record<string, string>; stringData?: object };
    const plain = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
    whole = { ...rest, stringData: { ...Object.fromEntries(plain), ...stringData } };
  }
  let text = JSON.stringify(whole);
  for (const [name, value] of Object.entries(secrets)) text = text.replaceAll(value, `\${hubwright:${name}}`);
  return JSON.parse(text) as Any;
}

const byName = (objects: readonly Any[]): Any[] =>
  objects.toSorted((a, b) => (`${a.kind} ${a.metadata?.name}` < `${b.kind} ${b.metadata?.name}` ? -1 : 1));

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
        expect(Object.keys(after)).toEqual([
          'jupyterhub/manifests.yaml',
          'jupyterhub/values.yaml',
          'materials/objects.yaml',
          'placeholders/objects.yaml',
        ]);

        const secrets = await secretOf(cluster, namespace, 'hubwright-secrets');
        const sent = (await manifestOf(cluster, namespace)).map((object) =>
          asRendered(object, namespace, secrets),
        );
        const rendered = objectsOf(after['jupyterhub/manifests.yaml'] ?? '');
        expect(byName(rendered)).toEqual(byName(sent));
        for (const value of Object.values(secrets)) expect(JSON.stringify(after)).not.toContain(value);
        expect(after['jupyterhub/values.yaml']).toContain('${hubwright:proxyToken}');
      });
    });
  }

  test('gives objects that the API server takes', async ({ cluster, namespace, helm3 }) => {
    const given = { namespace, kubeconfig: cluster.kubeconfig, helm: helm3, more: materials };
    await inCourse(given, async (box, env) => {
      await box.must(['render', 'training', '--out', 'out'], { env });
      const objects = Object.entries(await filesIn(join(box.folder, 'out')))
        .filter(([path]) => !path.endsWith('values.yaml'))
        .flatMap(([, text]) => objectsOf(text));
      expect(objects.length).toBeGreaterThan(15);
      const api = KubernetesObjectApi.makeApiClient(cluster.config());
      for (const object of objects)
        await api.patch(object, undefined, 'All', 'gitops', true, PatchStrategy.ServerSideApply);
    });
  });
});
