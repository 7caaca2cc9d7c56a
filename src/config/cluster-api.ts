const size = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group';

/** Annotations of a node group, by which the autoscaler knows its bounds (cluster-autoscaler, `cloudprovider/clusterapi`). */
export const sizeAnnotations = { min: `${size}-min-size`, max: `${size}-max-size` } as const;
