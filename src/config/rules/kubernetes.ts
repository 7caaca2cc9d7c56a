import { closest } from '../shape/distance.ts';
import { error, isWritten, warning } from './rule.ts';
import type { FileRule, Rule, View } from './rule.ts';

/** Without the context nothing says which cluster is meant, and the wrong one is an accident. */
export const kubernetesNeedsContext: Rule = (view) => {
  if (view.settings.target !== 'kubernetes' || isWritten(view, 'kubernetes')) return [];
  const message = 'Nothing says which cluster: `kubernetes.context` is missing';
  return [
    error({
      code: 'no-context',
      path: ['kubernetes'],
      at: 'key',
      message,
      fix: 'Add `kubernetes: { context: NAME }`; `kubectl config get-contexts -o name` lists the names.',
    }),
  ];
};

/** Helm's own bound. */
export const releaseNameFitsHelm: Rule = ({ settings }) => {
  const release = settings.kubernetes?.release;
  if (release === undefined || release.length <= 53) return [];
  return [
    error({
      code: 'release-too-long',
      path: ['kubernetes', 'release'],
      message: `\`release\` has ${String(release.length)} characters, and Helm takes 53`,
      fix: `Write a shorter one, such as \`${release.slice(0, 53).replace(/-[^-]*$/, '')}\`.`,
    }),
  ];
};

/** `destroy` takes everything of an environment out of its namespace; these are not ours alone. */
export const ownNamespace: Rule = ({ settings }) => {
  const namespace = settings.kubernetes?.namespace;
  const longhorn = settings.longhorn;
  if (namespace === undefined || settings.target !== 'kubernetes') return [];
  const path = ['kubernetes', 'namespace'];
  if (namespace === 'default' || namespace.startsWith('kube-')) {
    return [
      error({
        code: 'shared-namespace',
        path,
        message: `\`${namespace}\` is used by others, and a hub needs a namespace of its own`,
        fix: 'Write, for example, `namespace: jupyterhub`.',
      }),
    ];
  }
  const others = [
    typeof longhorn === 'object' ? longhorn.namespace : undefined,
    typeof settings.monitoring === 'object' ? settings.monitoring.namespace : undefined,
  ];
  if (!others.includes(namespace)) return [];
  return [
    error({
      code: 'shared-namespace',
      path,
      message: `\`${namespace}\` is also the namespace of Longhorn or of the monitoring, which outlive the hub`,
      fix: 'Write, for example, `namespace: jupyterhub`.',
    }),
  ];
};

/** The chart's PriorityClasses belong to the whole cluster and are named after the release. */
export const ownRelease: FileRule = (views) => {
  const seen = new Map<string, View>();
  return views.flatMap((view) => {
    const { kubernetes, target } = view.settings;
    if (target !== 'kubernetes' || kubernetes === undefined) return [];
    const key = JSON.stringify([kubernetes.context, kubernetes.release]);
    const other = seen.get(key);
    seen.set(key, other ?? view);
    if (other === undefined) return [];
    const same = other.settings.kubernetes?.namespace === kubernetes.namespace;
    const what = same
      ? 'are one and the same release'
      : 'need two release names, because some objects belong to the whole cluster and are named after the release';
    const finding = error({
      code: 'shared-release',
      path: ['kubernetes', isWritten(view, 'kubernetes', 'release') ? 'release' : 'context'],
      message: `\`${other.name}\` and \`${view.name}\` have the same context and the same release \`${kubernetes.release}\`: they ${what}`,
      fix: `Write, for example, \`release: ${kubernetes.release}-${view.name}\`${same ? ` and \`namespace: ${kubernetes.namespace}-${view.name}\`` : ''} in \`${view.name}\`.`,
    });
    return [{ environment: view.name, finding }];
  });
};

/** Two hubs in one namespace overwrite each other's objects, which have fixed names. */
export const namespaceOnce: FileRule = (views) => {
  const seen = new Map<string, View>();
  return views.flatMap((view) => {
    const { kubernetes, target } = view.settings;
    if (target !== 'kubernetes' || kubernetes === undefined) return [];
    const key = JSON.stringify([kubernetes.context, kubernetes.namespace]);
    const other = seen.get(key);
    seen.set(key, other ?? view);
    if (other === undefined || other.settings.kubernetes?.release === kubernetes.release) return [];
    const finding = error({
      code: 'namespace-twice',
      path: ['kubernetes', isWritten(view, 'kubernetes', 'namespace') ? 'namespace' : 'context'],
      message: `\`${other.name}\` and \`${view.name}\` are in the same namespace \`${kubernetes.namespace}\`, where their objects have the same names`,
      fix: `Write, for example, \`namespace: ${kubernetes.namespace}-${view.name}\` in \`${view.name}\`.`,
    });
    return [{ environment: view.name, finding }];
  });
};

/** A name or an address leads to one hub. */
export const addressOnce: FileRule = (views) =>
  (['domain', 'floatingIp'] as const).flatMap((key) => {
    const seen = new Map<string, View>();
    return views.flatMap((view) => {
      const value = view.settings.target === 'kubernetes' ? view.settings.address?.[key] : undefined;
      const other = value === undefined ? undefined : seen.get(value);
      if (value !== undefined) seen.set(value, other ?? view);
      if (value === undefined || other === undefined) return [];
      const finding = warning({
        code: 'address-twice',
        path: ['address', key],
        message: `\`${other.name}\` and \`${view.name}\` have the same \`${key}\`, and it leads to one of them`,
        fix: `Write each its own, or destroy \`${other.name}\` before you deploy \`${view.name}\`.`,
      });
      return [{ environment: view.name, finding }];
    });
  });

/** Node groups are objects of the management cluster. */
export const scalingNeedsManagement: Rule = ({ settings }) => {
  const { scaling, kubernetes, target } = settings;
  if (target !== 'kubernetes' || scaling === undefined || kubernetes === undefined) return [];
  const wanted = Object.keys(scaling.nodeGroups).length > 0 || scaling.controlPlane !== undefined;
  if (!wanted || kubernetes.managementContext !== undefined) return [];
  const message =
    'Node groups are changed on the Cluster API management cluster, and `kubernetes.managementContext` is not written';
  return [
    warning({
      code: 'no-management-context',
      path: ['scaling'],
      at: 'key',
      message,
      fix: 'Add `managementContext: NAME` under `kubernetes`.',
    }),
  ];
};

/** Bounds of a node group. */
export const nodeGroupBounds: Rule = ({ settings }) =>
  Object.entries(settings.scaling?.nodeGroups ?? {}).flatMap(([name, { min, max }]) => {
    if (min <= max) return [];
    const message = `\`min\` (${String(min)}) is above \`max\` (${String(max)})`;
    return [
      error({
        code: 'node-group-bounds',
        path: ['scaling', 'nodeGroups', name, 'min'],
        message,
        fix: `Write \`min: ${String(max)}\` or less, or raise \`max\`.`,
      }),
    ];
  });

/** Flavours that are used but not among those that are described. */
export const knownFlavors: Rule = ({ settings }) => {
  const known = Object.keys(settings.scaling?.flavors ?? {});
  const { nodeGroups = {}, controlPlane } = settings.scaling ?? {};
  if (known.length === 0) return [];
  const used = Object.entries(nodeGroups).map(([name, group]) => ({
    flavor: group.flavor,
    path: ['scaling', 'nodeGroups', name, 'flavor'],
  }));
  if (controlPlane !== undefined)
    used.push({ flavor: controlPlane.flavor, path: ['scaling', 'controlPlane', 'flavor'] });
  return used.flatMap(({ flavor, path }) => {
    if (known.includes(flavor)) return [];
    const meant = closest(flavor, known);
    const fix =
      meant === undefined
        ? `Add \`${flavor}: { cpu: …, memory: … }\` there, or correct the name.`
        : `Did you mean \`${meant}\`?`;
    return [
      warning({
        code: 'unknown-flavor',
        path,
        message: `\`${flavor}\` is not among \`scaling.flavors\``,
        fix,
      }),
    ];
  });
};
