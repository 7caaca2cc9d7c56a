import type { Values } from '../../config/values.ts';

/** The container that does nothing and needs nothing: the image that the hub's chart uses too. */
export const pauseImage = 'registry.k8s.io/pause:3.10.1';

/** As an unknown user without any right. */
export const noRights: Values = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsGroup: 65534,
  runAsNonRoot: true,
  runAsUser: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};
