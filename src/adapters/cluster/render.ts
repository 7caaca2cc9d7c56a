import { UserError } from '../../errors.ts';
import type { KubernetesObject, Release } from '../../platform/kubernetes/system.ts';
import { secretsIn, withSecrets } from '../../config/values.ts';
import type { HelmRelease } from '../helm/helm.ts';
import { parseManifest } from '../kubernetes/release-data.ts';
import { type ClusterContext, lookUp, namesByValue, secretsOf } from './context.ts';
import { missingTokens } from './kept.ts';
import { inNamespace } from './namespaced.ts';
import { withPlaceholders, withoutContents } from './redact.ts';

type Input = { readonly input: HelmRelease; readonly digest: string };

/** What Helm gets: the locked chart, and the values with their secrets. */
export async function releaseInput(context: ClusterContext, release: Release): Promise<Input> {
  const [secrets, chart] = await Promise.all([secretsOf(context), openChart(context, release)]);
  return inputOf(context, release, { secrets, ...chart });
}

interface Parts {
  readonly path: string;
  readonly digest: string;
  readonly secrets: ReadonlyMap<string, string>;
}

function inputOf(
  context: ClusterContext,
  { name, namespace, values }: Release,
  { path, digest, secrets }: Parts,
): Input {
  const input = {
    name,
    namespace,
    chart: path,
    values: withSecrets(values, lookUp(secrets, context)),
    secrets: [...secrets.values()],
  };
  return { input, digest };
}

/** The locked chart, compared with its digest. */
async function openChart(context: ClusterContext, release: Release): Promise<Pick<Parts, 'path' | 'digest'>> {
  const chart = (await context.charts())[release.chart];
  if (chart !== undefined) return { path: await chart.path(), digest: chart.digest };
  throw new UserError({
    what: `hub.lock.yaml has no chart ${release.chart}.`,
    fix: '`hubwright charts lock` writes it.',
  });
}

/**
 * The objects that the chart gives with these values, as the cluster would get them; a Secret's contents as digests that
 * can be compared. Tokens that are still to be made are stood in for: their objects do not exist either.
 */
export async function renderRelease(
  context: ClusterContext,
  release: Release,
  report: Report,
): Promise<KubernetesObject[]> {
  const { objects, known } = await template(context, release, report, { hooks: false });
  return objects.map((object) => withoutContents(object, namesByValue(known)));
}

/**
 * The same for files that people keep, with what Helm runs before and after (hooks). Where secrets are not revealed, a
 * placeholder stands for each.
 */
export async function renderForFiles(
  context: ClusterContext,
  release: Release,
  report: Report,
  reveal: boolean,
): Promise<RenderedObject[]> {
  const { objects, known } = await template(context, release, report, { hooks: true });
  const names = namesByValue(known);
  return objects.flatMap((object) => {
    const hooks = object.metadata.annotations?.['helm.sh/hook']?.split(',').map((hook) => hook.trim());
    if (hooks && !hooks.some((hook) => deployed.has(hook))) return [];
    const hidden = withPlaceholders(object, names);
    const holdsSecrets = object.kind === 'Secret' || JSON.stringify(hidden) !== JSON.stringify(object);
    return [{ object: reveal ? object : hidden, holdsSecrets, isHook: hooks !== undefined }];
  });
}

type Report = (text: string) => void;

/** Implements `RenderedObject` of `operate/targets/cluster-host.ts`. */
interface RenderedObject {
  readonly object: KubernetesObject;
  readonly holdsSecrets: boolean;
  readonly isHook: boolean;
}

/** Hooks that a deploy runs. Those of a test, a rollback or a removal it does not send. */
const deployed = new Set(['crd-install', 'pre-install', 'post-install', 'pre-upgrade', 'post-upgrade']);

interface Templated {
  readonly objects: readonly KubernetesObject[];
  /** Every secret that may stand in them, by its name. */
  readonly known: ReadonlyMap<string, string>;
}

async function template(
  context: ClusterContext,
  release: Release,
  report: Report,
  { hooks }: { readonly hooks: boolean },
): Promise<Templated> {
  const [helm, kubeVersion, secrets, chart] = await Promise.all([
    context.helm(report),
    context.api().then((api) => api.version()),
    secretsOf(context),
    openChart(context, release),
  ]);
  const known = new Map([...notYetMade(release, secrets), ...secrets]);
  const { input } = inputOf(context, release, { secrets: known, ...chart });
  const text = await helm.template(input, { kubeVersion, includeCrds: true, hooks });
  return { objects: parseManifest(text).map((object) => inNamespace(object, release.namespace)), known };
}

function notYetMade(release: Release, known: ReadonlyMap<string, string>): [string, string][] {
  return missingTokens(secretsIn(release.values), known).map((name) => [
    name,
    `${release.name}-${name}-is-made-later`,
  ]);
}
