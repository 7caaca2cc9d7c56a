import type { Environment } from '../../../config/schema/environment.ts';
import { materialsVolume } from '../materials.ts';
import type { Values } from '../../../config/values.ts';
import { literal } from './braces.ts';

/** `singleuser.storage`: homes, /dev/shm and the materials. */
export function storage(environment: Environment): Values {
  const { homes, materials, sharedMemory } = environment;
  const claim = materialsVolume(environment)?.claim;
  const mounted = [
    // PyTorch's workers share tensors through it, and a container's own has 64 MB.
    ...(sharedMemory
      ? [
          {
            name: 'shared-memory',
            source: { emptyDir: { medium: 'Memory' } },
            mount: { mountPath: '/dev/shm' },
          },
        ]
      : []),
    ...(materials === undefined || claim === undefined
      ? []
      : [
          {
            name: 'materials',
            source: { persistentVolumeClaim: { claimName: claim, readOnly: true } },
            mount: { mountPath: literal(materials.mountPath), readOnly: true },
          },
        ]),
  ];
  return {
    type: 'dynamic',
    capacity: homes.size,
    dynamic: { storageClass: homes.storageClass },
    // Lists, not maps: charts before 4.3 know nothing else, and what is taken over may stay at 4.2.0 for a while.
    extraVolumes: mounted.map(({ name, source }) => ({ name, ...source })),
    extraVolumeMounts: mounted.map(({ name, mount }) => ({ name, ...mount })),
  };
}
