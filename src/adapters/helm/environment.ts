/** Variables of Helm's that would send it to another cluster, or as another user, than the rest of Hubwright. */
const misleading = [
  'HELM_KUBEAPISERVER',
  'HELM_KUBEASGROUPS',
  'HELM_KUBEASUSER',
  'HELM_KUBECAFILE',
  'HELM_KUBECONTEXT',
  'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
  'HELM_KUBETLS_SERVER_NAME',
  'HELM_KUBETOKEN',
  'HELM_NAMESPACE',
  // It prints what it sends, secrets too.
  'HELM_DEBUG',
];

/** The user's environment for Helm: proxies and registry log-ins stay, what would mislead it goes. */
export function helmEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return {
    ...env,
    ...Object.fromEntries(misleading.map((name) => [name, undefined])),
    // Releases are read from there, by us too.
    HELM_DRIVER: 'secret',
  };
}
