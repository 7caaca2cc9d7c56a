import type { Environment } from '../../../../config/schema/environment.ts';
import { promql, quoted } from '../promql.ts';
import type { RuleGroup } from '../rules.ts';
import { hubNamespace } from '../rules.ts';
import { nameAnnotation } from './servers.ts';

/** How full homes are, by the name of the person. The kubelet tells it while a server has the home mounted. */
export function homeRules(environment: Environment): RuleGroup {
  const ns = `namespace=${quoted(hubNamespace(environment))}`;
  return {
    name: 'hubwright-homes',
    rules: ['available', 'capacity'].map((what) => ({
      record: `hubwright:home:${what}_bytes`,
      expr: ofHomes(
        ns,
        `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_${what}_bytes{${ns}})`,
      ),
    })),
  };
}

/** Those of a query's claims that are homes, with the person's name. */
export function ofHomes(ns: string, query: string): string {
  return promql`
    ${query}
    * on (namespace, persistentvolumeclaim) group_left (user)
    max by (namespace, persistentvolumeclaim, user) (
      label_replace(
        kube_persistentvolumeclaim_annotations{${ns}, ${nameAnnotation}!=""},
        "user", "$1", "${nameAnnotation}", "(.+)"
      )
    )`;
}
