import type { Values } from '../../config/values.ts';

/** An object as the Kubernetes API takes it; a Secret holds references in place of its contents. */
export interface KubernetesObject extends Values {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Missing for what belongs to the whole cluster. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The charts that Hubwright installs, by their key under `charts` in hub.yaml and in hub.lock.yaml. */
export type ChartName = 'jupyterhub' | 'longhorn' | 'monitoring';

/** A Helm release as it should be. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: ChartName;
  readonly values: Values;
}

export type SystemId = 'longhorn' | 'jupyterhub' | 'materials' | 'metrics' | 'monitoring' | 'placeholders';

/** Something that an environment needs in its cluster: a Helm release, objects of our own, or both. */
export interface System {
  readonly id: SystemId;
  /** What people call it: `JupyterHub`. */
  readonly title: string;
  /** Whose it is. What the cluster shares is installed with the first environment and outlives the last one. */
  readonly scope: 'cluster' | 'environment';
  /** Systems that have to be ready before this one is begun. */
  readonly needs: readonly SystemId[];
  readonly release?: Release;
  /** Applied by ourselves, before the release, with the field manager `hubwright`. */
  readonly objects: readonly KubernetesObject[];
}
