/** A path into the config: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** Where something is written. Lines and columns start at 1; columns count UTF-16 units, as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How much of the line belongs to it. */
  readonly length?: number;
}

type Severity = 'error' | 'warning';

/** One thing that is wrong with the file, said once, with its place and what to write instead. */
export interface Problem {
  /** Stable name, for `--json` and for tests. */
  readonly code: string;
  readonly severity: Severity;
  /** Path in the file as written, such as `environments.training.profiles.gpu.gpus.count`. */
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
  readonly place: Place;
  /** The environments it concerns; empty if it concerns the file as a whole. */
  readonly environments: readonly string[];
  /** The line may hold a secret: show the key and hide what is behind it. */
  readonly masked?: true;
}

/**
 * What a check found in one merged environment, before it is known where that was written.
 * `path` counts from the environment.
 */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly path: Path;
  /** Point to the key (a name that is wrong) or to the value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly fix: string;
  readonly masked?: true;
}
