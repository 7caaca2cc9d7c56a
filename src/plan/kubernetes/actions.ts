import type { ListedAccount } from '../../config/accounts.ts';
import type { KubernetesObject, Release, SystemId } from '../../platform/kubernetes/system.ts';
import type { BalancerAction, ServiceRef } from './balancers/actions.ts';
import type { CertificateAction } from './certificates/actions.ts';
import type { AcmeWanted } from './certificates/observed.ts';
import type { LonghornAction } from './longhorn/actions.ts';
import type { NodeAction } from './nodes/actions.ts';
import type { ObjectRef } from './observed.ts';

/** What the cloud must not have any more, and what it must. */
export interface GoneInCloud {
  readonly balancers: readonly { readonly id: string; readonly name: string }[];
  /** Ids of ports. */
  readonly ports: readonly string[];
  /** Floating IPs that go with their Services, because the cloud controller has made them. */
  readonly floatingIps: readonly { readonly id: string; readonly address: string }[];
  /** Floating IPs that stay with the project. */
  readonly kept: readonly string[];
}

/** What can be done to a cluster. Each is safe to do twice and safe to be killed in. */
export type ClusterAction =
  | NodeAction
  | LonghornAction
  | BalancerAction
  | CertificateAction
  /** Or marks one that is there as the environment's. */
  | { readonly kind: 'createNamespace'; readonly name: string }
  /** Takes off again what `createNamespace` has marked it with. */
  | { readonly kind: 'unmarkNamespace'; readonly name: string }
  /** Makes the tokens that are not there yet; takes over those that a chart has made. */
  | { readonly kind: 'createSecrets'; readonly names: readonly string[] }
  | { readonly kind: 'writeAccounts'; readonly accounts: readonly ListedAccount[] }
  | {
      readonly kind: 'applyObjects';
      readonly system: SystemId;
      readonly objects: readonly KubernetesObject[];
    }
  | { readonly kind: 'deleteObjects'; readonly objects: readonly ObjectRef[] }
  /** `helm upgrade --install`, and then waits until what it sent is ready. */
  | {
      readonly kind: 'upgradeRelease';
      readonly release: Release;
      /** A certificate is asked for by it: that is written down first. */
      readonly asksFor?: AcmeWanted;
    }
  /** Brings a release out of `pending-*`: back to a revision that was good, or, without one, marked as failed. */
  | {
      readonly kind: 'repairRelease';
      readonly name: string;
      readonly namespace: string;
      readonly to: number | undefined;
    }
  /** `helm rollback`, and then waits until what it sent is ready. */
  | {
      readonly kind: 'rollbackRelease';
      readonly name: string;
      readonly namespace: string;
      readonly to: number;
      /** As of an upgrade. */
      readonly asksFor?: AcmeWanted;
    }
  /** What an earlier run has sent and did not see become ready. */
  | { readonly kind: 'waitReady'; readonly objects: readonly ObjectRef[] }
  | { readonly kind: 'syncAccounts' }
  | { readonly kind: 'removePeople'; readonly names: readonly string[] }
  /** Saves on this machine what is about to be lost, or to become of no use to an older hub. */
  | {
      readonly kind: 'saveHub';
      /** What to do where that fails. */
      readonly orElse: string;
      /** Whether a hub that does not run, so that its database cannot be read, is an error. */
      readonly needed: boolean;
    }
  /** Stops the hub and puts a database that was saved in place of its own. The hub stays down, but where that fails. */
  | { readonly kind: 'restoreDatabase'; readonly file: string }
  | { readonly kind: 'startHub' }
  | { readonly kind: 'stopServers' }
  | {
      readonly kind: 'uninstallRelease';
      readonly name: string;
      readonly namespace: string;
      readonly system: SystemId;
    }
  /** The monitoring with everything that came with it: release, volumes, kinds, namespace. */
  | { readonly kind: 'removeStack'; readonly namespace: string }
  /** Has a floating IP lead to a port, or to none (`to` undefined), if it is still as it was when it was looked at. */
  | {
      readonly kind: 'moveFloatingIp';
      readonly id: string;
      readonly address: string;
      readonly revision: number;
      readonly to: string | undefined;
    }
  /** Has the cloud controller leave the floating IP of a Service when the Service goes, though it has made it. */
  | { readonly kind: 'keepFloatingIp'; readonly service: ServiceRef }
  /** Has the cloud controller look at a Service again, and waits until the Service shows that address. */
  | { readonly kind: 'lookAgain'; readonly service: ServiceRef; readonly shows: string }
  /** What goes by itself: volumes whose claims are deleted. */
  | { readonly kind: 'waitGone'; readonly objects: readonly ObjectRef[] }
  /** No such object and release, no pod in the environment's namespace, no load balancer in any of these. */
  | {
      readonly kind: 'proveGone';
      readonly objects: readonly ObjectRef[];
      readonly releases: readonly Pick<Release, 'name' | 'namespace'>[];
      /** undefined: the cloud is not asked. */
      readonly cloud?: GoneInCloud;
    };
