import type { ListedAccount } from '../../config/accounts.ts';
import type { OidcProvider } from '../oidc.ts';
import type { PrometheusSettings } from './prometheus.ts';

/**
 * What the local hub is configured with. These are the files that `runtime/` reads; nothing in them is secret.
 */

/** `settings/hub.json`: a change restarts the hub. Times in seconds. */
export interface HubSettings {
  readonly version: 1;
  readonly title: string;
  readonly environment: string;
  readonly contactEmail: string | null;
  readonly auth: AccountsSettings | OidcSettings;
  readonly culling: {
    readonly timeout: number;
    readonly every: number;
    readonly concurrency: number;
    readonly maxAge: number;
  } | null;
  readonly hub: {
    readonly startTimeout: number;
    readonly httpTimeout: number;
    readonly concurrentSpawnLimit: number;
    readonly consecutiveFailureLimit: number;
    readonly initSpawnersTimeout: number;
    readonly activityResolution: number;
    readonly lastActivityInterval: number;
    readonly activityInterval: number;
  };
}

interface AccountsSettings {
  readonly kind: 'accounts';
  readonly minimumPasswordLength: number;
}

interface OidcSettings extends OidcProvider {
  readonly kind: 'oidc';
  readonly clientId: string;
  readonly adminGroups: readonly string[];
  readonly allowedGroups: readonly string[];
}

/** A profile as the chooser page and the spawner use it. */
export interface ProfileSettings {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly default: boolean;
  /** Cores; null: no limit. */
  readonly cpu: { readonly guarantee: number | null; readonly limit: number | null };
  /** Bytes; null: no limit. */
  readonly memory: { readonly guarantee: number | null; readonly limit: number | null };
  readonly commands: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How limits can be enforced here, best first. */
export type LimitsBy = 'systemd' | 'cgroup' | 'none';

/** `settings/profiles.json`: read at each start of a server, so that a change of it restarts nothing. */
export interface ProfilesFile {
  readonly version: 1;
  /** Folder that holds everybody's home. */
  readonly homes: string;
  readonly defaultUrl: string;
  readonly limits: LimitsBy;
  readonly materials: {
    readonly folder: string;
    readonly name: string;
    readonly mode: 'mount' | 'link';
  } | null;
  readonly profiles: readonly (ProfileSettings & {
    /** The interpreter that servers of this profile run with. */
    readonly python: string;
    /** Differs when a running server of this profile is not what a new one would be. */
    readonly fingerprint: string;
  })[];
}

/** A set of Python packages: the hub's own, or a profile's on top of it. */
export interface PythonSet {
  /** `hub`, or the slug of a profile. */
  readonly id: string;
  /** The profile's lock file as the config has it; undefined: the hub's own lock alone. */
  readonly requirements: string | undefined;
}

/** Everything that an environment needs on this machine. */
export interface LocalSystem {
  readonly hub: HubSettings;
  readonly defaultUrl: string;
  readonly profiles: readonly ProfileSettings[];
  readonly pythonSets: readonly PythonSet[];
  /** undefined: people come through the OIDC provider. */
  readonly accounts: readonly ListedAccount[] | undefined;
  readonly materials: { readonly folder: string; readonly name: string } | undefined;
  /** undefined: nothing is recorded. */
  readonly prometheus: PrometheusSettings | undefined;
  readonly bind: { readonly address: string; readonly port: number | undefined };
}
