import type { Environment } from '../schema/environment.ts';

/** The charts by their key under `charts` in hub.yaml. */
export type ChartKey = keyof Environment['charts'];

interface ChartDefault {
  /** What people call it. */
  readonly title: string;
  /** Its name in a repository. */
  readonly name: string;
  readonly version: string;
  /** The official repository. */
  readonly source: string;
}

/** What is installed where hub.yaml says nothing. Faults of versions: `config/rules/charts.ts`. */
export const chartDefaults: Readonly<Record<ChartKey, ChartDefault>> = {
  // 2026-06-10, with the security fixes of 4.3.3, 4.3.4 and 4.4.0 (its docs/source/changelog.md).
  jupyterhub: {
    title: 'JupyterHub',
    name: 'jupyterhub',
    version: '4.4.0',
    source: 'https://hub.jupyter.org/helm-chart/',
  },
  // Marked stable on 2026-05-13 (longhorn/longhorn pull request 13086), without the leak of 1.11.0 (issue 12573). Not
  // 1.11.3 nor 1.12.1: those need Kubernetes 1.34 (issue 13576), although their Chart.yaml says 1.25.
  longhorn: {
    title: 'Longhorn',
    name: 'longhorn',
    version: '1.11.2',
    source: 'https://charts.longhorn.io',
  },
  // Tag kube-prometheus-stack-90.1.1 of prometheus-community/helm-charts.
  monitoring: {
    title: 'Monitoring',
    name: 'kube-prometheus-stack',
    version: '90.1.1',
    source: 'https://prometheus-community.github.io/helm-charts',
  },
};
