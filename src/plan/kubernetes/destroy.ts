import type { Environment } from '../../config/schema/environment.ts';
import type { System } from '../../platform/kubernetes/system.ts';
import type { ClusterObserved } from './observed.ts';

export interface DestroyIntent {
  readonly kind: 'destroy';
  /** Delete people's homes too. */
  readonly withHomes: boolean;
  /** Save the hub's database first. The certificate is saved all the same. */
  readonly save: boolean;
  /** Take down what the cluster shares, if no other environment uses it. */
  readonly withClusterSystems: boolean;
}

/** What a destroy is planned from. */
export interface Destroy {
  readonly environment: Environment;
  readonly systems: readonly System[];
  readonly observed: ClusterObserved;
  readonly intent: DestroyIntent;
}
