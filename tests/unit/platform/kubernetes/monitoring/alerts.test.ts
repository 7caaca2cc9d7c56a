import { describe, expect, test } from 'vitest';
import { catalog } from '../../../../../src/cli/catalog.ts';
import type { Environment } from '../../../../../src/config/schema/environment.ts';
import { sharedLogs } from '../../../../../src/operate/target.ts';
import { alertRules } from '../../../../../src/platform/kubernetes/monitoring/alerts/index.ts';
import { compileKubernetes } from '../../../../../src/platform/kubernetes/index.ts';
import { prometheusRule } from '../../../../../src/platform/kubernetes/monitoring/rules.ts';
import { alertsOf, course, environments } from '../../../../support/monitoring/recorded.ts';
import { clusterEnvironment, shortFiles } from '../environments.ts';

const all = Object.entries(environments);
const names = (environment: Environment): string[] => alertsOf(environment).map(({ alert }) => alert);
const withFile = (yaml: string): Environment =>
  clusterEnvironment(`
auth: { accounts: { admins: [alex] } }
${/^https:/m.test(yaml) ? '' : 'https: off'}
profiles: { b: { displayName: B, image: "e/b:1" }, a: { displayName: A, image: "e/a:1" } }
${yaml}`);

/** What is wrong with a command: it has to be one that is there, of this environment. */
function wrongWith(command: string, environment: string): string | undefined {
  const [program, verb, ...words] = command.split(' ');
  if (program !== 'hubwright') return 'not ours';
  if (!catalog.some(({ name }) => name === verb)) return `no command ${verb}`;
  if (words[0] !== environment) return 'of no environment';
  const [kind, ...rest] = words.slice(1);
  if (verb !== 'logs') return kind === undefined ? undefined : 'too many words';
  if (kind === 'user') return rest.length > 0 ? undefined : 'nobody’s log';
  return sharedLogs.some((part) => part === kind) && rest.length === 0 ? undefined : 'no such log';
}

describe('alerts', () => {
  test.each(all)('of %s name a command that is there', (_name, environment) => {
    for (const { alert, annotations } of alertsOf(environment)) {
      expect(wrongWith(annotations.command, environment.name), alert).toBeUndefined();
    }
  });

  test.each([
    ['hubwright nurse course', 'no command nurse'],
    ['hubwright logs course longhornn', 'no such log'],
    ['hubwright logs course user', 'nobody’s log'],
    ['hubwright status', 'of no environment'],
    ['kubectl get pods', 'not ours'],
  ])('%s would be found to be wrong', (command, fault) => {
    expect(wrongWith(command, 'course')).toBe(fault);
  });

  test.each(all)(
    'of %s have one plain sentence on what they mean, and a name of their own',
    (_name, environment) => {
      for (const { alert, annotations } of alertsOf(environment)) {
        expect(annotations.meaning, alert).toMatch(/^[A-Z][^.{}]+\.$/);
        expect(annotations.when, alert).toMatch(/^[^.{}]+[^.]$/);
        expect(annotations.summary, alert).not.toMatch(/\.$/);
      }
      expect(new Set(names(environment)).size).toBe(names(environment).length);
    },
  );

  test('a certificate is watched where it comes from Let’s Encrypt', () => {
    expect(names(course)).toContain('CertificateExpires');
    expect(names(environments['own-certificate']!)).not.toContain('CertificateExpires');
  });

  test('Longhorn is watched where there is one, and placeholders where there are some', () => {
    expect(names(course)).toEqual(
      expect.arrayContaining(['VolumeDegraded', 'VolumeFaulted', 'PlaceholdersUnschedulable']),
    );
    const without = names(withFile('longhorn: off'));
    expect(without).not.toContain('VolumeDegraded');
    expect(without).not.toContain('PlaceholdersUnschedulable');
  });

  test('seats are those of the profile that people get who choose none', () => {
    const expr = alertsOf(withFile('')).find(({ alert }) => alert === 'NoFreeSeat')?.expr;
    expect(expr).toContain('profile="b"');
  });

  test('proxy, database and the Secret of the token are called what the chart calls them', () => {
    const environment = withFile('helmValues: { jupyterhub: { fullnameOverride: own } }');
    const text = JSON.stringify(alertsOf(environment).map(({ expr }) => expr));
    expect(text).toContain(String.raw`deployment=\"own-proxy\"`);
    expect(text).toContain(String.raw`persistentvolumeclaim=\"own-hub-db-dir\"`);
    const watched = withFile('monitoring: {}\nhelmValues: { jupyterhub: { fullnameOverride: own } }');
    const objects = compileKubernetes(watched, shortFiles).find(({ id }) => id === 'metrics')?.objects;
    expect(objects?.[0]).toMatchObject({
      spec: { endpoints: [{ authorization: { credentials: { name: 'own-hub' } } }] },
    });
  });

  test('are an object of the environment, in its namespace', () => {
    expect(prometheusRule(course, alertRules(course))).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: 'hubwright',
        namespace: 'jupyterhub',
        labels: { 'hubwright/system': 'metrics', 'hubwright/environment': 'course' },
      },
      spec: { groups: [{ name: 'hubwright-alerts-hub' }, {}, {}, {}] },
    });
  });
});
