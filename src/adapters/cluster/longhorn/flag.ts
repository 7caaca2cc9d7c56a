import type { KubernetesApi } from '../../kubernetes/api.ts';
import { longhornRef } from './shapes.ts';

/** Longhorn refuses to go, and with it every volume, until this says so: people have confirmed it to us. */
export async function confirmDeleting(
  api: KubernetesApi,
  namespace: string,
  confirmed: boolean,
): Promise<void> {
  const flag = longhornRef('Setting', namespace, 'deleting-confirmation-flag');
  await api.patch(flag, { value: String(confirmed) });
}
