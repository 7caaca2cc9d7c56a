import type { Environment } from '../../config/schema/environment.ts';
import { UserError } from '../../errors.ts';
import type { LocalAction } from '../../plan/local/actions.ts';
import { planDown } from '../../plan/local/plan-down.ts';
import { installation } from '../../plan/local/prometheus.ts';
import { planAccounts, planUp } from '../../plan/local/plan-up.ts';
import type { Plan } from '../../plan/plan.ts';
import { compileLocal } from '../../platform/local/compile.ts';
import type { HubConnection, Intent, LogPart, PrometheusConnection, Target } from '../target.ts';
import type { LocalHost } from './local-host.ts';
import { localStatus } from './local-status.ts';
import { notHere } from './not-here.ts';
import { notRecorded } from './not-recorded.ts';

/** The environment on this machine. */
export function localTarget(environment: Environment, host: LocalHost): Target {
  return {
    environment,
    lock: (purpose) => host.lock(purpose),
    plan: (intent) => plan(environment, host, intent),
    // A plan that was made above holds nothing but local actions.
    perform: (step, report) => host.perform(step.action as LocalAction, report),
    status: () => localStatus(environment, host),
    url: async () => host.publicUrl(),
    hub: () => connect(environment, host),
    prometheus: () => prometheusOf(environment, host),
    accounts: host.accounts,
    render: () => Promise.reject(notRendered(environment)),
    dashboards: () => Promise.reject(noDashboards(environment)),
    readLog: async (part, options) => host.tail(logFile(host, part), options),
  };
}

async function plan(environment: Environment, host: LocalHost, intent: Intent): Promise<Plan<LocalAction>> {
  if (intent.kind === 'addresses' || intent.kind === 'certificate' || intent.kind === 'nodes')
    throw notHere[intent.kind](environment.name);
  if (intent.kind === 'destroy') throw notDestroyed(environment);
  if (intent.kind === 'rollback' || intent.kind === 'return') throw notRolledBack(environment);
  if (intent.kind === 'deploy' && intent.rollbackOnFailure) throw notRolledBack(environment);
  if (intent.kind === 'down') return planDown(environment.name, await host.running(), intent.keepServers);
  const system = compileLocal(environment);
  const observed = await host.observe(system);
  if (intent.kind === 'accounts') return planAccounts(environment, system, observed);
  return planUp(environment, system, observed);
}

function notRendered({ name }: Environment): UserError {
  return new UserError({
    what: `\`render\` is for clusters; ${name} runs on this machine.`,
    fix: `\`hubwright plan ${name}\` shows what would be done.`,
    exitCode: 2,
  });
}

function noDashboards({ name }: Environment): UserError {
  return new UserError({
    what: `Dashboards are shown by the Grafana of a cluster; ${name} runs on this machine.`,
    fix: `\`hubwright status ${name}\` has the figures.`,
    exitCode: 2,
  });
}

function notDestroyed({ name }: Environment): UserError {
  return new UserError({
    what: `\`destroy\` is for clusters; ${name} runs on this machine.`,
    fix: `\`hubwright down ${name}\` stops it; homes and passwords stay.`,
    exitCode: 2,
  });
}

function notRolledBack({ name }: Environment): UserError {
  return new UserError({
    what: `Only releases on a cluster have revisions to go back to; ${name} runs on this machine.`,
    fix: `Put the earlier hub.yaml back, then \`hubwright up ${name}\`.`,
    exitCode: 2,
  });
}

async function connect({ name }: Environment, host: LocalHost): Promise<HubConnection> {
  const { hub } = await host.running();
  if (hub.state !== 'running') {
    throw new UserError({
      what: hub.state === 'crashed' ? 'The hub has stopped by itself.' : 'The hub is not running.',
      where: `environment ${name}`,
      fix: `\`hubwright up ${name}\` starts it.`,
      details: hub.state === 'crashed' ? hub.lastLines.join('\n') : undefined,
    });
  }
  const [url, api] = await Promise.all([host.publicUrl(), host.hubApi()]);
  return { url, api, person: (credentials) => host.person(url, credentials) };
}

async function prometheusOf(
  { name, monitoring }: Environment,
  host: LocalHost,
): Promise<PrometheusConnection> {
  const url = await host.prometheusUrl();
  if (url !== undefined) return { api: host.prometheus(url), namespace: name };
  if (typeof monitoring !== 'object') throw notRecorded(name);
  throw new UserError({
    what: 'Prometheus is not running.',
    where: `environment ${name}`,
    fix: (await host.hasPrometheus())
      ? `\`hubwright up ${name}\` starts it.`
      : `Install it (${installation}); then \`hubwright up ${name}\` starts it.`,
  });
}

/** @throws UserError for parts that only a cluster has. */
function logFile({ logFiles }: LocalHost, part: LogPart): string {
  if (part.kind === 'user') return logFiles.user(part.name);
  if (part.kind === 'hub' || part.kind === 'proxy' || part.kind === 'prometheus') return logFiles[part.kind];
  throw new UserError({
    what: `There is no ${part.kind} on this machine.`,
    fix: 'Its logs are `hub`, `proxy`, `prometheus` and `user NAME`.',
    exitCode: 2,
  });
}
