import { z } from 'zod';
import { dnsLabel, formats, localPath } from './common.ts';

const cpuCount = z.number().positive().max(1024).register(formats, { format: 'cpu' });

/** KubeSpawner's units: bytes, or a number with K, M, G or T behind it (powers of 1024). */
const memorySize = z
  .union([
    z.int().positive(),
    z
      .string()
      .regex(
        /^[0-9]+(\.[0-9]+)?[KMGT]?$/,
        'must be a number with K, M, G or T behind it, such as 1.8G or 512M',
      ),
  ])
  .register(formats, { format: 'memory' });

const toleration = z.strictObject({
  key: z
    .string()
    .min(1)
    .meta({ description: "The taint's key.", examples: ['nvidia.com/gpu'] }),
  operator: z
    .enum(['Equal', 'Exists'])
    .default('Equal')
    .meta({ description: 'How the taint is matched.', examples: ['Equal'] }),
  value: z
    .string()
    .optional()
    .meta({
      description: "The taint's value; with `Equal` and no value only an empty one matches.",
      examples: ['present'],
    }),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .optional()
    .meta({ description: 'Which effect is tolerated; without it, every one.', examples: ['NoSchedule'] }),
});

export const profile = z.strictObject({
  displayName: z
    .string()
    .min(1)
    .meta({ description: 'Name that people choose by.', examples: ['Python'] }),
  description: z
    .string()
    .default('')
    .meta({ description: 'One line under the name.', examples: ['Two cores, for most lessons'] }),
  default: z
    .boolean()
    .default(false)
    .meta({ description: 'Chosen when people choose nothing. One profile has it.', examples: [true] }),
  image: z
    .string()
    .min(1)
    .optional()
    .meta({
      description: 'Container image with a tag or digest. The local target cannot run it and says so.',
      examples: ['quay.io/jupyter/scipy-notebook:2026-10-01'],
    }),
  cpu: z
    .strictObject({
      guarantee: cpuCount
        .optional()
        .meta({ description: 'Cores kept free for each server.', examples: [0.05] }),
      limit: cpuCount.optional().meta({ description: 'Most cores that a server may use.', examples: [2] }),
    })
    .prefault({})
    .meta({ description: 'Processor cores of each server.', examples: [{ guarantee: 0.05, limit: 2 }] }),
  memory: z
    .strictObject({
      guarantee: memorySize
        .optional()
        .meta({ description: 'Memory kept free for each server.', examples: ['1.8G'] }),
      limit: memorySize
        .optional()
        .meta({ description: 'Most memory that a server may use.', examples: ['1.8G'] }),
    })
    .prefault({})
    .meta({
      description: 'Memory of each server, in bytes or with K, M, G, T.',
      examples: [{ guarantee: '1.8G', limit: '1.8G' }],
    }),
  gpus: z
    .strictObject({
      count: z
        .int()
        .min(1)
        .max(16)
        .meta({ description: 'GPUs of each server.', examples: [1] }),
      resource: z
        .string()
        .min(1)
        .default('nvidia.com/gpu')
        .meta({ description: 'Resource name of the GPU.', examples: ['nvidia.com/gpu'] }),
      toleration: toleration.optional().meta({
        description: "Toleration for the GPU nodes' taint.",
        examples: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      }),
    })
    .optional()
    .meta({
      description: 'GPUs, for profiles that need some.',
      examples: [
        { count: 1, toleration: { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' } },
      ],
    }),
  commands: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description:
        "Shell commands run in the home at each server's start. One that fails does not stop the server.",
      examples: [['git clone https://example.org/course.git']],
    }),
  environment: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
        .register(formats, { format: 'variableName' }),
      z.string(),
    )
    .default({})
    .meta({ description: 'Environment variables of each server.', examples: [{ OMP_NUM_THREADS: '2' }] }),
  placeholders: z
    .int()
    .min(0)
    .max(500)
    .default(0)
    .meta({
      description: 'Seats of this profile kept warm on the cluster, so that nobody waits for a node.',
      examples: [4],
    }),
  nodeSelector: z
    .record(z.string().min(1), z.string())
    .default({})
    .meta({ description: 'Labels that a node must carry.', examples: [{ 'node-group': 'gpu' }] }),
  local: z
    .strictObject({
      requirements: localPath.optional().meta({
        description:
          'Hash-locked Python requirements of this profile (as `uv pip compile --generate-hashes` writes them).',
        examples: ['requirements/gpu.lock'],
      }),
    })
    .optional()
    .meta({
      description: 'What stands for the image on the local target.',
      examples: [{ requirements: 'requirements/gpu.lock' }],
    }),
});

export const profiles = z
  .record(
    dnsLabel,
    profile.meta({ description: 'A kind of server.', examples: [{ displayName: 'Python', default: true }] }),
  )
  .meta({
    description: 'What people choose from. The key is stable: servers remember it.',
    examples: [{ standard: { displayName: 'Python', default: true } }],
  });

export type Profile = z.output<typeof profile>;
