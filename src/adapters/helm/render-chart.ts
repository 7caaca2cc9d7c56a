import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import { parseManifest } from '../kubernetes/release-data.ts';
import { findHelm } from './find.ts';
import { helmClient, type HelmRelease } from './helm.ts';

/** No cluster is asked, and a Helm that was built by hand takes Kubernetes 1.20, which charts refuse. */
const kubeVersion = 'v1.36.0';

interface Where {
  readonly env: NodeJS.ProcessEnv;
  readonly report: (text: string) => void;
}

/** Renders charts for those who only look: everything that they give, hooks too, without a cluster. */
export function chartRenderer({
  env,
  report,
}: Where): (release: HelmRelease) => Promise<readonly KubernetesObject[]> {
  let helm: ReturnType<typeof findHelm> | undefined;
  return async (release) => {
    helm ??= findHelm({ env, report });
    const client = helmClient(await helm, { cluster: { context: '' }, env, report });
    return parseManifest(await client.template(release, { hooks: true, kubeVersion }));
  };
}
