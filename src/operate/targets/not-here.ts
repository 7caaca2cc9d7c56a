import { UserError } from '../../errors.ts';

/** Who asks for what only an environment on a cluster has: one of this machine is told so, and where to go on. */
export const notHere = {
  addresses: (environment: string) =>
    new UserError({
      what: `${environment} runs on this machine: no load balancer leads to it.`,
      fix: `\`hubwright status ${environment}\` says where it is.`,
      exitCode: 2,
    }),
  certificate: (environment: string) =>
    new UserError({
      what: `${environment} runs on this machine: it has no certificate, because nobody else can reach it.`,
      fix: 'Name an environment with `target: kubernetes`.',
      exitCode: 2,
    }),
  nodes: (environment: string) =>
    new UserError({
      what: `${environment} runs on this machine: it has no nodes.`,
      fix: 'Name an environment with `target: kubernetes`.',
      exitCode: 2,
    }),
} as const;
