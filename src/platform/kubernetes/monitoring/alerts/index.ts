import type { Environment } from '../../../../config/schema/environment.ts';
import type { RuleGroup } from '../rules.ts';
import { capacityAlerts } from './capacity.ts';
import { hubAlerts } from './hub.ts';
import { serverAlerts } from './servers.ts';
import { storageAlerts } from './storage.ts';

/** What somebody should be told of, with what it means for people and the command that looks further. */
export function alertRules(environment: Environment): readonly RuleGroup[] {
  return [
    { name: 'hubwright-alerts-hub', rules: hubAlerts(environment) },
    { name: 'hubwright-alerts-servers', rules: serverAlerts(environment) },
    { name: 'hubwright-alerts-capacity', rules: capacityAlerts(environment) },
    { name: 'hubwright-alerts-storage', rules: storageAlerts(environment) },
  ];
}
