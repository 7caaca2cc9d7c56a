import type { Environment } from '../../../../config/schema/environment.ts';
import type { RuleGroup } from '../rules.ts';
import { hubNamespace } from '../rules.ts';
import { homeRules } from './homes.ts';
import { nodeRules } from './nodes.ts';
import { seatRules } from './seats.ts';
import { serverRules } from './servers.ts';

/** What dashboards, alerts and `usage` ask again and again, and what nobody could ask without the file. */
export function recordingRules(environment: Environment): readonly RuleGroup[] {
  return [
    environmentRules(environment),
    nodeRules,
    serverRules(environment),
    seatRules(environment),
    homeRules(environment),
  ];
}

/** Which environment a namespace is: Grafana lists them by it. */
function environmentRules(environment: Environment): RuleGroup {
  return {
    name: 'hubwright-environment',
    rules: [
      {
        record: 'hubwright:environment:info',
        expr: 'vector(1)',
        labels: {
          namespace: hubNamespace(environment),
          deployment: environment.deployment,
          environment: environment.name,
        },
      },
    ],
  };
}
