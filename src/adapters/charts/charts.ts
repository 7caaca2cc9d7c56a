import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chartDefaults, type ChartKey } from '../../config/charts/defaults.ts';
import {
  type ChartLock,
  type LockedEntry,
  digestLabel,
  findLocked,
  readLock,
  writeLock,
} from '../../config/charts/lock.ts';
import { lockName } from '../../config/charts/lock-name.ts';
import { type WantedChart, wantedChart } from '../../config/charts/wanted.ts';
import type { Environment } from '../../config/schema/environment.ts';
import { besideAnother, explainWrite, makeFolder, readIfThere, writeWhole } from '../files.ts';
import { findHelm } from '../helm/find.ts';
import { chartStore } from './store.ts';

/** Where else copies could go, as half a sentence. */
const withOut = 'name another folder with `--out FOLDER`';

interface ChartsOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The lock file stands beside it, and relative paths in it count from its folder. */
  readonly configFile: string;
  readonly report: (text: string) => void;
}

/** A chart as hub.lock.yaml pins it, on this machine. */
export interface LockedChart {
  readonly version: string;
  /** As it stands in labels: `digestLabel`. */
  readonly digest: string;
  /** Fetches it where it is not here yet, and looks whether it is the one that was locked. */
  readonly path: () => Promise<string>;
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
  /** Puts a locked chart into a folder, as `NAME-VERSION.tgz`; undefined for one that is a folder itself. */
  copy(wanted: WantedChart, locked: LockedEntry, folder: string): Promise<string | undefined>;
  /** The charts of an environment that are locked, by their key. Nothing is fetched before a path is asked for. */
  locked(environment: Environment): Promise<Readonly<Partial<Record<ChartKey, LockedChart>>>>;
}

export function openCharts({ env, configFile, report }: ChartsOptions): Charts {
  const configFolder = dirname(configFile);
  const lockFile = join(configFolder, lockName);
  let helm: ReturnType<typeof findHelm> | undefined;
  const store = chartStore({ env, configFolder, report, helm: () => (helm ??= findHelm({ env, report })) });
  const readLockFile = async (): Promise<ChartLock> => {
    const text = await readIfThere(lockFile, besideAnother);
    return text === undefined ? [] : readLock(text, lockFile);
  };
  return {
    ...store,
    readLock: readLockFile,
    writeLock: (lock) => writeWhole(lockFile, writeLock(lock), { mode: 0o644, elsewhere: besideAnother }),
    async copy(wanted, locked, folder) {
      const from = await store.open(wanted, locked);
      if (wanted.kind === 'folder') return undefined;
      const target = join(folder, `${wanted.name}-${locked.version}.tgz`);
      await makeFolder(folder, withOut);
      await copyFile(from, target).catch((error: unknown) => {
        throw explainWrite(error, target, withOut);
      });
      return target;
    },
    async locked(environment) {
      const lock = await readLockFile();
      const found = (Object.keys(chartDefaults) as ChartKey[]).flatMap((chart) => {
        const wanted = wantedChart(environment, chart);
        const entry = findLocked(lock, wanted);
        if (entry === undefined) return [];
        const path = (): Promise<string> => store.open(wanted, entry);
        return [[chart, { version: entry.version, digest: digestLabel(entry.digest), path }] as const];
      });
      return Object.fromEntries(found);
    },
  };
}
