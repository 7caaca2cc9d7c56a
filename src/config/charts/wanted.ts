import type { Environment } from '../schema/environment.ts';
import { chartDefaults, type ChartKey } from './defaults.ts';

/** A chart as an environment asks for it. */
export interface WantedChart {
  readonly chart: ChartKey;
  /** Its name in a repository. */
  readonly name: string;
  /** The version in hub.yaml; `default` where there is none. */
  readonly asked: string;
  /** The version to get when it is locked for the first time; undefined for a file or folder, which has its own. */
  readonly version: string | undefined;
  readonly source: string;
  readonly kind: SourceKind;
}

/** An `archive` is a .tgz file, an `archiveUrl` one that is downloaded. */
type SourceKind = 'repository' | 'registry' | 'archiveUrl' | 'archive' | 'folder';

export function wantedChart({ charts }: Pick<Environment, 'charts'>, chart: ChartKey): WantedChart {
  const standard = chartDefaults[chart];
  const written = charts[chart];
  const source = written?.source ?? standard.source;
  const kind = kindOf(source);
  const own = kind === 'repository' || kind === 'registry' ? standard.version : undefined;
  return {
    chart,
    name: standard.name,
    asked: written?.version ?? 'default',
    version: written?.version ?? own,
    source,
    kind,
  };
}

export function kindOf(source: string): SourceKind {
  if (/^oci:\/\//i.test(source)) return 'registry';
  const isArchive = /\.(?:tgz|tar\.gz)$/i.test(source);
  if (/^https?:\/\//i.test(source)) return isArchive ? 'archiveUrl' : 'repository';
  return isArchive ? 'archive' : 'folder';
}
