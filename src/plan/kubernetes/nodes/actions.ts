import type { Value } from '../../../config/values.ts';
import type { ObjectRef } from '../observed.ts';
import type { Bounds } from './machines.ts';

/** A value of a release that becomes another. */
export interface ValueChange {
  /** Keys, and places in lists. */
  readonly path: readonly (string | number)[];
  /** undefined: it is taken out. */
  readonly to: Value | undefined;
}

/** What can be done to node groups. Objects of Cluster API are on the management cluster. */
export type NodeAction =
  | {
      readonly kind: 'scaleMachines';
      readonly group: ObjectRef;
      /** undefined: they stay as they are. */
      readonly bounds: Bounds | undefined;
      readonly replicas: number | undefined;
      /** Machines that go first, where some go; marked as that alone where nothing else is given. */
      readonly goFirst: readonly ObjectRef[];
    }
  /** `--nodes=MIN:MAX:GROUP` on the command line of an autoscaler in the cluster itself. */
  | {
      readonly kind: 'scaleByArgument';
      readonly deployment: ObjectRef;
      readonly group: string;
      readonly bounds: Bounds;
    }
  /** Sends a release of capi-helm-charts again, with all the values that it has, and these changed. */
  | {
      readonly kind: 'changeClusterRelease';
      readonly name: string;
      readonly namespace: string;
      readonly chart: { readonly name: string; readonly version: string };
      /** The one whose values the places in lists are of. */
      readonly revision: number;
      readonly changes: readonly ValueChange[];
    }
  /** A new machine before an old one goes, and as much time for its people as they need. */
  | { readonly kind: 'prepareRollout'; readonly group: ObjectRef }
  /** A MachineDrainRule of the group: people's servers are waited for, and not evicted. */
  | { readonly kind: 'keepServers'; readonly group: ObjectRef }
  | { readonly kind: 'forgetServers'; readonly group: ObjectRef }
  /** A copy of the group's machine template with that flavour, and the group made to use it. */
  | {
      readonly kind: 'changeFlavor';
      readonly group: ObjectRef;
      readonly flavor: string;
      /** Templates that machines of the group were made from which have it: with an equal one they stay. */
      readonly earlier: readonly string[];
    }
  /** Until every machine of the group has that flavour and is ready. */
  | {
      readonly kind: 'followRollout';
      readonly group: ObjectRef;
      readonly flavor: string;
      readonly cluster: { readonly name: string; readonly namespace: string };
    };
