import { z } from 'zod';
import { dnsLabel, duration, hostname, ipv4, localPath, off, resolver } from './common.ts';
import { secretReference } from './secret.ts';

export const address = z.strictObject({
  domain: hostname
    .optional()
    .meta({ description: 'Public name of the hub.', examples: ['training.jupyter.example.org'] }),
  floatingIp: ipv4.optional().meta({ description: 'Floating IP of the hub.', examples: ['192.0.2.50'] }),
  resolvers: z
    .array(resolver)
    .min(1)
    .default(['1.1.1.1', '9.9.9.9'])
    .meta({
      description: 'DNS resolvers that are asked where `domain` leads: public ones see what the world sees.',
      examples: [['1.1.1.1', '9.9.9.9']],
    }),
  idleConnectionTimeout: duration.default('1h').meta({
    description:
      'How long the load balancer keeps an idle websocket (its own default, 50 s, cuts kernels off).',
    examples: ['1h'],
  }),
});

/** Copies of certificates that Let's Encrypt has given, each with its key and the account. */
const keep = z.union([
  z.literal('cluster'),
  z.strictObject({
    recipients: z
      .array(z.string().regex(/^age1\S+$/, 'must be a recipient of age, such as age1…'))
      .min(1)
      .meta({ description: 'Recipients of age who can read the copy.', examples: [['age1…']] }),
    identity: secretReference.optional().meta({
      description: 'A key of one of them, with which Hubwright puts the copy back by itself.',
      examples: [{ fromFile: 'age-key.txt' }],
    }),
    folder: localPath
      .default('certificates')
      .meta({ description: 'Folder of the copies, from this file on.', examples: ['certificates'] }),
  }),
]);

export const https = z.union([
  off,
  z.strictObject({
    letsEncrypt: z
      .strictObject({
        staging: z
          .boolean()
          .default(false)
          .meta({
            description: "Use Let's Encrypt's staging server, whose limits are generous.",
            examples: [false],
          }),
        keep: keep.default('cluster').meta({
          description:
            'Where a copy of the certificate is kept, to be put back where the environment is made anew: `cluster`, a Secret in the namespace hubwright-certificates, or files that age encrypts.',
          examples: ['cluster', { recipients: ['age1…'], identity: { fromFile: 'age-key.txt' } }],
        }),
      })
      .optional()
      .meta({
        description: "A certificate from Let's Encrypt, renewed by itself.",
        examples: [{ staging: false }],
      }),
    secretName: dnsLabel
      .optional()
      .meta({ description: 'A TLS Secret in the namespace.', examples: ['hub-tls'] }),
    files: z
      .strictObject({
        certificate: localPath.meta({
          description: 'PEM file: the certificate and its chain.',
          examples: ['tls/fullchain.pem'],
        }),
        key: secretReference.meta({
          description: 'The private key.',
          examples: [{ fromFile: 'tls/privkey.pem' }],
        }),
      })
      .optional()
      .meta({
        description: 'A certificate of your own.',
        examples: [{ certificate: 'tls/fullchain.pem', key: { fromFile: 'tls/privkey.pem' } }],
      }),
  }),
]);
