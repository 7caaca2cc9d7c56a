import type { ListedAccount } from '../../config/accounts.ts';
import type { HubSettings, ProfilesFile, PythonSet } from '../../platform/local/settings.ts';
import type { PrometheusFile } from '../../platform/local/prometheus.ts';
import type { LocalPorts } from './observed.ts';

/** `settings/hub.json` as it is written: the settings and where the parts listen. */
export type HubFile = HubSettings & {
  readonly publicUrl: string;
  readonly hubPort: number;
  readonly proxyApiUrl: string;
  readonly proxyMetricsPort: number;
};

/** What can be done to the local environment. Each is safe to do twice and safe to be killed in. */
export type LocalAction =
  | { readonly kind: 'installPython'; readonly set: PythonSet }
  | { readonly kind: 'copyMaterials'; readonly from: string }
  | { readonly kind: 'writeAccounts'; readonly accounts: readonly ListedAccount[] }
  | { readonly kind: 'deleteAccounts' }
  | { readonly kind: 'writeSettings'; readonly hub: HubFile; readonly profiles: ProfilesFile }
  | {
      readonly kind: 'startProxy';
      readonly address: string;
      readonly ports: LocalPorts;
      readonly startedWith: string;
    }
  | {
      readonly kind: 'startHub';
      readonly ports: LocalPorts;
      readonly startedWith: string;
      /** Who may stay on it; undefined: groups decide. */
      readonly listed: readonly string[] | undefined;
      /** It runs already and may answer soon: restarted only when it does not. */
      readonly waitFirst: boolean;
    }
  | { readonly kind: 'syncAccounts' }
  | { readonly kind: 'removePeople'; readonly names: readonly string[] }
  | { readonly kind: 'stopServers' }
  | { readonly kind: 'stopServersOf'; readonly names: readonly string[] }
  | { readonly kind: 'stopHub' }
  | { readonly kind: 'stopProxy' }
  | {
      readonly kind: 'startPrometheus';
      /** Path of the program. */
      readonly program: string;
      readonly file: PrometheusFile;
      readonly startedWith: string;
    }
  | { readonly kind: 'stopPrometheus' };
