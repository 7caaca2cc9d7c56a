import { hostname } from 'node:os';
import type { KubernetesObject } from '../../platform/kubernetes/system.ts';
import type { KubernetesApi } from './api.ts';

/** What a run does, kept in the cluster while it does it. Holds names and titles only, never a value. */
export interface JournalEntry {
  /** `hubwright deploy training` */
  readonly command: string;
  /** Where it runs. */
  readonly host: string;
  /** ISO 8601. */
  readonly begun: string;
  readonly steps: readonly JournalStep[];
}

interface JournalStep {
  readonly id: string;
  readonly title: string;
  readonly begun: string;
  readonly done?: string;
}

export interface Journal {
  /** Returns once it is written: what was begun is known even if this process dies the moment after. */
  stepBegun(id: string, title: string): Promise<void>;
  stepDone(id: string): Promise<void>;
}

const journalName = 'hubwright-journal';

/** Begins the journal of a run, for the holder of the lock. One that is there, of a run that died, is written over. */
export async function openJournal(api: KubernetesApi, namespace: string, command: string): Promise<Journal> {
  const begun = new Date().toISOString();
  const steps: JournalStep[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  // One after the other, each with all that happened until then.
  const write = (): Promise<unknown> => {
    queue = queue
      .catch(() => undefined)
      .then(() =>
        api.apply(journalObject(namespace, { command, host: hostname(), begun, steps }), { force: true }),
      );
    return queue;
  };
  await write();
  return {
    stepBegun: async (id, title) => {
      steps.push({ id, title, begun: new Date().toISOString() });
      await write();
    },
    stepDone: async (id) => {
      const at = steps.findIndex((step) => step.id === id);
      const step = steps[at];
      if (step) steps[at] = { ...step, done: new Date().toISOString() };
      await write();
    },
  };
}

/** A run came to its end: nothing is under way any more. */
export async function deleteJournal(api: KubernetesApi, namespace: string): Promise<void> {
  await api.delete(journalRef(namespace));
}

/** What a run that did not come to its end was doing; undefined: there was none. */
export async function readJournal(api: KubernetesApi, namespace: string): Promise<JournalEntry | undefined> {
  const found = await api.get<{ data?: { journal?: string } }>(journalRef(namespace));
  if (found?.data?.journal === undefined) return undefined;
  try {
    return JSON.parse(found.data.journal) as JournalEntry;
  } catch {
    // Written by hand; it says nothing that the cluster itself does not.
    return undefined;
  }
}

function journalObject(namespace: string, entry: JournalEntry): KubernetesObject {
  const labels = { 'app.kubernetes.io/managed-by': 'hubwright' };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: journalName, namespace, labels },
    data: { journal: JSON.stringify(entry, null, 1) },
  };
}

function journalRef(namespace: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: journalName, namespace };
}
