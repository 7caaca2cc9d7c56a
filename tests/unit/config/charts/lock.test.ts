import { describe, expect, test } from 'vitest';
import {
  type LockedEntry,
  digestLabel,
  eachOnce,
  findLocked,
  readLock,
  writeLock,
} from '../../../../src/config/charts/lock.ts';
import { wantedChart } from '../../../../src/config/charts/wanted.ts';
import { UserError } from '../../../../src/errors.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const hub: LockedEntry = {
  chart: 'jupyterhub',
  asked: 'default',
  version: '4.4.0',
  source: 'https://hub.jupyter.org/helm-chart/',
  digest,
};
const older: LockedEntry = { ...hub, asked: '4.2.0', version: '4.2.0' };
const storage: LockedEntry = { ...hub, chart: 'longhorn', version: '1.11.2', source: 'charts/longhorn.tgz' };

describe('the lock file', () => {
  test('what is written is read again', () => {
    expect(readLock(writeLock([hub, storage]), 'hub.lock.yaml')).toEqual([hub, storage]);
  });

  test('the order in which charts were locked does not show', () => {
    expect(writeLock([storage, hub, older])).toBe(writeLock([older, storage, hub]));
  });

  test('it looks like this', () => {
    expect(writeLock([hub]))
      .toBe(`# Which charts hub.yaml means, to the byte. Made by \`hubwright charts lock\`: commit it, and do not edit it.
# \`hubwright charts update\` takes newer ones.
charts:
  jupyterhub:
    - asked: default
      version: 4.4.0
      source: https://hub.jupyter.org/helm-chart/
      digest: ${digest}
`);
  });

  test.each([
    ['no YAML', 'charts: ['],
    ['empty', ''],
    ['marks of a merge', '<<<<<<< HEAD\ncharts: {}\n'],
    ['a chart nobody knows', 'charts: { traefik: [] }'],
    ['a short digest', writeLock([hub]).replace(digest, 'sha256:12')],
    ['a digest of another kind', writeLock([hub]).replace('sha256:', 'md5:')],
  ])('%s is refused, with what to do', (_, text) => {
    const read = () => readLock(text, '/course/hub.lock.yaml');
    expect(read).toThrow(UserError);
    expect(read).toThrow(expect.objectContaining({ where: '/course/hub.lock.yaml', exitCode: 2 }));
  });

  test('two environments may pin different versions of one chart', () => {
    const lock = [hub, older];
    const find = (version?: string) =>
      findLocked(
        lock,
        wantedChart({ charts: { jupyterhub: version === undefined ? {} : { version } } }, 'jupyterhub'),
      );
    expect(find()?.version).toBe('4.4.0');
    expect(find('4.2.0')?.version).toBe('4.2.0');
    expect(find('4.3.0')).toBeUndefined();
  });

  test('another source is another chart', () => {
    const wanted = wantedChart(
      { charts: { jupyterhub: { source: 'https://mirror.example.org' } } },
      'jupyterhub',
    );
    expect(findLocked([hub], wanted)).toBeUndefined();
  });

  test('a digest as a label', () => {
    expect(digestLabel(digest)).toMatch(/^[0-9a-f]{63}$/);
  });
});

describe('a wanted chart', () => {
  test.each([
    [undefined, 'repository', '4.4.0'],
    ['https://mirror.example.org/charts', 'repository', '4.4.0'],
    ['oci://registry.example.org/charts/jupyterhub', 'registry', '4.4.0'],
    ['https://mirror.example.org/jupyterhub-4.4.0.tgz', 'archiveUrl', undefined],
    ['charts/jupyterhub-4.4.0.tgz', 'archive', undefined],
    ['charts/jupyterhub', 'folder', undefined],
  ])('source %s is a %s', (source, kind, version) => {
    expect(
      wantedChart({ charts: { jupyterhub: source === undefined ? {} : { source } } }, 'jupyterhub'),
    ).toMatchObject({
      kind,
      version,
      asked: 'default',
    });
  });

  test('hub.yaml wins over the default', () => {
    const wanted = wantedChart({ charts: { longhorn: { version: '1.10.2' } } }, 'longhorn');
    expect(wanted).toMatchObject({
      asked: '1.10.2',
      version: '1.10.2',
      source: 'https://charts.longhorn.io',
    });
  });

  test('each once, however many environments want it', () => {
    const one = wantedChart({ charts: {} }, 'jupyterhub');
    const other = wantedChart({ charts: { jupyterhub: { version: '4.2.0' } } }, 'jupyterhub');
    expect(eachOnce([one, other, { ...one }])).toEqual([one, other]);
  });
});
