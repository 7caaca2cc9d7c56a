import { z } from 'zod';
import { formats, localPath } from './common.ts';

/**
 * A reference to a secret. The file never holds the secret itself, so a plain string is refused.
 */
export const secretReference = z
  .union([
    z.strictObject({
      fromEnv: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
        .register(formats, { format: 'variableName' })
        .meta({
          description: 'Name of the environment variable that holds the secret.',
          examples: ['IAM_SECRET'],
        }),
    }),
    z.strictObject({
      fromFile: localPath.meta({
        description:
          'File that holds the secret; a line break at its end is cut off. Keep it out of git and with mode 0600.',
        examples: ['secrets/oidc-client-secret'],
      }),
    }),
    z.strictObject({
      fromSops: z
        .strictObject({
          file: localPath.meta({
            description: 'A file encrypted with sops.',
            examples: ['secrets.sops.yaml'],
          }),
          key: z
            .string()
            .min(1)
            .meta({
              description: 'Path of the value in it, dots between the keys.',
              examples: ['oidc.clientSecret'],
            }),
        })
        .meta({
          description: 'A value in a sops-encrypted file; `sops` must be on PATH.',
          examples: [{ file: 'secrets.sops.yaml', key: 'oidc.clientSecret' }],
        }),
    }),
  ])
  .register(formats, { format: 'secret' })
  .meta({
    description: 'Where the secret is read from; never the secret itself.',
    examples: [{ fromEnv: 'IAM_SECRET' }],
  });

export type SecretReference = z.output<typeof secretReference>;
