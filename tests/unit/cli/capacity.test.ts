import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { sandbox } from '../../support/hubwright.ts';
import { runIn } from './run.ts';

const file = `name: course
environments:
  local: { target: local, auth: { accounts: { admins: [alex] } }, profiles: { a: { displayName: A, default: true } } }
  training:
    target: kubernetes
    kubernetes: { context: nowhere, namespace: jupyterhub }
    auth: { accounts: { admins: [alex], users: { prefix: trainee, count: 40 } } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/a:1, cpu: { guarantee: 0.05 }, memory: { limit: 1.8G } }
      large: { displayName: Large, image: example.org/a:1, memory: { limit: 25G }, placeholders: 1 }
    scaling:
      flavors: { l3.small: { cpu: 8, memory: 32G } }
      nodeGroups: { workers: { flavor: l3.small, min: 1, max: 10 } }
`;

const unscaled = file.slice(0, file.indexOf('    scaling:'));

async function inFolder(work: (folder: string) => Promise<void>, text = file): Promise<void> {
  const box = sandbox();
  try {
    await box.write('hub.yaml', text);
    await work(box.folder);
  } finally {
    await box.close();
  }
}

test('the seats of what the file describes need no cluster', () =>
  inFolder(async (folder) => {
    const { stdout, exitCode } = await runIn(folder, ['capacity', 'training', '--offline']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`Capacity of training for 40 people, each profile as if it were alone
GROUP    FLAVOUR   FOR PEOPLE  MEMORY   GPUS  KNOWN FROM
workers  l3.small  7.2 cores   28.8 GB  0     the file

PROFILE   GROUP    SEATS A NODE  NODES FOR 40    AT MOST  UNUSED WHEN FULL
standard  workers  16            3               160      89 % of CPU, 0 % of memory
large     workers  1             41 (may be 10)  10       100 % of CPU, 13 % of memory
1 placeholder of large: fit on workers
· where a node was not there to be looked at, a tenth of its flavour counts as the system’s own
`);
  }));

test('a cluster that cannot be reached is named, and the file counts', () =>
  inFolder(async (folder) => {
    const { stdout, exitCode } = await runIn(folder, ['capacity', 'training', '--people', '3']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('NODES FOR 3');
    expect(stdout).toMatch(/· the cluster was not looked at: .*kubeconfig/);
    expect(stdout).toContain('· the cloud was not looked at: The file names no cloud.');
  }));

test('where no node is known nothing is counted, and the note has what to write', () =>
  inFolder(async (folder) => {
    const { stdout, exitCode } = await runIn(folder, ['capacity', 'training', '--offline']);
    expect(exitCode).toBe(1);
    const [, written = ''] = /`(scaling: .*?)`/.exec(stdout.replaceAll(/\s+/g, ' ')) ?? [];
    const { environments } = loadConfig({ file, text: `${unscaled}    ${written}\n` });
    expect(environments.get('training')?.scaling?.nodeGroups).toHaveProperty('workers');
  }, unscaled));

test('the picture has a block for each server of a full node', () =>
  inFolder(async (folder) => {
    const { stdout } = await runIn(folder, ['capacity', 'training', '--offline', '--picture', 'seats.svg']);
    expect(stdout).toContain('Wrote seats.svg.');
    const svg = await readFile(join(folder, 'seats.svg'), 'utf8');
    expect(svg).toContain('<title>course, training: seats a node</title>');
    expect(svg.match(/fill="#0969da"/g)).toHaveLength(2 * 16 + 2 * 1);
    expect(svg).toContain('16 seats, 3 nodes for 40');
    expect(svg).not.toContain('NaN');
    expect(svg).toContain('>1 placeholder of large: fit on workers</text>');
  }));

test('a profile that fits nowhere is shown as that, though a deploy of such a file is refused', () =>
  inFolder(
    async (folder) => {
      const argv = ['capacity', 'training', '--offline', '--picture', 'seats.svg'];
      const { stdout, stderr, exitCode } = await runIn(folder, argv);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^large +workers +0 +– +0 +too little memory$/m);
      expect(stdout).toContain('placeholders of large fit on no node');
      expect(stderr).toContain('has mistakes in it');
      const svg = await readFile(join(folder, 'seats.svg'), 'utf8');
      expect(svg).toContain('>1 placeholder of large: fit on no node</text>');
    },
    file.replace('25G', '45G'),
  ));

test('machines get the numbers as one line', () =>
  inFolder(async (folder) => {
    const { stdout } = await runIn(folder, ['capacity', 'training', '--offline', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'result',
      environment: 'training',
      seatings: [{ profile: 'standard', group: 'workers', seats: 16 }, { profile: 'large' }],
    });
  }));

test.each([
  [['capacity', 'local'], 'local runs on this machine: it has no nodes.'],
  [['capacity', 'training', '--people', 'many'], 'is no number of people'],
])('%j is refused', (argv, what) =>
  inFolder(async (folder) => {
    const { stderr, exitCode } = await runIn(folder, argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(what);
  }),
);
