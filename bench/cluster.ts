import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from '../tests/support/cluster.ts';
import { miniChart } from '../tests/support/helm.ts';
import { parts } from '../tests/support/parts.ts';
import { type Row, command, figureOf, sideBySide, timed } from './measure.ts';

const program = fileURLToPath(new URL('../hubwright', import.meta.url));

type Hubwright = (...args: string[]) => Promise<string>;

/**
 * Deploys to a real API server, with two releases (the miniature charts) and the NFS volume: the first one, beside the
 * longest path through its steps; and one that has nothing to do, beside the same `helm upgrade` commands by hand.
 */
export async function cluster(): Promise<Row[]> {
  const pairs: FirstDeploy[] = [];
  // An empty cluster for each: a second deploy to one would not be a first.
  for (let run = 1; run < firstDeploys; run++) {
    pairs.push(await inCluster(({ hubwright }) => firstDeploy(hubwright)));
  }
  return inCluster(async ({ hubwright, helm, folder, env }) => {
    pairs.push(await firstDeploy(hubwright));
    await hubwright('render', 'training', '--out', 'rendered');
    const byHand = async (): Promise<void> => {
      for (const [chart, namespace] of releases) {
        const values = join(folder, 'rendered', chart, 'values.yaml');
        const where = ['--namespace', namespace, '--values', values, '--reset-values'];
        await command(helm, ['upgrade', '--install', chart, miniChart(chart), ...where], { env });
      }
    };
    // By hand the placeholders of secrets are sent, so that what follows repairs it, outside of the measurement.
    const noOp = await sideBySide(
      8,
      async () => {
        await hubwright('deploy', 'training', '--no-verify');
        return timed(() => hubwright('deploy', 'training'));
      },
      () => timed(byHand),
    );
    return [
      {
        what: 'deploy that has nothing to do, two releases and the NFS volume',
        rival: 'the same `helm upgrade` by hand',
        pair: noOp,
        goal: '≤ 0.6 s, ≤ 0.2',
      },
      {
        what: 'first deploy',
        rival: 'the longest path through its steps',
        pair: {
          ours: figureOf(pairs.map(({ seconds }) => seconds)),
          rival: figureOf(pairs.map(({ longest }) => longest)),
          ratio: figureOf(pairs.map(({ seconds, longest }) => seconds / longest)),
        },
        goal: '≤ 1.1',
      },
    ];
  });
}

const firstDeploys = 5;

interface Place {
  readonly hubwright: Hubwright;
  /** The program. */
  readonly helm: string;
  /** Where hub.yaml is. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Does the work on a cluster on which nothing is deployed, which ends with it. */
async function inCluster<Result>(work: (place: Place) => Promise<Result>): Promise<Result> {
  const found = await parts('kubernetes', 'etcd', 'kwok', 'helm3');
  if ('missing' in found) throw new Error(`${found.missing}: set HUBWRIGHT_BUILD_PARTS=1`);
  const running = await startCluster(found);
  const folder = await mkdtemp(join(tmpdir(), 'hubwright-bench-'));
  const helm = join(found.helm3, 'helm');
  const env = {
    ...process.env,
    HUBWRIGHT_HELM: helm,
    HUBWRIGHT_DATA: join(folder, 'data'),
    KUBECONFIG: running.kubeconfig,
  };
  const hubwright: Hubwright = (...args) => command(program, args, { cwd: folder, env });
  try {
    await writeFile(join(folder, 'hub.yaml'), course);
    await hubwright('charts', 'lock');
    return await work({ hubwright, helm, folder, env });
  } finally {
    await rm(folder, { recursive: true });
    await running.stop();
  }
}

const releases = [
  ['longhorn', 'longhorn-system'],
  ['jupyterhub', 'jupyterhub'],
] as const;

const course = `name: course
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin }
    auth: { accounts: { users: { prefix: trainee, count: 30 } } }
    materials: { nfs: { server: 192.0.2.20 } }
    charts: { jupyterhub: { source: ${miniChart('jupyterhub')} }, longhorn: { source: ${miniChart('longhorn')} } }
    profiles:
      standard: { displayName: Python, default: true, image: example.org/a:1, memory: { limit: 1.8G } }
`;

interface Step {
  readonly id: string;
  readonly needs: readonly string[];
}

interface FirstDeploy {
  readonly seconds: number;
  readonly longest: number;
}

async function firstDeploy(hubwright: Hubwright): Promise<FirstDeploy> {
  const { steps } = JSON.parse(await hubwright('plan', 'training', '--json')) as { steps: Step[] };
  let output = '';
  const seconds = await timed(async () => {
    output = await hubwright('deploy', 'training', '--no-verify', '--json');
  });
  const took = new Map<string, number>();
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const event = JSON.parse(line) as { type: string; id?: string; seconds?: number };
    if (event.type === 'stepDone' && event.id !== undefined) took.set(event.id, event.seconds ?? 0);
  }
  return { seconds, longest: Math.max(...steps.map((step) => pathTo(step, steps, took))) };
}

/** Seconds until the step is done, if each begins as soon as what it needs is. */
function pathTo(step: Step, steps: readonly Step[], took: ReadonlyMap<string, number>): number {
  const before = steps.filter(({ id }) => step.needs.includes(id));
  return Math.max(0, ...before.map((one) => pathTo(one, steps, took))) + (took.get(step.id) ?? 0);
}
