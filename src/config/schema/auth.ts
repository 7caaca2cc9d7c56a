import { z } from 'zod';
import { formats, url } from './common.ts';
import { secretReference } from './secret.ts';

const accountName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and dashes, starting and ending with a letter or digit',
  )
  .register(formats, { format: 'accountName' });

export const accounts = z.strictObject({
  admins: z
    .array(accountName)
    .default([])
    .meta({
      description: 'Administrators. `alex` becomes the account `admin-alex`.',
      examples: [['alex', 'sam']],
    }),
  users: z
    .strictObject({
      prefix: accountName.meta({
        description: 'Accounts are called PREFIX-1 to PREFIX-COUNT.',
        examples: ['trainee'],
      }),
      count: z
        .int()
        .min(1)
        .max(5000)
        .meta({ description: 'How many accounts.', examples: [30] }),
    })
    .optional()
    .meta({ description: 'A numbered row of accounts.', examples: [{ prefix: 'trainee', count: 30 }] }),
  extra: z
    .array(accountName)
    .default([])
    .meta({
      description: 'Further accounts, named one by one. `hubwright users ENV add` writes here.',
      examples: [['jo']],
    }),
  minimumPasswordLength: z
    .int()
    .min(8)
    .max(64)
    .default(8)
    .meta({ description: 'Shortest password that people may choose, in characters.', examples: [12] }),
});

const groups = z.array(z.string().min(1)).default([]);

const oidcPresets = ['iris-iam'] as const;

export const oidc = z.strictObject({
  preset: z
    .enum(oidcPresets)
    .optional()
    .meta({
      description: 'Fills in the addresses, scopes and claims of a known provider.',
      examples: ['iris-iam'],
    }),
  clientId: z
    .string()
    .min(1)
    .meta({ description: 'Client id that the provider gave you.', examples: ['jupyter-training'] }),
  clientSecret: secretReference,
  authorizeUrl: url
    .optional()
    .meta({ description: 'Authorization endpoint.', examples: ['https://iam.example.org/authorize'] }),
  tokenUrl: url
    .optional()
    .meta({ description: 'Token endpoint.', examples: ['https://iam.example.org/token'] }),
  userdataUrl: url
    .optional()
    .meta({ description: 'Userinfo endpoint.', examples: ['https://iam.example.org/userinfo'] }),
  scopes: z
    .array(z.string().min(1))
    .optional()
    .meta({ description: 'Scopes that are asked for.', examples: [['openid', 'profile', 'email']] }),
  usernameClaim: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Claim that names the person.', examples: ['preferred_username'] }),
  groupsClaim: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Claim that lists the groups.', examples: ['groups'] }),
  loginService: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name on the log-in button.', examples: ['IRIS IAM'] }),
  adminGroups: groups.meta({ description: 'Members are administrators.', examples: [['training/admins']] }),
  allowedGroups: groups.meta({
    description: 'Members may log in. Others are turned away.',
    examples: [['training/users']],
  }),
});

export const auth = z.strictObject({
  accounts: accounts.optional().meta({
    description: 'Accounts with passwords that Hubwright makes. Either this or `oidc`.',
    examples: [{ admins: ['alex'], users: { prefix: 'trainee', count: 30 } }],
  }),
  oidc: oidc.optional().meta({
    description: 'Log-in through an OpenID Connect provider. Either this or `accounts`.',
    examples: [
      {
        preset: 'iris-iam',
        clientId: 'jupyter-training',
        clientSecret: { fromEnv: 'IAM_SECRET' },
        adminGroups: ['training/admins'],
        allowedGroups: ['training/users'],
      },
    ],
  }),
});

export type Accounts = z.output<typeof accounts>;
export type Oidc = z.output<typeof oidc>;
