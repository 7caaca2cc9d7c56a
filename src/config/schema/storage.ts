import { z } from 'zod';
import { absolutePath, dnsLabel, formats, hostname, ipv4, localPath, off, storageSize } from './common.ts';

export const homes = z.strictObject({
  size: storageSize
    .default('10Gi')
    .meta({ description: 'Size of each home on the cluster.', examples: ['10Gi'] }),
  storageClass: dnsLabel
    .default('longhorn')
    .meta({ description: 'StorageClass of the homes.', examples: ['longhorn'] }),
});

export const materials = z.strictObject({
  nfs: z
    .strictObject({
      server: z
        .union([ipv4, hostname])
        .register(formats, { format: 'server' })
        .meta({ description: 'Address of the NFS server.', examples: ['192.0.2.20'] }),
      path: absolutePath
        .default('/var/training-materials')
        .meta({ description: 'Exported folder.', examples: ['/var/training-materials'] }),
      capacity: storageSize.default('1Ti').meta({
        description: 'Capacity written on the volume (NFS does not enforce it).',
        examples: ['1Ti'],
      }),
    })
    .optional()
    .meta({
      description: 'Where the materials are on the cluster.',
      examples: [{ server: '192.0.2.20', path: '/var/training-materials' }],
    }),
  folder: localPath
    .optional()
    .meta({ description: 'Where the materials are on the local target.', examples: ['materials'] }),
  mountPath: absolutePath.default('/mnt/materials').meta({
    description:
      "Where servers see them. On the local target its last part is the folder's name in each home.",
    examples: ['/mnt/materials'],
  }),
});

const longhorn = z.strictObject({
  namespace: dnsLabel
    .default('longhorn-system')
    .meta({ description: 'Namespace of Longhorn.', examples: ['longhorn-system'] }),
  replicas: z
    .int()
    .min(1)
    .max(5)
    .default(3)
    .meta({ description: 'Copies of each volume.', examples: [3] }),
  snapshotMaxCount: z
    .int()
    .min(2)
    .max(250)
    .default(10)
    .meta({ description: 'Most snapshots of a volume.', examples: [10] }),
  dataLocality: z
    .enum(['disabled', 'best-effort', 'strict-local'])
    .default('disabled')
    .meta({ description: 'Whether a copy stays on the node that uses it.', examples: ['disabled'] }),
  migratable: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether volumes of the class can be migrated.', examples: [true] }),
  ui: z
    .strictObject({
      service: z
        .enum(['ClusterIP', 'LoadBalancer'])
        .default('ClusterIP')
        .meta({
          description:
            'Service of the UI. It has no log-in: LoadBalancer makes it reachable for everyone who reaches the address.',
          examples: ['ClusterIP'],
        }),
      floatingIp: ipv4
        .optional()
        .meta({ description: 'Floating IP of that LoadBalancer.', examples: ['192.0.2.51'] }),
    })
    .prefault({})
    .meta({ description: "Longhorn's web page.", examples: [{ service: 'ClusterIP' }] }),
});

export const longhornOrOff = z.union([off, longhorn]);
