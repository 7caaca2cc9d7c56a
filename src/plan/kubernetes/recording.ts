/** Whom Prometheus asks, as it says itself. */
export interface RecordingSeen {
  /** Parts of the environment, and what tells of nodes. */
  readonly targets: readonly RecordedTarget[];
}

export interface RecordedTarget {
  /** `hub`, `proxy`, `autohttps` or `node-exporter`. */
  readonly job: string;
  readonly instance: string;
  /** Whether it answered when it was last asked. */
  readonly answers: boolean;
}

/** What tells of nodes, in the job that its chart gives it. */
export const nodeExporter = 'node-exporter';

/** An address with a port, where the node's name should be: series of it are lost to panels by node. */
export function isAddress(instance: string): boolean {
  return /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\]):\d+$/i.test(instance);
}
