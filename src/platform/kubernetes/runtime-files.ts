/** Texts of files under `runtime/` that a cluster's hub gets too, so that both targets behave alike. */
export interface RuntimeFiles {
  /** `runtime/hubwright_hub/accounts.py` */
  readonly accounts: string;
  /** `runtime/hubwright_hub/oidc.py` */
  readonly oidc: string;
  /** `runtime/hubwright_hub/templates/*.html` by file name. */
  readonly templates: Readonly<Record<string, string>>;
}
