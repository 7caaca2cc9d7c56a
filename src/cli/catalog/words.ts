/** Of many commands. */
export const env = ['[env]', 'environment of the file; may be left out where only one is meant'] as const;

export const timeout = [
  '--timeout <time>',
  'on a cluster: longest wait for a job or a pod, such as 10m (default: 25m and 15m)',
] as const;
