import { storageBytes } from '../units.ts';
import { error, isWritten, warning } from './rule.ts';
import type { Rule } from './rule.ts';

/** On a cluster the materials come from an NFS server. */
export const materialsOnKubernetes: Rule = (view) => {
  const { target, materials } = view.settings;
  if (target !== 'kubernetes' || materials === undefined || materials.nfs !== undefined) return [];
  const message = 'On Kubernetes the materials come from an NFS server, and `materials.nfs` is not written';
  return [
    error({
      code: 'materials-without-nfs',
      path: ['materials', 'nfs'],
      at: 'key',
      message,
      fix: 'Add, for example, `nfs: { server: 192.0.2.20 }`, or write `materials:` with nothing behind it in this environment.',
    }),
  ];
};

const systemFolders = [
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/home/jovyan',
  '/lib',
  '/opt',
  '/opt/conda',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/srv',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
];

/** What is mounted over a folder hides what was in it. */
export const mountPathHidesNothing: Rule = ({ settings }) => {
  const path = settings.materials?.mountPath;
  if (path === undefined || !systemFolders.includes(path.replace(/(?<=.)\/+$/, ''))) return [];
  return [
    error({
      code: 'mount-path',
      path: ['materials', 'mountPath'],
      message: `Materials mounted at \`${path}\` would hide what a server needs there`,
      fix: 'Write, for example, `mountPath: /mnt/materials`.',
    }),
  ];
};

/** Homes that are full after the first package. */
export const plausibleHomes: Rule = ({ settings }) => {
  const size = settings.homes?.size;
  if (size === undefined || settings.target !== 'kubernetes' || storageBytes(size) >= 1024 ** 3) return [];
  return [
    warning({
      code: 'tiny-homes',
      path: ['homes', 'size'],
      message: `Homes of ${size} are full after the first package that somebody installs`,
      fix: 'Write, for example, `size: 10Gi`.',
    }),
  ];
};

/** A class that nothing provides. */
export const homesHaveStorage: Rule = (view) => {
  const { homes, longhorn, target } = view.settings;
  if (
    target !== 'kubernetes' ||
    homes?.storageClass !== 'longhorn' ||
    longhorn === undefined ||
    typeof longhorn === 'object'
  )
    return [];
  if (isWritten(view, 'homes', 'storageClass')) return [];
  const message = 'Longhorn is off, and `homes.storageClass` is `longhorn` where nothing else is written';
  return [
    warning({
      code: 'no-storage',
      path: ['longhorn'],
      message,
      fix: 'Add `homes: { storageClass: NAME }`; `kubectl get storageclass` lists the names.',
    }),
  ];
};

/** Longhorn's page has no log-in. */
export const longhornPageIsPrivate: Rule = ({ settings }) => {
  const { longhorn, address, target } = settings;
  if (typeof longhorn !== 'object' || target !== 'kubernetes') return [];
  const { service, floatingIp } = longhorn.ui;
  if (floatingIp !== undefined && floatingIp === address?.floatingIp) {
    return [
      error({
        code: 'floating-ip-twice',
        path: ['longhorn', 'ui', 'floatingIp'],
        message: `\`${floatingIp}\` is already the floating IP of the hub`,
        fix: 'Write another one, or remove it.',
      }),
    ];
  }
  if (service === 'LoadBalancer') {
    const message = "Longhorn's page has no log-in: everybody who reaches the address can delete every home";
    return [
      warning({
        code: 'longhorn-page-open',
        path: ['longhorn', 'ui', 'service'],
        message,
        fix: 'Write `service: ClusterIP`, and use `kubectl port-forward` when you need the page.',
      }),
    ];
  }
  if (floatingIp === undefined) return [];
  return [
    warning({
      code: 'floating-ip-unused',
      path: ['longhorn', 'ui', 'floatingIp'],
      message: '`floatingIp` does nothing without `service: LoadBalancer`',
      fix: 'Remove it.',
    }),
  ];
};

/** Longhorn's own rule. */
export const strictLocalHasOneCopy: Rule = ({ settings }) => {
  const { longhorn } = settings;
  if (typeof longhorn !== 'object' || longhorn.dataLocality !== 'strict-local' || longhorn.replicas === 1)
    return [];
  return [
    error({
      code: 'strict-local',
      path: ['longhorn', 'dataLocality'],
      message: `\`strict-local\` allows one copy of each volume, and \`replicas\` is ${String(longhorn.replicas)}`,
      fix: 'Write `dataLocality: best-effort`, or `replicas: 1`.',
    }),
  ];
};

/** Copies of a volume are on different nodes. */
export const nodesForReplicas: Rule = ({ settings }) => {
  const { longhorn, scaling } = settings;
  const groups = Object.values(scaling?.nodeGroups ?? {});
  if (typeof longhorn !== 'object' || groups.length === 0) return [];
  const most = groups.reduce((sum, group) => sum + group.max, 0);
  if (most >= longhorn.replicas) return [];
  const message = `${String(longhorn.replicas)} copies of each volume need as many nodes, and the node groups have ${String(most)} at most`;
  return [
    warning({
      code: 'too-few-nodes',
      path: ['longhorn', 'replicas'],
      message,
      fix: `Write \`replicas: ${String(Math.max(1, most))}\`, or raise a \`max\`.`,
    }),
  ];
};
