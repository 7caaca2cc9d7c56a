/** Texts that are read or made outside, and put on the cluster: files under `runtime/`, so that both targets behave alike. */
export interface RuntimeFiles {
  /** `runtime/hubwright_hub/accounts.py` */
  readonly accounts: string;
  /** `runtime/hubwright_hub/oidc.py` */
  readonly oidc: string;
  /** `runtime/hubwright_hub/metrics.py`, which both of these import. */
  readonly metrics: string;
  /** `runtime/hubwright_hub/certificate.py` */
  readonly certificate: string;
  /** `runtime/hubwright_hub/choice.py` */
  readonly choice: string;
  /** `runtime/hubwright_hub/cluster_spawner.py` */
  readonly spawner: string;
  /** `runtime/hubwright_hub/templates/*.html` by file name. */
  readonly templates: Readonly<Record<string, string>>;
  /** Grafana's JSON by name; none where nothing is monitored. */
  readonly dashboards: Readonly<Record<string, string>>;
}

/** For whoever asks only which releases there are: nothing of it is sent. */
export const noRuntimeFiles: RuntimeFiles = {
  accounts: '#',
  oidc: '#',
  metrics: '#',
  certificate: '#',
  choice: '#',
  spawner: '#',
  templates: {},
  dashboards: {},
};
