/** Beside hub.yaml. Stands alone: whoever only looks for the file need not load what reads it. */
export const lockName = 'hub.lock.yaml';
