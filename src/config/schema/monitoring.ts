import { z } from 'zod';
import { dnsLabel, duration, formats, hostname, ipv4, off, port, storageSize, url } from './common.ts';
import { secretReference } from './secret.ts';

const receiver = z.strictObject({
  email: z
    .array(z.email().register(formats, { format: 'email' }))
    .optional()
    .meta({ description: 'Addresses that get a mail.', examples: [['ops@example.org']] }),
  webhook: secretReference.optional().meta({
    description: 'Address of a webhook (it usually holds a token).',
    examples: [{ fromEnv: 'ALERT_WEBHOOK' }],
  }),
  slack: secretReference.optional().meta({
    description: 'Address of a Slack or Mattermost webhook.',
    examples: [{ fromEnv: 'SLACK_WEBHOOK' }],
  }),
});

const smtp = z.strictObject({
  host: hostname.meta({ description: 'The mail server.', examples: ['smtp.example.org'] }),
  port: port.default(587).meta({ description: 'Its port.', examples: [587] }),
  from: z
    .email()
    .register(formats, { format: 'email' })
    .optional()
    .meta({ description: 'Sender; else `contactEmail`.', examples: ['jupyter@example.org'] }),
  username: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Log-in there.', examples: ['jupyter'] }),
  password: secretReference
    .optional()
    .meta({ description: 'Password there.', examples: [{ fromEnv: 'SMTP_PASSWORD' }] }),
});

export const monitoring = z.union([
  off,
  z.strictObject({
    namespace: dnsLabel
      .default('monitoring')
      .meta({ description: 'Namespace of the stack.', examples: ['monitoring'] }),
    retention: duration.default('15d').meta({ description: 'How long samples are kept.', examples: ['15d'] }),
    storage: storageSize.default('20Gi').meta({
      description: 'Volume of Prometheus; on this machine, the most that it keeps.',
      examples: ['20Gi'],
    }),
    replicas: z
      .int()
      .min(1)
      .max(3)
      .default(1)
      .meta({ description: 'Copies of Prometheus.', examples: [1] }),
    existingPrometheus: url.optional().meta({
      description: 'Use this Prometheus; only rules and monitors are made.',
      examples: ['http://prometheus.monitoring:9090'],
    }),
    grafana: z
      .strictObject({
        expose: z
          .enum(['portForward', 'loadBalancer', 'path'])
          .default('portForward')
          .meta({
            description:
              'How people reach Grafana: through a port that `hubwright dashboards` forwards, at an address of its own, or below the address of the hub.',
            examples: ['portForward'],
          }),
        floatingIp: ipv4.optional().meta({
          description: 'Floating IP of Grafana, with `expose: loadBalancer`.',
          examples: ['192.0.2.52'],
        }),
      })
      .prefault({})
      .meta({ description: 'Grafana.', examples: [{ expose: 'portForward' }] }),
    receivers: z
      .record(dnsLabel, receiver)
      .default({})
      .meta({ description: 'Who hears of alerts.', examples: [{ ops: { email: ['ops@example.org'] } }] }),
    smtp: smtp.optional().meta({
      description: 'The mail server that sends alerts; receivers with `email` need it.',
      examples: [{ host: 'smtp.example.org', from: 'jupyter@example.org' }],
    }),
    prices: z
      .strictObject({
        currency: z
          .string()
          .length(3)
          .default('GBP')
          .meta({ description: 'Currency, three letters.', examples: ['GBP'] }),
        nodeHour: z
          .record(z.string().min(1), z.number().min(0))
          .default({})
          .meta({ description: 'Price of a node hour by flavour.', examples: [{ 'l3.small': 0.12 }] }),
        gpuHour: z
          .number()
          .min(0)
          .optional()
          .meta({ description: 'Price of a GPU hour.', examples: [1.1] }),
      })
      .optional()
      .meta({
        description: 'Prices for the cost panels.',
        examples: [{ currency: 'GBP', nodeHour: { 'l3.small': 0.12 } }],
      }),
  }),
]);
