import { z } from 'zod';
import { auth } from './auth.ts';
import { culling, hub, local } from './hub.ts';
import { charts, helmValues, kubernetes, openstack, scaling } from './kubernetes.ts';
import { monitoring } from './monitoring.ts';
import { address, https } from './network.ts';
import { profiles } from './profiles.ts';
import { homes, longhornOrOff, materials } from './storage.ts';
import { dnsLabel, formats } from './common.ts';

/** One environment, after `defaults` were merged under it. */
export const environment = z.strictObject({
  target: z
    .enum(['local', 'kubernetes'])
    .meta({ description: 'Where it runs: on this machine or on a cluster.', examples: ['local'] }),
  protect: z
    .boolean()
    .default(false)
    .meta({ description: 'Refuse to destroy it.', examples: [true] }),
  contactEmail: z
    .email()
    .register(formats, { format: 'email' })
    .optional()
    .meta({
      description: "Whom people write to; also the account at Let's Encrypt.",
      examples: ['cloud-support@example.org'],
    }),
  auth: auth.prefault({}).meta({
    description: 'Who may log in. An environment that chooses the other way replaces the one in `defaults`.',
    examples: [{ accounts: { admins: ['alex'], users: { prefix: 'trainee', count: 30 } } }],
  }),
  profiles,
  homes: homes
    .prefault({})
    .meta({ description: "People's homes on the cluster.", examples: [{ size: '10Gi' }] }),
  sharedMemory: z
    .boolean()
    .default(true)
    .meta({ description: 'Give servers /dev/shm in memory (PyTorch needs it).', examples: [true] }),
  materials: materials.optional().meta({
    description: 'A folder that every server sees, read-only.',
    examples: [{ folder: 'materials', nfs: { server: '192.0.2.20' } }],
  }),
  culling: culling
    .prefault({})
    .meta({ description: 'Stopping of idle servers, or `off`.', examples: [{ timeout: '5d', every: '1h' }] }),
  hub: hub.prefault({}).meta({ description: 'Tuning of the hub.', examples: [{ startTimeout: '1h' }] }),
  local: local
    .prefault({})
    .meta({ description: 'What only the local target uses.', examples: [{ port: 8000 }] }),
  kubernetes: kubernetes
    .optional()
    .meta({ description: 'The cluster.', examples: [{ context: 'training-admin@training' }] }),
  openstack: openstack
    .optional()
    .meta({ description: 'The cloud that the cluster runs on.', examples: [{ cloud: 'training' }] }),
  address: address.prefault({}).meta({
    description: 'Where people reach the hub.',
    examples: [{ domain: 'training.jupyter.example.org', floatingIp: '192.0.2.50' }],
  }),
  https: https.default('off').meta({
    description: 'Certificate of the hub, or `off`.',
    examples: [{ letsEncrypt: { staging: false } }],
  }),
  longhorn: longhornOrOff
    .prefault({})
    .meta({ description: 'Longhorn storage, or `off`.', examples: [{ replicas: 3 }] }),
  scaling: scaling.prefault({}).meta({
    description: 'Node groups and flavours.',
    examples: [{ nodeGroups: { workers: { flavor: 'l3.small', min: 1, max: 10 } } }],
  }),
  monitoring: monitoring.default('off').meta({
    description:
      'Prometheus and Grafana, or `off`. The local target runs Prometheus alone, where it is installed.',
    examples: [{ retention: '15d' }],
  }),
  charts: charts.prefault({}).meta({
    description: 'Versions and sources of the Helm charts.',
    examples: [{ jupyterhub: { version: '4.4.0' } }],
  }),
  helmValues: helmValues.prefault({}).meta({
    description: 'Values for the charts, merged last: the way out for what has no field here.',
    examples: [{ jupyterhub: { scheduling: { userScheduler: { enabled: true } } } }],
  }),
});

/** The whole file, as written: parts of an environment may stand in `defaults`. */
export const hubFile = z.strictObject({
  name: dnsLabel.meta({
    description: 'Name of the deployment; its environments keep their data under it.',
    examples: ['jupyter-training'],
  }),
  defaults: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({
      description:
        'Merged under every environment: maps by key, lists and single values are replaced, `null` removes.',
      examples: [{ contactEmail: 'cloud-support@example.org' }],
    }),
  environments: z
    .record(dnsLabel, z.record(z.string(), z.unknown()))
    .meta({ description: 'The environments by name.', examples: [{ local: { target: 'local' } }] }),
});

export type EnvironmentSettings = z.output<typeof environment>;

/** A valid environment with its names: what everything behind `config` works on. */
export interface Environment extends EnvironmentSettings {
  /** `name` of the file. */
  readonly deployment: string;
  /** Its key under `environments`. */
  readonly name: string;
}
