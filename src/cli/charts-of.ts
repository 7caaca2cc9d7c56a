import { type WantedChart, wantedChart } from '../config/charts/wanted.ts';
import type { Environment } from '../config/schema/environment.ts';
import { compileKubernetes, noRuntimeFiles } from '../platform/kubernetes/index.ts';

/** The charts that an environment asks for; none on this machine. */
export function chartsOf(environment: Environment): WantedChart[] {
  if (environment.target !== 'kubernetes') return [];
  return compileKubernetes(environment, noRuntimeFiles).flatMap(({ release }) =>
    release === undefined ? [] : [wantedChart(environment, release.chart)],
  );
}
