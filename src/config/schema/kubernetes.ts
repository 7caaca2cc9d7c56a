import { z } from 'zod';
import { dnsLabel, formats, localPath } from './common.ts';

export const kubernetes = z.strictObject({
  context: z
    .string()
    .min(1)
    .meta({
      description: 'Context of the kubeconfig. A command in another context is refused.',
      examples: ['training-admin@training'],
    }),
  kubeconfig: localPath
    .optional()
    .meta({ description: 'kubeconfig file, where it is not the usual one.', examples: ['kubeconfig.yaml'] }),
  managementContext: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Context of the Cluster API management cluster.', examples: ['capi-mgmt'] }),
  namespace: dnsLabel
    .default('jupyterhub')
    .meta({ description: 'Namespace of the hub.', examples: ['jupyterhub'] }),
  release: dnsLabel.default('jupyterhub').meta({
    description: 'Helm release of the hub. Two environments in one cluster need two names.',
    examples: ['jupyterhub'],
  }),
});

export const openstack = z.strictObject({
  cloud: z
    .string()
    .min(1)
    .meta({ description: 'Entry of clouds.yaml.', examples: ['training'] }),
  region: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Region, where the cloud has several.', examples: ['RegionOne'] }),
  clusterName: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Name of the cluster in its load balancers' names.", examples: ['training'] }),
});

const nodeGroup = z.strictObject({
  flavor: z
    .string()
    .min(1)
    .meta({ description: 'OpenStack flavour of its nodes.', examples: ['l3.small'] }),
  min: z
    .int()
    .min(0)
    .meta({ description: 'Fewest nodes.', examples: [1] }),
  max: z
    .int()
    .min(1)
    .meta({ description: 'Most nodes.', examples: [10] }),
});

export const scaling = z.strictObject({
  nodeGroups: z
    .record(dnsLabel, nodeGroup)
    .default({})
    .meta({
      description: 'Node groups with their bounds.',
      examples: [{ workers: { flavor: 'l3.small', min: 1, max: 10 } }],
    }),
  controlPlane: z
    .strictObject({
      flavor: z
        .string()
        .min(1)
        .meta({ description: 'Flavour of the control plane.', examples: ['l3.micro'] }),
    })
    .optional()
    .meta({ description: 'The control plane.', examples: [{ flavor: 'l3.micro' }] }),
  chart: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "capi-helm-charts' chart openstack-cluster, in the version that the cluster's release has: a repository, oci:// address, folder or .tgz, where it is not the official one.",
      examples: ['charts/openstack-cluster-0.16.0.tgz'],
    }),
  flavors: z
    .record(
      z.string().min(1),
      z.strictObject({
        cpu: z
          .number()
          .positive()
          .meta({ description: 'Cores of a node.', examples: [8] }),
        memory: z
          .string()
          .regex(/^[0-9]+(\.[0-9]+)?[MGT]$/, 'must be a number with M, G or T behind it')
          .register(formats, { format: 'memory' })
          .meta({ description: 'Memory of a node.', examples: ['32G'] }),
        gpus: z
          .int()
          .min(0)
          .default(0)
          .meta({ description: 'GPUs of a node.', examples: [1] }),
      }),
    )
    .default({})
    .meta({
      description:
        'What the flavours have, so that `check` can tell whether a profile fits, without the cloud.',
      examples: [{ 'l3.small': { cpu: 8, memory: '32G' } }],
    }),
});

/** @param version and folder: examples. */
function chart(version: string, folder: string) {
  return z.strictObject({
    version: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "The chart's version.", examples: [version] }),
    source: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'A repository, oci:// address, folder or .tgz, where it is not the official one.',
        examples: [folder],
      }),
  });
}

export const charts = z.strictObject({
  jupyterhub: chart('4.4.0', 'charts/jupyterhub')
    .optional()
    .meta({ description: 'zero-to-jupyterhub.', examples: [{ version: '4.4.0' }] }),
  longhorn: chart('1.11.3', 'charts/longhorn')
    .optional()
    .meta({ description: 'Longhorn.', examples: [{ version: '1.11.3' }] }),
  monitoring: chart('90.1.1', 'charts/kube-prometheus-stack')
    .optional()
    .meta({ description: 'kube-prometheus-stack.', examples: [{ source: 'charts/kube-prometheus-stack' }] }),
});

const values = z.record(z.string(), z.unknown());

export const helmValues = z.strictObject({
  jupyterhub: values.optional().meta({
    description: 'Values for zero-to-jupyterhub.',
    examples: [{ scheduling: { userScheduler: { enabled: true } } }],
  }),
  longhorn: values.optional().meta({
    description: 'Values for Longhorn.',
    examples: [{ defaultSettings: { storageOverProvisioningPercentage: 100 } }],
  }),
  monitoring: values.optional().meta({
    description: 'Values for kube-prometheus-stack.',
    examples: [{ grafana: { defaultDashboardsTimezone: 'utc' } }],
  }),
});
