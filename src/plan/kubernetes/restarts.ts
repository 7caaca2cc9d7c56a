import { canonicalJson } from '../../platform/fingerprint.ts';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import { type ObjectIndex, asSent, indexed, keyOf, refOf } from './objects-diff.ts';

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

interface Change {
  /** What the last revision sent; nothing before the first. */
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
  readonly live: ObjectIndex;
}

/**
 * Names of the workloads whose pods an upgrade replaces: those whose pod template becomes another, or whose pod template
 * somebody has changed by hand. New ones restart nothing.
 */
export function restarts({ before, after, live }: Change): string[] {
  const old = indexed(before);
  return after
    .filter((object) => workloads.has(object.kind))
    .filter((object) => {
      const key = keyOf(refOf(object));
      const was = old.get(key);
      if (was === undefined) return false;
      if (canonicalJson(podTemplate(was)) !== canonicalJson(podTemplate(object))) return true;
      const now = live.get(key);
      return now !== undefined && asSent(templateOnly(now), templateOnly(object)).length > 0;
    })
    .map(({ metadata }) => metadata.name);
}

function podTemplate(object: KubernetesObject): unknown {
  const { spec } = object as { spec?: { template?: unknown } };
  return spec?.template ?? null;
}

function templateOnly(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name },
    template: podTemplate(object),
  } as KubernetesObject;
}
