import { z } from 'zod';
import { duration, localPath, off, port } from './common.ts';

export const culling = z.union([
  off,
  z.strictObject({
    timeout: duration
      .default('5d')
      .meta({ description: 'Idle time after which a server is stopped.', examples: ['5d'] }),
    every: duration
      .default('1h')
      .meta({ description: 'How often idle servers are looked for.', examples: ['1h'] }),
    concurrency: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .meta({ description: 'Servers stopped at once.', examples: [1] }),
    maxAge: duration
      .optional()
      .meta({ description: 'Age after which a server is stopped even in use.', examples: ['14d'] }),
  }),
]);

/** Tuning of the hub. The defaults are the ones that the deployment we replace runs with. */
export const hub = z.strictObject({
  startTimeout: duration
    .default('1h')
    .meta({ description: "Longest start of a server, the profile's commands included.", examples: ['1h'] }),
  httpTimeout: duration
    .default('60s')
    .meta({ description: 'Longest wait for a started server to answer.', examples: ['60s'] }),
  concurrentSpawnLimit: z
    .int()
    .min(0)
    .default(2000)
    .meta({ description: 'Servers starting at once; 0 means no limit.', examples: [2000] }),
  consecutiveFailureLimit: z
    .int()
    .min(0)
    .default(0)
    .meta({
      description: 'Failed starts in a row after which the hub stops itself; 0 means never.',
      examples: [0],
    }),
  initSpawnersTimeout: duration
    .default('1s')
    .meta({ description: 'How long a starting hub waits for the running servers.', examples: ['1s'] }),
  activityResolution: duration
    .default('100m')
    .meta({ description: 'Activity closer together than this is not written down.', examples: ['100m'] }),
  lastActivityInterval: duration
    .default('5m')
    .meta({ description: 'How often the proxy is asked for activity.', examples: ['5m'] }),
  activityInterval: duration
    .default('1h')
    .meta({ description: 'How often a server reports its activity.', examples: ['1h'] }),
  defaultUrl: z
    .string()
    .regex(/^\//, 'must start with /')
    .default('/lab')
    .meta({ description: 'Page that a started server opens.', examples: ['/lab'] }),
});

/** What only the local target uses. */
export const local = z.strictObject({
  port: port.optional().meta({
    description: 'Port of the hub on this machine. Without it: 8000, or the next free one.',
    examples: [8000],
  }),
  bindAddress: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Loopback address to listen on; no other is allowed.', examples: ['127.0.0.1'] }),
  python: localPath.optional().meta({
    description: 'Python to use (3.10 or newer), where it is not the first on PATH.',
    examples: ['/usr/bin/python3.12'],
  }),
  wheels: localPath
    .optional()
    .meta({ description: 'Folder of wheels, to install without a network.', examples: ['wheels'] }),
});
