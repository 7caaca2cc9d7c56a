import type { LocalAction } from '../../plan/local/actions.ts';
import type { Daemon, LocalObserved } from '../../plan/local/observed.ts';
import type { LimitsBy, LocalSystem } from '../../platform/local/settings.ts';
import type { Credentials, HubApi, Lock, Person, PrometheusApi, RunningServer } from '../../ports.ts';
import type { AccountBook, LogOptions } from '../target.ts';

/** This machine, as `adapters/local` offers it. */
export interface LocalHost {
  lock(purpose: string): Promise<Lock>;
  /** The command that holds the lock, and since when (ISO 8601). */
  atWork(): Promise<{ readonly purpose: string; readonly since: string } | undefined>;
  observe(system: LocalSystem): Promise<LocalObserved>;
  /** The part of `observe` that is quick: what runs. */
  running(): Promise<{
    readonly hub: Daemon;
    readonly proxy: Daemon;
    readonly prometheus: Daemon;
    readonly servers: readonly RunningServer[];
  }>;
  perform(action: LocalAction, report: (text: string) => void): Promise<void>;
  publicUrl(): Promise<string>;
  /** Whether this machine has the program. */
  hasPrometheus(): Promise<boolean>;
  /** undefined: none runs. */
  prometheusUrl(): Promise<string | undefined>;
  prometheus(url: string): PrometheusApi;
  limits(): Promise<LimitsBy | undefined>;
  hubApi(): Promise<HubApi>;
  person(publicUrl: string, credentials: Credentials): Person;
  /** Bytes in use by that person's server. */
  memoryOf(user: string): Promise<number | undefined>;
  tail(path: string, options: LogOptions): Promise<void>;
  readonly logFiles: {
    readonly hub: string;
    readonly proxy: string;
    readonly prometheus: string;
    readonly user: (name: string) => string;
  };
  readonly accounts: AccountBook;
}
