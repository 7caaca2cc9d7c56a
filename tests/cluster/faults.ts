import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { type ClusterClient } from '../support/cluster.ts';
import { type RunOptions, type Sandbox, events } from '../support/hubwright.ts';
import type { ClusterEnv } from './kit.ts';

type Event = ReturnType<typeof events>[number];

/** When a command is to be killed. */
export type Moment = (seen: readonly Event[]) => boolean | Promise<boolean>;

/** That step was begun, or is done. */
export const step =
  (type: 'stepStarted' | 'stepDone', id: string): Moment =>
  (seen) =>
    seen.some((event) => event.type === type && event['id'] === id);

interface Kill {
  /** The tool with all that it started, as a closed terminal does; or the tool alone, as the kernel's OOM killer does. */
  readonly whom?: 'group' | 'tool';
  /** Milliseconds after the moment. */
  readonly later?: number;
}

/** Runs a command with `--json` and ends it with SIGKILL at that moment. @returns what it had said until then. */
export async function killAt(
  box: Sandbox,
  args: readonly string[],
  options: RunOptions,
  moment: Moment,
  { whom = 'group', later = 0 }: Kill = {},
): Promise<readonly Event[]> {
  const { child, done } = box.start([...args, '--json'], { ...options, ownGroup: true });
  let shown = '';
  let over = false;
  const seen = (): Event[] => events(shown.slice(0, shown.lastIndexOf('\n') + 1));
  // At once when it says something: the next step may be done within milliseconds.
  const look = async (): Promise<void> => {
    if (over || !(await moment(seen())) || over) return;
    over = true;
    await sleep(later);
    process.kill(whom === 'group' ? -(child.pid ?? 0) : (child.pid ?? 0), 'SIGKILL');
  };
  child.stdout?.on('data', (text) => {
    shown += String(text);
    void look();
  });
  const timer = setInterval(() => void look(), 50);
  // The tool's output stays open for as long as what it started lives.
  const { exitCode, stderr } = await done;
  clearInterval(timer);
  expect(exitCode, `it came to its end before it was killed: ${shown}${stderr}`).toBeNull();
  return seen();
}

export interface RevisionLabel {
  readonly number: number;
  readonly status: string;
}

/** The revisions of a release that Helm keeps, oldest first. */
export async function revisions(
  cluster: ClusterClient,
  namespace: string,
  release = namespace,
): Promise<RevisionLabel[]> {
  const { items } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .listNamespacedSecret({ namespace, labelSelector: `owner=helm,name=${release}` });
  return items
    .map(({ metadata }) => ({
      number: Number(metadata?.labels?.['version']),
      status: metadata?.labels?.['status'] ?? '',
    }))
    .toSorted((a, b) => a.number - b.number);
}

/** Helm is at work on the release: its newest revision is pending. */
export function helmAtWork(cluster: ClusterClient, namespace: string): Moment {
  return async () => (await revisions(cluster, namespace)).at(-1)?.status.startsWith('pending-') === true;
}

/** Has the hub's release take some seconds: Helm waits for the pre-puller's job. */
export const slowHook = `helmValues:
  jupyterhub: { prePuller: { annotations: { hubwright.test/after: 2s } } }
`;

/** The next deploy ends well, there is nothing to do after it, and nothing is left in the middle. */
export async function settles(
  box: Sandbox,
  env: ClusterEnv,
  { cluster, namespace }: { readonly cluster: ClusterClient; readonly namespace: string },
  ...flags: readonly string[]
): Promise<Event[]> {
  const said = events(await box.must(['deploy', 'training', '--no-verify', '--json', ...flags], { env }));
  expect(await box.must(['plan', 'training'], { env })).toContain('Nothing to do');
  const known = await revisions(cluster, namespace);
  expect(known.at(-1)?.status).toBe('deployed');
  expect(known.filter(({ status }) => status === 'deployed')).toHaveLength(1);
  expect(known.filter(({ status }) => status.startsWith('pending-'))).toEqual([]);
  expect((await box.run(['status', 'training'], { env })).stdout).not.toMatch(/interrupted|pending/);
  return said;
}

/** The decoded contents of a Secret. */
export async function secretOf(
  cluster: ClusterClient,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const { data = {} } = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .readNamespacedSecret({ namespace, name });
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** People with their initial passwords, as they are mounted into the hub. */
export async function accountsOf(
  cluster: ClusterClient,
  namespace: string,
): Promise<{ readonly name: string; readonly admin: boolean; readonly password: string }[]> {
  const { [`accounts.json`]: text = '' } = await secretOf(cluster, namespace, 'hubwright-accounts');
  return (JSON.parse(text) as { accounts: { name: string; admin: boolean; password: string }[] }).accounts;
}

/** What tells a volume claim from another one of the same name. */
export async function uidOfDatabase(cluster: ClusterClient, namespace: string): Promise<string | undefined> {
  const claim = await cluster
    .config()
    .makeApiClient(CoreV1Api)
    .readNamespacedPersistentVolumeClaim({ namespace, name: 'hub-db-dir' });
  return claim.metadata?.uid;
}

/** What an error says, as one line. */
export function inOneLine(stderr: string): string {
  return stderr.replaceAll(/\n {6}/g, ' ');
}
