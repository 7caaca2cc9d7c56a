import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import { grafanaUrl } from '../../platform/kubernetes/monitoring/grafana.ts';
import { type Monitoring, stackNames, stackOf } from '../../platform/kubernetes/monitoring/names.ts';
import { oidcProvider } from '../../platform/oidc.ts';
import type { DashboardDoor } from '../target.ts';
import type { ClusterHost } from './cluster-host.ts';

type Cluster = Pick<ClusterHost, 'serviceAddress' | 'balancerAddress' | 'secrets'>;

/** The way to Grafana that the file asks for. */
export async function openDashboards(environment: Environment, host: Cluster): Promise<DashboardDoor> {
  const settings = stackOf(environment);
  if (settings === undefined) throw noGrafana(environment);
  const [{ url, forwarded }, logIn] = await Promise.all([
    address(environment, settings, host),
    logInOf(environment, host),
  ]);
  return { url, forwarded, logIn };
}

async function address(
  environment: Environment,
  settings: Monitoring,
  host: Cluster,
): Promise<Pick<DashboardDoor, 'url' | 'forwarded'>> {
  const service = { namespace: settings.namespace, name: stackNames.grafana };
  const known = grafanaUrl(environment, settings);
  if (known !== undefined) return { url: known, forwarded: false };
  if (settings.grafana.expose === 'portForward')
    return { url: await host.serviceAddress({ ...service, port: 80 }), forwarded: true };
  const given = await host.balancerAddress(service);
  if (given === undefined) throw noAddress(environment, service);
  return { url: `http://${given}/`, forwarded: false };
}

async function logInOf({ name, auth }: Environment, host: Cluster): Promise<DashboardDoor['logIn']> {
  if (auth.oidc) return { service: oidcProvider(auth.oidc).loginService };
  const password = (await host.secrets()).get('grafanaPassword');
  if (password !== undefined) return { name: 'admin', password };
  throw new UserError({
    what: 'Grafana has no password yet.',
    fix: `\`hubwright deploy ${name}\` makes one.`,
  });
}

function noGrafana({ name, monitoring }: Environment): UserError {
  const existing = typeof monitoring === 'object';
  return new UserError({
    what: existing
      ? `Environment ${name} uses a Prometheus that was there before; its Grafana is not Hubwright's.`
      : `Nothing is monitored in environment ${name}.`,
    where: existing ? 'monitoring.existingPrometheus' : 'monitoring',
    fix: existing
      ? 'Open that Grafana; it finds the dashboards by their label `grafana_dashboard` where its sidecar looks for them.'
      : `Write \`monitoring: {}\` under it, then \`hubwright deploy ${name}\`.`,
    exitCode: 2,
  });
}

function noAddress({ name }: Environment, service: { namespace: string; name: string }): UserError {
  return new UserError({
    what: 'The load balancer of Grafana has no address yet.',
    where: `Service ${service.namespace}/${service.name}`,
    fix: `Wait a minute. If it stays so: \`hubwright status ${name}\`.`,
  });
}
