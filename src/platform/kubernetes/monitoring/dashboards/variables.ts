import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { inEnvironment } from './panel.ts';
import type { VariableName } from './panel.ts';

/** What can be chosen above a dashboard: where the data comes from, and what of it is looked at. */
export function variables(
  names: readonly VariableName[],
  datasource: { readonly type: string; readonly uid: string },
): Builder<dashboard.VariableModel>[] {
  return [
    new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    ...names.map((name) => (name === 'environment' ? environment() : chosen(name)).datasource(datasource)),
  ];
}

/** Shown by its name, asked for by its namespace. */
function environment(): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder('environment')
    .label('Environment')
    .query('query_result(hubwright:environment:info)')
    .regex('/environment="(?<text>[^"]+)|namespace="(?<value>[^"]+)/g')
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

const chosenFrom = {
  node: { label: 'Node', query: 'label_values(hubwright:node:info, node)' },
  profile: { label: 'Profile', query: `label_values(hubwright:server:info{${inEnvironment}}, profile)` },
  user: { label: 'Person', query: `label_values(hubwright:server:info{${inEnvironment}}, user)` },
};

/** One, several or all. */
function chosen(name: keyof typeof chosenFrom): dashboard.QueryVariableBuilder {
  const { label, query } = chosenFrom[name];
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .query(query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.NaturalAsc);
}
