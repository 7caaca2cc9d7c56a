import type { ChartLock, LockedEntry } from '../config/charts/lock.ts';
import type { WantedChart } from '../config/charts/wanted.ts';
import type { Environment } from '../config/schema/environment.ts';
import type { SecretReference } from '../config/schema/secret.ts';
import type { OwnObserved } from '../plan/kubernetes/certificates/observed.ts';
import type { ClusterHost } from '../operate/targets/cluster-host.ts';
import type { LocalHost } from '../operate/targets/local-host.ts';
import type { KubernetesObject } from '../platform/kubernetes/system.ts';
import type { Clock, LockGuard } from '../ports.ts';

/**
 * The adapters as the commands see them. Each is loaded when a command asks for it, so that start-up pays for none;
 * `main.ts` alone names the real ones.
 */
export interface Adapters {
  /** Asks the person before the terminal for a line. */
  readonly ask: () => Promise<(question: string) => Promise<string>>;
  readonly clock: () => Promise<Clock>;
  readonly readConfigFile: () => Promise<(path: string) => Promise<string>>;
  readonly files: () => Promise<WriteFiles>;
  readonly readFolder: () => Promise<
    (folder: string, isWanted: (path: string) => boolean) => Promise<ReadonlyMap<string, string>>
  >;
  readonly charts: () => Promise<(where: ChartsWhere) => Charts>;
  readonly chartRenderer: () => Promise<
    (where: ChartsWhere) => (release: RenderedRelease) => Promise<readonly KubernetesObject[]>
  >;
  readonly clusterHost: () => Promise<(environment: Environment, where: ClusterWhere) => ClusterHost>;
  readonly deployedFrom: () => Promise<
    (
      configFile: string,
      env: NodeJS.ProcessEnv,
    ) => Promise<readonly { readonly deployment: string; readonly environment: string }[]>
  >;
  readonly certificateFiles: () => Promise<
    (files: {
      readonly certificate: string;
      readonly key: SecretReference;
      readonly folder: string;
      readonly domain: string | undefined;
    }) => Promise<OwnObserved>
  >;
  /** Opens an address in the person's browser. */
  readonly openBrowser: () => Promise<(url: string) => Promise<void>>;
  readonly kindOf: () => Promise<(path: string) => Promise<'file' | 'folder' | undefined>>;
  readonly seals: () => Promise<Seals>;
  readonly localHost: () => Promise<(environment: Environment, where: Where) => LocalHost>;
}

interface WriteFiles {
  /** Whole or not at all; for the user alone unless a mode is given. `elsewhere`: what else can be done, half a sentence. */
  readonly writeWhole: (
    path: string,
    text: string,
    how: { readonly mode?: number; readonly elsewhere: string },
  ) => Promise<void>;
  /** Does nothing where there is none. */
  readonly removeTree: (path: string) => Promise<void>;
  /** Keeps the file's mode. */
  readonly rewrite: (path: string, text: string) => Promise<void>;
  /** In that order, and never over a file that is there: then none is written. */
  readonly writeNew: (
    files: readonly { readonly path: string; readonly text: string; readonly mode: number }[],
    elsewhere: string,
  ) => Promise<void>;
}

interface Seals {
  /** For those who have the key of one of the recipients (`age1…`). */
  readonly ageSeal: (recipients: readonly string[]) => Seal;
  /** For those whom the user's `.sops.yaml` names. */
  readonly sopsSeal: (env: NodeJS.ProcessEnv) => Seal;
}

/** A way to write YAML down so that only some can read it. */
export interface Seal {
  /** Of the file's name, in place of `.yaml`. */
  readonly ending: string;
  /** @throws UserError when it cannot. */
  readonly seal: (file: {
    readonly path: string;
    readonly text: string;
    /** None of them may be readable afterwards. */
    readonly secrets: readonly string[];
  }) => Promise<string>;
}

interface ChartsWhere {
  readonly env: NodeJS.ProcessEnv;
  /** hub.lock.yaml stands beside it, and relative paths in it count from its folder. */
  readonly configFile: string;
  readonly report: (text: string) => void;
}

/** The charts that a config file asks for, and their lock file. */
export interface Charts {
  /** Empty where there is none yet. */
  readLock(): Promise<ChartLock>;
  writeLock(lock: ChartLock): Promise<void>;
  /** Looks which bytes a chart is now. */
  resolve(wanted: WantedChart): Promise<LockedEntry>;
  /** The path of a chart that is locked; it is compared with its digest. */
  open(wanted: WantedChart, locked: LockedEntry): Promise<string>;
  /** Puts a locked chart into a folder; undefined for one that is a folder itself. */
  copy(wanted: WantedChart, locked: LockedEntry, folder: string): Promise<string | undefined>;
}

interface RenderedRelease {
  readonly name: string;
  readonly namespace: string;
  /** A .tgz or a folder. */
  readonly chart: string;
  readonly values: unknown;
}

interface ClusterWhere {
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths in it count from its folder; hub.lock.yaml is there. */
  readonly configFile: string;
  /** Of the lock that is held; undefined for what only looks. */
  readonly guard: LockGuard | undefined;
  /** Longest wait for anything, where people have set one. */
  readonly timeoutSeconds: number | undefined;
  /** What was typed, for those who find it under way: `hubwright deploy training`. */
  readonly command: string | undefined;
  /** What takes long before a plan is there: a download. */
  readonly report: (text: string) => void;
  /** Those that are open, by cluster. */
  readonly connections: Map<string, unknown>;
}

interface Where {
  readonly env: NodeJS.ProcessEnv;
  readonly configFile: string;
  /** Relative paths of the file count from here. */
  readonly configFolder: string;
}
