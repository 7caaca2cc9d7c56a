import type { Environment } from '../../../config/schema/environment.ts';
import { type Values, secret } from '../../../config/values.ts';
import { type Monitoring, stackSecrets } from './names.ts';

/** A Secret of ours, its contents by reference where they are secret. */
export interface SecretParts {
  readonly name: string;
  readonly stringData: Values;
}

/** Where the operator puts the keys of the Secret that are not the configuration itself. */
const folder = '/etc/alertmanager/config';

/** Alerts of the stack that say nothing: one is always on, the other only silences others. */
const noise = ['Watchdog', 'InfoInhibitor'];

/**
 * Alertmanager's configuration. Addresses of webhooks and passwords are secret: they stand in files beside it, which it
 * names (`url_file`, `api_url_file`, `smtp_auth_password_file`; Alertmanager, Configuration).
 */
export function alertmanagerSecret({ contactEmail }: Environment, settings: Monitoring): SecretParts {
  const files = secretFiles(settings);
  const config = {
    global: { resolve_timeout: '5m', ...smtpSettings(settings, contactEmail) },
    route: {
      receiver: 'people',
      group_by: ['alertname', 'namespace'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [
        { matchers: [`alertname=~"${noise.join('|')}"`], receiver: 'nobody' },
        { matchers: ['severity=~"info|none"'], receiver: 'nobody' },
      ],
    },
    // Who is told that something is down need not be told that it is slow.
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity="warning"'],
        equal: ['alertname', 'namespace'],
      },
    ],
    receivers: [{ name: 'nobody' }, { name: 'people', ...ways(settings) }],
  };
  // JSON is YAML.
  return {
    name: stackSecrets.alertmanager,
    stringData: { 'alertmanager.yaml': `${JSON.stringify(config, null, 2)}\n`, ...files },
  };
}

function secretFiles({ receivers, smtp }: Monitoring): Values {
  const files = Object.entries(receivers).flatMap(([name, { webhook, slack }]) => [
    ...(webhook === undefined ? [] : [[`${name}-webhook`, secret(receiverSecret(name, 'webhook'))]]),
    ...(slack === undefined ? [] : [[`${name}-slack`, secret(receiverSecret(name, 'slack'))]]),
  ]);
  return {
    ...(Object.fromEntries(files) as Values),
    ...(smtp?.password === undefined ? {} : { 'smtp-password': secret('smtpPassword') }),
  };
}

/** How the secret address of a receiver is called. */
function receiverSecret(name: string, way: 'webhook' | 'slack'): string {
  return `receiver.${name}.${way}`;
}

function smtpSettings({ smtp }: Monitoring, contactEmail: string | undefined): Values {
  if (smtp === undefined) return {};
  return {
    smtp_smarthost: `${smtp.host}:${smtp.port}`,
    smtp_from: smtp.from ?? contactEmail ?? `alerts@${smtp.host}`,
    ...(smtp.username === undefined ? {} : { smtp_auth_username: smtp.username }),
    ...(smtp.password === undefined ? {} : { smtp_auth_password_file: `${folder}/smtp-password` }),
  };
}

function ways({ receivers }: Monitoring): Values {
  const all = Object.entries(receivers);
  const email = all.flatMap(([, one]) => (one.email ?? []).map((to) => ({ to, send_resolved: true })));
  const webhooks = all.flatMap(([name, { webhook }]) =>
    webhook === undefined ? [] : [{ url_file: `${folder}/${name}-webhook`, send_resolved: true }],
  );
  const slack = all.flatMap(([name, one]) =>
    one.slack === undefined
      ? []
      : [{ api_url_file: `${folder}/${name}-slack`, send_resolved: true, ...slackText }],
  );
  return {
    ...(email.length === 0 ? {} : { email_configs: email }),
    ...(webhooks.length === 0 ? {} : { webhook_configs: webhooks }),
    ...(slack.length === 0 ? {} : { slack_configs: slack }),
  };
}

/** What happened, what it means for people, and the command that looks further: the annotations of our alerts. */
const slackText: Values = {
  title: '{{ .CommonLabels.alertname }} ({{ .Status }})',
  text: '{{ range .Alerts }}{{ .Annotations.summary }}. {{ .Annotations.meaning }} {{ .Annotations.command }}\n{{ end }}',
};
