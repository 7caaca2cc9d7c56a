import type { ObjectRef } from '../observed.ts';

/** What the cluster and its cloud say of the ways in: Service → load balancer → VIP port → floating IP. */
export interface BalancersObserved extends BalancersInCluster, BalancersInCloud {
  /** Addresses that stand in the file, for whatever environment. */
  readonly inFile?: readonly string[];
}

/** What the cluster alone says. */
export interface BalancersInCluster {
  /** When it was looked at, ISO 8601. */
  readonly now: string;
  /** All of the cluster that are, or were made, of type LoadBalancer. */
  readonly services: readonly BalancedService[];
  readonly nodes: readonly BalancedNode[];
  readonly namespaces: readonly string[];
  /** By which the cloud controller names its load balancers; undefined: nothing tells. */
  readonly clusterName: ClusterName | undefined;
  /** The cloud controller manager (OCCM); undefined: none was found. */
  readonly controller: CloudController | undefined;
  /** Floating IPs that a repair has noted, and not given back to their Services yet. */
  readonly noted?: readonly {
    readonly service: { readonly namespace: string; readonly name: string };
    readonly address: string;
  }[];
}

/** What the cloud alone says. */
export interface BalancersInCloud {
  /** In which all of the following are. */
  readonly project: { readonly id: string; readonly name: string };
  /** All of the project. */
  readonly loadBalancers: readonly ObservedBalancer[];
  readonly floatingIps: readonly ObservedFloatingIp[];
  /** Those that were made for load balancers, and those that have a floating IP. */
  readonly ports: readonly ObservedPort[];
  /** Networks outside to which routers of the project lead, by id; none where the routers are somebody else's. */
  readonly reachedNetworks?: readonly string[];
}

export interface BalancedNode {
  readonly name: string;
  /** Inside and outside, of each family; none while nobody has said them yet. */
  readonly addresses: readonly string[];
  /** Whether people can be led to it: it is ready, and the cloud controller makes it a member. */
  readonly serves: boolean;
}

export interface ClusterName {
  readonly name: string;
  /** Who says so: `openstack.clusterName` of the file, OCCM's own setting, the nodes' annotation, or a load balancer's name. */
  readonly from: 'file' | 'controller' | 'nodes' | 'loadBalancer';
}

export interface CloudController {
  /** What its pods belong to. */
  readonly ref: ObjectRef;
  readonly readyPods: number;
}

export interface BalancedService {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly type: 'LoadBalancer' | 'ClusterIP' | 'NodePort';
  /** ISO 8601. */
  readonly created: string;
  /** Set once it is being deleted. */
  readonly deleted: string | undefined;
  readonly finalizers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  /** `loadbalancer.openstack.org/load-balancer-id` */
  readonly balancerId: string | undefined;
  /** `spec.loadBalancerIP` */
  readonly wantedIp: string | undefined;
  readonly ports: readonly { readonly port: number; readonly nodePort: number | undefined }[];
  /** Where people get in, as its status says. */
  readonly ingress: readonly string[];
  /** Of the Helm release that made it. */
  readonly release: { readonly name: string; readonly namespace: string } | undefined;
  /** What its newest warning event says. */
  readonly warning: string | undefined;
}

export interface ObservedBalancer {
  readonly id: string;
  readonly name: string;
  readonly provisioning:
    | 'ACTIVE'
    | 'ERROR'
    | 'PENDING_CREATE'
    | 'PENDING_UPDATE'
    | 'PENDING_DELETE'
    | 'DELETED';
  readonly tags: readonly string[];
  /** ISO 8601 with its zone. */
  readonly created: string;
  /** undefined: never changed. */
  readonly updated: string | undefined;
  readonly vip: { readonly address: string; readonly portId: string; readonly networkId: string };
  /** Read of those alone that a Service of the cluster means, or whose names tell of one, or of the cluster; else undefined. */
  readonly listeners: readonly ObservedListener[] | undefined;
}

export interface ObservedListener {
  readonly port: number;
  /** Milliseconds. */
  readonly clientTimeout: number | undefined;
  readonly memberTimeout: number | undefined;
  readonly members: readonly { readonly name: string; readonly address: string; readonly port: number }[];
}

export interface ObservedFloatingIp {
  readonly id: string;
  readonly address: string;
  readonly description: string;
  readonly networkId: string;
  readonly portId: string | undefined;
  /** Its port's name, or what it belongs to, for people. */
  readonly portName: string | undefined;
  readonly forwardsPorts: boolean;
  /** Neutron's count of its changes. */
  readonly revision: number;
}

export interface ObservedPort {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly device: string;
  /** Of the load balancer that it was made for; undefined: it was made for none. */
  readonly balancerId: string | undefined;
  readonly addresses: readonly string[];
}
