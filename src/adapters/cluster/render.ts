import { UserError } from '../../errors.ts';
import type { KubernetesObject, Release } from '../../platform/kubernetes/system.ts';
import { withSecrets } from '../../config/values.ts';
import type { HelmRelease } from '../helm/helm.ts';
import { parseManifest } from '../kubernetes/release-data.ts';
import { type ClusterContext, lookUp, namesByValue, secretsOf } from './context.ts';
import { missingTokens } from './kept.ts';
import { inNamespace } from './namespaced.ts';
import { withoutContents } from './redact.ts';

/** What Helm gets: the locked chart, and the values with their secrets. */
export async function releaseInput(
  context: ClusterContext,
  release: Release,
  secrets?: ReadonlyMap<string, string>,
): Promise<{ readonly input: HelmRelease; readonly digest: string }> {
  const [known, charts] = await Promise.all([secrets ?? secretsOf(context), context.charts()]);
  const chart = charts[release.chart];
  if (chart === undefined) {
    throw new UserError({
      what: `hub.lock.yaml has no chart ${release.chart}.`,
      fix: '`hubwright charts lock` writes it.',
    });
  }
  const { name, namespace, values } = release;
  const input = {
    name,
    namespace,
    chart: await chart.path(),
    values: withSecrets(values, lookUp(known, context)),
    secrets: [...known.values()],
  };
  return { input, digest: chart.digest };
}

/**
 * The objects that the chart gives with these values, as the cluster would get them. Tokens that are still to be made
 * are stood in for: their objects do not exist either.
 *
 * @param without How a secret is shown: as a digest that can be compared, or as a placeholder that can be read.
 */
export async function renderRelease(
  context: ClusterContext,
  release: Release,
  report: (text: string) => void,
  without: typeof withoutContents = withoutContents,
): Promise<KubernetesObject[]> {
  const [api, helm, known] = await Promise.all([context.api(), context.helm(report), secretsOf(context)]);
  const standIns = new Map([...notYetMade(release, known), ...known]);
  const [{ input }, kubeVersion] = await Promise.all([
    releaseInput(context, release, standIns),
    api.version(),
  ]);
  const text = await helm.template(input, { kubeVersion, includeCrds: true });
  const names = namesByValue(standIns);
  return parseManifest(text).map((object) => without(inNamespace(object, release.namespace), names));
}

function notYetMade(release: Release, known: ReadonlyMap<string, string>): [string, string][] {
  return missingTokens(Object.fromEntries(known)).map((name) => [
    name,
    `${release.name}-${name}-is-made-later`,
  ]);
}
