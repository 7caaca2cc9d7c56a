import type { KubernetesApi } from '../kubernetes/api.ts';
import { type Journal, deleteJournal, openJournal } from '../kubernetes/journal.ts';

interface Where {
  readonly api: () => Promise<KubernetesApi>;
  readonly namespace: string;
  /** `hubwright deploy training` */
  readonly command: string;
}

/** Keeps in the cluster what a run does, from its first step on, until it has come to its end. */
export class RunJournal {
  readonly #where: Where;
  #journal: Promise<Journal> | undefined;

  constructor(where: Where) {
    this.#where = where;
  }

  /** Does the work of a step, written down before and after. */
  async step(id: string, title: string, work: () => Promise<void>): Promise<void> {
    const { api, namespace, command } = this.#where;
    this.#journal ??= api().then((open) => openJournal(open, namespace, command));
    const journal = await this.#journal;
    await journal.stepBegun(id, title);
    await work();
    await journal.stepDone(id);
  }

  /** Also where this run had nothing to do: an earlier one may have died after its last step. */
  async finished(): Promise<void> {
    const { api, namespace } = this.#where;
    await deleteJournal(await api(), namespace);
  }
}
