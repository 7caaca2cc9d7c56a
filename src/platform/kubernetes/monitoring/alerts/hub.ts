import { tellDays } from '../../../../config/certificate-days.ts';
import type { Environment } from '../../../../config/schema/environment.ts';
import type { Values } from '../../../../config/values.ts';
import { hasAutohttps, hasOwnCertificate } from '../../jupyterhub/metrics.ts';
import { chartObject } from '../../jupyterhub/names.ts';
import { promql, quoted } from '../promql.ts';
import type { AlertRule } from '../rules.ts';
import type { Scope } from './alert.ts';
import { alert, scopeOf } from './alert.ts';

/** The hub, the proxy before it, its certificate and its database. */
export function hubAlerts(environment: Environment): AlertRule[] {
  const scope = scopeOf(environment);
  const object = (name: string): string =>
    quoted(chartObject(environment.kubernetes?.release ?? '', values(environment), name));
  return [
    hubDown(scope),
    proxyDown(scope, object('proxy')),
    hubBlocked(scope),
    proxyOutOfSockets(scope),
    databaseNearlyFull(scope, object('hub-db-dir')),
    ...(hasAutohttps(environment) ? [certificateExpires(scope)] : []),
    ...(hasOwnCertificate(environment) ? [ownCertificateExpires(scope)] : []),
  ];
}

function values({ helmValues }: Environment): Values {
  return (helmValues.jupyterhub ?? {}) as Values;
}

function hubDown({ name, namespace, ns }: Scope): AlertRule {
  return alert({
    name: 'HubDown',
    severity: 'critical',
    // `absent`, because the hub's pod can be gone, and comes back on another node.
    expr: `absent(up{job="hub", ${ns}} == 1)`,
    // A restart takes up to a minute.
    for: '3m',
    labels: { namespace },
    summary: `The hub of ${name} does not answer`,
    when: 'the hub does not answer Prometheus',
    meaning: 'Nobody can log in, or start or stop a server; notebooks that are open go on working.',
    command: `logs ${name} hub`,
  });
}

function proxyDown({ name, namespace, ns }: Scope, deployment: string): AlertRule {
  return alert({
    name: 'ProxyDown',
    severity: 'critical',
    // Not from the proxy's own metrics, which a closed port hides. Without kube-state-metrics nothing is known.
    expr: promql`
      absent(kube_deployment_status_replicas_available{${ns}, deployment=${deployment}} > 0)
      and on () group(kube_node_info)`,
    for: '1m',
    labels: { namespace },
    summary: `The proxy of ${name} is down`,
    when: 'no pod of the proxy is available',
    meaning:
      'Nobody reaches the hub or their notebook; what runs in notebooks goes on, but cannot be seen or saved.',
    command: `status ${name}`,
  });
}

function hubBlocked({ name, ns }: Scope): AlertRule {
  return alert({
    name: 'HubBlocked',
    severity: 'warning',
    expr: promql`
      1 -
        sum by (namespace) (rate(jupyterhub_event_loop_interval_seconds_bucket{${ns}, le="0.25"}[5m]))
        / sum by (namespace) (rate(jupyterhub_event_loop_interval_seconds_count{${ns}}[5m]))
      > 0.05`,
    for: '10m',
    summary: `The hub of ${name} is busy {{ $value | humanizePercentage }} of the time`,
    when: 'more than 5 % of the turns of its event loop take longer than a quarter of a second',
    meaning: 'Pages of the hub open slowly, and servers take longer to start or seem to have failed.',
    command: `logs ${name} hub`,
  });
}

function proxyOutOfSockets({ name, ns }: Scope): AlertRule {
  return alert({
    name: 'ProxyOutOfSockets',
    severity: 'warning',
    expr: promql`
      max by (namespace) (process_open_fds{job="proxy", ${ns}} / process_max_fds{job="proxy", ${ns}}) > 0.8`,
    for: '5m',
    summary: `The proxy of ${name} has used {{ $value | humanizePercentage }} of its connections`,
    when: 'more than 80 % of the file descriptors that the proxy may have are open',
    meaning: 'Soon no further notebook opens, and those that are open lose their kernels.',
    command: `logs ${name} proxy`,
  });
}

function databaseNearlyFull({ name, ns }: Scope, claim: string): AlertRule {
  const volume = `${ns}, persistentvolumeclaim=${claim}`;
  return alert({
    name: 'DatabaseNearlyFull',
    severity: 'critical',
    expr: promql`
      min by (namespace) (kubelet_volume_stats_available_bytes{${volume}})
      / min by (namespace) (kubelet_volume_stats_capacity_bytes{${volume}})
      < 0.1`,
    for: '10m',
    summary: `The volume of the database of ${name} has {{ $value | humanizePercentage }} left`,
    when: 'less than 10 % of the volume of its database is left',
    meaning: 'When it is full, nobody can log in, start a server or change a password.',
    command: `logs ${name} hub`,
  });
}

function certificateExpires({ name, ns }: Scope): AlertRule {
  return alert({
    name: 'CertificateExpires',
    severity: 'warning',
    // The series of a certificate that was renewed stays beside that of the new one.
    expr: `(max by (namespace, sans) (traefik_tls_certs_not_after{${ns}}) - time()) / 86400 < ${tellDays.letsEncrypt}`,
    summary: 'The certificate of {{ $labels.sans }} has {{ $value | printf "%.0f" }} days left',
    when: `the certificate of Let's Encrypt ends in less than ${tellDays.letsEncrypt} days`,
    meaning: 'It should have been renewed 30 days before its end; after that, browsers warn people off.',
    command: `logs ${name} certificates`,
  });
}

/** People have to renew it themselves, which takes them longer. */
function ownCertificateExpires({ name, ns }: Scope): AlertRule {
  return alert({
    name: 'OwnCertificateExpires',
    severity: 'warning',
    expr: `(max by (namespace, name) (hubwright_certificate_not_after_seconds{${ns}}) - time()) / 86400 < ${tellDays.own}`,
    summary: 'The certificate of {{ $labels.name }} has {{ $value | printf "%.0f" }} days left',
    when: `a certificate of your own ends in less than ${tellDays.own} days`,
    meaning: 'Nothing renews it by itself, and after that browsers warn people off.',
    command: `certificates ${name}`,
  });
}
