import { loadConfig } from '../src/config/load.ts';
import type { Environment } from '../src/config/schema/environment.ts';
import { alertRules } from '../src/platform/kubernetes/monitoring/alerts/index.ts';
import { dashboardSpecs } from '../src/platform/kubernetes/monitoring/dashboards/index.ts';
import type { DashboardSpec } from '../src/platform/kubernetes/monitoring/dashboards/panel.ts';
import type { AlertRule } from '../src/platform/kubernetes/monitoring/rules.ts';

/** An environment for which there is every alert. */
const sample = `
name: lessons
environments:
  training:
    target: kubernetes
    kubernetes: { context: admin@training }
    contactEmail: ops@example.org
    address: { domain: training.example.org }
    https: { letsEncrypt: {} }
    auth: { accounts: { admins: [alex] } }
    profiles: { standard: { displayName: Python, image: example.org/a:1, placeholders: 1 } }
`;

/** `docs/monitoring.md` with the parts that are made from the code put in anew, each between its two marks. */
export function monitoringReference(text: string): string {
  const parts = { dashboards: dashboardsText(), alerts: alertsText() };
  return Object.entries(parts).reduce((result, [name, part]) => {
    const [begin, end] = [`<!-- ${name}: made by \`npm run generate\` -->`, `<!-- end of ${name} -->`];
    const [before, rest] = result.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`docs/monitoring.md has no ${begin}`);
    return `${before}${begin}\n\n${part}\n\n${end}${after}`;
  }, text);
}

function dashboardsText(): string {
  return dashboardSpecs().map(dashboardText).join('\n\n');
}

function dashboardText({ name, title, description, rows }: DashboardSpec): string {
  const lines = rows.map((row) => {
    const panels = row.panels.map((panel) => panel.title);
    return `- ${row.title}: ${panels.join(' · ')}`;
  });
  return [
    `### ${title}`,
    '',
    description,
    '',
    ...lines,
    '',
    `![${title}](images/dashboard-${name}.png)`,
  ].join('\n');
}

function alertsText(): string {
  const environment = sampleEnvironment();
  const own: Environment = { ...environment, https: { secretName: 'hub-tls' } };
  const alerts = new Map([...alertsOf(environment), ...alertsOf(own)].map((rule) => [rule.alert, rule]));
  return [
    '| Alert | Fires when | What it means for people | Look further |',
    '|---|---|---|---|',
    ...[...alerts.values()].map(alertText),
  ].join('\n');
}

function alertsOf(environment: Environment): AlertRule[] {
  return alertRules(environment).flatMap(({ rules }) => rules as readonly AlertRule[]);
}

function alertText({ alert, labels, annotations, ...rule }: AlertRule): string {
  const { when, meaning, command } = annotations;
  const lasting = rule.for === undefined ? '' : `, for ${minutes(rule.for)}`;
  // The person is known when it fires.
  const look = command.replaceAll(/\{\{.*?\}\}/g, 'NAME');
  return `| **${alert}**<br>${labels.severity} | ${when}${lasting} | ${meaning} | \`${look}\` |`;
}

function minutes(duration: string): string {
  const number = Number.parseInt(duration, 10);
  return number === 1 ? 'a minute' : `${number} minutes`;
}

function sampleEnvironment(): Environment {
  const environment = loadConfig({ file: 'hub.yaml', text: sample }).environments.get('training');
  if (environment === undefined) throw new Error('the sample has mistakes');
  return environment;
}
