import { parse } from 'yaml';
import { UserError } from '../../errors.ts';
import { type RunOptions, type RunResult, run } from '../processes.ts';
import { explainHelm } from './explain.ts';
import type { FoundHelm } from './find.ts';
import { helmEnvironment } from './environment.ts';
import { asYaml, masked } from './values.ts';

/** Which cluster: Helm takes no other than this, whatever its own variables say. */
interface HelmCluster {
  readonly context: string;
  /** Missing: where kubectl looks. */
  readonly kubeconfig?: string | undefined;
}

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  /** A .tgz or a folder. */
  readonly chart: string;
  /** With the secrets in them. They reach Helm through its standard input alone. */
  readonly values: unknown;
  /** The secrets: none of them appears in what is reported or thrown. */
  readonly secrets?: readonly string[];
}

interface TemplateOptions {
  /** Version of the cluster, `v1.36.3`; without it Helm takes the one it was built for. */
  readonly kubeVersion?: string;
  /** What the cluster serves, as charts ask for it: `monitoring.coreos.com/v1`. */
  readonly apiVersions?: readonly string[];
  readonly includeCrds?: boolean;
  /** Jobs and the like that run before or after; left out without it. */
  readonly hooks?: boolean;
  /** Render as for a release that is there already. */
  readonly isUpgrade?: boolean;
}

interface HelmOptions {
  readonly cluster: HelmCluster;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (text: string) => void;
  /** Ends a Helm that changes the cluster, with its reason: the lock was lost. */
  readonly signal?: AbortSignal | undefined;
}

/** Helm's commands, as Hubwright uses them. Each throws a UserError that says what went wrong. */
export interface HelmClient {
  readonly version: string;
  readonly major: number;
  readonly path: string;
  /** The manifests, as Helm prints them; asks no cluster. */
  template(release: HelmRelease, options?: TemplateOptions): Promise<string>;
  /** Version of what the chart installs, as the chart has it; asks no cluster. */
  appVersion(chart: string): Promise<string | undefined>;
  /** Definitions of kinds that the chart has in its folder `crds`, as YAML; asks no cluster. */
  crds(chart: string): Promise<string>;
  /** Sends the release. Waits for its hooks, and for nothing else. */
  upgrade(release: HelmRelease, options: UpgradeOptions): Promise<void>;
  rollback(release: ReleaseName, revision: number, options: HookOptions): Promise<void>;
  /** Does nothing when there is none. Waits until its objects are gone. */
  uninstall(release: ReleaseName, options: HookOptions & { readonly withoutHooks?: boolean }): Promise<void>;
}

type ReleaseName = Pick<HelmRelease, 'name' | 'namespace'>;

interface HookOptions {
  /** Seconds that each hook gets. */
  readonly timeoutSeconds: number;
}

interface UpgradeOptions extends HookOptions {
  /** Stands in the release's history. */
  readonly description: string;
  /** On the Secret of the revision; the values are names of 63 letters at most. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Revisions that are kept: enough to see a course, few enough for etcd. */
const historyMax = 10;

/** Helm for one cluster. */
export function helmClient(helm: FoundHelm, options: HelmOptions): HelmClient {
  const { cluster, report } = options;
  const where = [
    '--kube-context',
    cluster.context,
    ...(cluster.kubeconfig ? ['--kubeconfig', cluster.kubeconfig] : []),
  ];
  const env = helmEnvironment(options.env);
  const reported = (secrets: readonly string[]) => (line: string) => {
    if (isNews(line)) report(masked(line, secrets));
  };
  /** It must not go on writing to the cluster when Hubwright is gone. */
  const writing = async (
    args: readonly string[],
    release: ReleaseName & Partial<HelmRelease>,
    more: RunOptions = {},
  ) => {
    const { signal } = options;
    signal?.throwIfAborted();
    const onLine = reported(release.secrets ?? []);
    const attention = { env, attended: true, onLine, ...(signal ? { signal } : {}) } as const;
    try {
      await succeed(helm, args, release, { ...attention, ...more });
    } catch (error) {
      // What Helm says of being ended is not why.
      signal?.throwIfAborted();
      throw error;
    }
  };
  return {
    version: helm.version,
    major: helm.major,
    path: helm.path,
    template: (release, wanted = {}) => template(helm, release, wanted, env),
    appVersion: (chart) => appVersion(helm, chart, env),
    crds: (chart) => show(helm, ['crds', chart], env),
    upgrade: (release, how) =>
      writing(upgradeArgs(release, how, where), release, { input: asYaml(release.values) }),
    rollback: async (release, revision, { timeoutSeconds }) => {
      const { name, namespace } = release;
      const limits = ['--history-max', String(historyMax), '--timeout', `${timeoutSeconds}s`];
      await writing(
        ['rollback', name, String(revision), '--namespace', namespace, ...where, ...limits],
        release,
      );
    },
    uninstall: async (release, { timeoutSeconds, withoutHooks = false }) => {
      const { name, namespace } = release;
      // The one that asks again and again, as Helm 3 does; the new one watches.
      const wait = helm.major >= 4 ? '--wait=legacy' : '--wait';
      const hooks = withoutHooks ? ['--no-hooks'] : [];
      const flags = ['--ignore-not-found', wait, '--timeout', `${timeoutSeconds}s`, ...hooks];
      await writing(['uninstall', name, '--namespace', namespace, ...where, ...flags], release);
    },
  };
}

function upgradeArgs(
  { name, namespace, chart }: HelmRelease,
  { timeoutSeconds, description, labels = {} }: UpgradeOptions,
  where: readonly string[],
): string[] {
  // Without --reset-values Helm takes the last release's values where ours are empty.
  const flags = [
    '--install',
    '--reset-values',
    '--hide-notes',
    '--values',
    '-',
    '--description',
    description,
  ];
  const limits = ['--history-max', String(historyMax), '--timeout', `${timeoutSeconds}s`];
  const marks = Object.entries(labels).flatMap(([key, value]) => ['--labels', `${key}=${value}`]);
  return ['upgrade', name, chart, '--namespace', namespace, ...where, ...flags, ...limits, ...marks];
}

async function appVersion(
  helm: FoundHelm,
  chart: string,
  env: RunOptions['env'],
): Promise<string | undefined> {
  return (parse(await show(helm, ['chart', chart], env)) as { appVersion?: string }).appVersion;
}

async function show(
  helm: FoundHelm,
  [what, chart]: readonly [what: string, chart: string],
  env: RunOptions['env'],
): Promise<string> {
  const about = { name: chart, namespace: '' };
  const { stdout } = await succeed(helm, ['show', what, chart], about, env ? { env } : {});
  return stdout;
}

/** Rendering asks no cluster: it needs no context. */
async function template(
  helm: FoundHelm,
  release: HelmRelease,
  options: TemplateOptions,
  env: RunOptions['env'],
): Promise<string> {
  const { name, namespace, chart, values } = release;
  const args = ['template', name, chart, '--namespace', namespace, '--values', '-'];
  if (options.kubeVersion !== undefined) args.push('--kube-version', options.kubeVersion);
  for (const version of options.apiVersions ?? []) args.push('--api-versions', version);
  if (options.includeCrds) args.push('--include-crds');
  if (!options.hooks) args.push('--no-hooks');
  if (options.isUpgrade) args.push('--is-upgrade');
  const { stdout } = await succeed(helm, args, release, { ...(env ? { env } : {}), input: asYaml(values) });
  return stdout;
}

async function succeed(
  helm: FoundHelm,
  args: readonly string[],
  { name, secrets = [] }: ReleaseName & Partial<HelmRelease>,
  options: RunOptions,
): Promise<RunResult> {
  const result = await run(helm.path, args, options);
  if (result.ok) return result;
  if (result.missing) {
    throw new UserError({
      what: 'Helm is not there any more.',
      where: helm.path,
      fix: 'Run the command again: it looks for another, or downloads one.',
    });
  }
  const output = masked(result.output, secrets);
  throw explainHelm({ output, command: masked(result.command, secrets), subject: `release ${name}` });
}

/** Warnings, as Helm 3 and 4 write them. The rest is in the plan, the status or the error already. */
function isNews(line: string): boolean {
  return /^(?:level=\w+ msg=|W\d{4} |[\w.:]* ?warning: )/i.test(line) && !/msg="\w+ failed"/.test(line);
}
