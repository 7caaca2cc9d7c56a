import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeRelease, parseManifest } from '../../../../src/adapters/kubernetes/release-data.ts';
import { lastGoodOf, lockOfNewest } from '../../../../src/adapters/kubernetes/releases.ts';

// Made by Helm 3.22 with two runs of `helm upgrade --install`.
const { items } = JSON.parse(readFileSync(new URL('golden/releases.json', import.meta.url), 'utf8')) as {
  items: { metadata: { labels: { version: string } }; data: { release: string } }[];
};

test('a revision as Helm keeps it', async () => {
  const { revision, applyMethod } = await decodeRelease(items[1]!.data.release);
  expect(applyMethod).toBe('csa');
  expect(revision).toMatchObject({
    number: 2,
    status: 'deployed',
    chart: { name: 'mini', version: '1.2.3' },
    values: { replicas: 3 },
    deployedAt: expect.stringMatching(/^2026-.*Z$/) as string,
  });
  expect(revision.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ConfigMap mini-config',
    'ConfigMap mini-in-list',
  ]);
  expect(revision.objects[0]).toMatchObject({ data: { replicas: '3', multi: 'a: b\n---not a document\n' } });
  expect((await decodeRelease(items[0]!.data.release)).revision).toMatchObject({
    number: 1,
    status: 'superseded',
  });
});

test('Helm 4 says how it applies; no values are no values', async () => {
  const release = {
    name: 'a',
    version: 1,
    info: { status: 'pending-install' },
    config: null,
    apply_method: 'ssa',
  };
  const inner = gzipSync(JSON.stringify(release)).toString('base64');
  const { revision, applyMethod } = await decodeRelease(Buffer.from(inner).toString('base64'));
  expect(applyMethod).toBe('ssa');
  expect(revision).toMatchObject({ values: {}, chart: { name: '', version: '' }, deployedAt: '' });
  expect(revision.objects).toEqual([]);
});

test('a manifest with empty documents and comments', () => {
  expect(parseManifest('---\n# nothing\n---\nkind: A\napiVersion: v1\nmetadata: {name: a}\n---\n')).toEqual([
    { kind: 'A', apiVersion: 'v1', metadata: { name: 'a' } },
  ]);
});

test.each([
  [['deployed'], 1],
  [['superseded', 'deployed', 'pending-upgrade'], 2],
  [['superseded', 'deployed', 'failed', 'failed'], 2],
  [['superseded', 'superseded', 'uninstalled'], 2],
  [['failed'], undefined],
  [['pending-install'], undefined],
] as const)('of %j the last good one is %s', (statuses, good) => {
  expect(lastGoodOf(statuses.map((status, index) => ({ status, version: index + 1 })))).toBe(good);
});

describe('whose the newest revision is', () => {
  const label = (labels: Readonly<Record<string, string>>) => ({
    metadata: { name: 'x', uid: 'x', resourceVersion: '1', creationTimestamp: '', labels },
  });
  const one = label({ 'hubwright-run': 'a', 'hubwright-lock': 'jupyterhub' });
  const two = label({ 'hubwright-run': 'b', 'hubwright-lock': 'jupyterhub' });

  test('is told by a mark that no other has', () => {
    expect(lockOfNewest([one])).toBe('jupyterhub');
    expect(lockOfNewest([two, one])).toBe('jupyterhub');
  });

  test('is not told by a mark that Helm has taken from an older one', () => {
    expect(lockOfNewest([one, one])).toBeUndefined();
    expect(lockOfNewest([one, two, one])).toBeUndefined();
  });

  test('is not known without a mark', () => {
    expect(lockOfNewest([label({}), one])).toBeUndefined();
    expect(lockOfNewest([])).toBeUndefined();
  });
});
