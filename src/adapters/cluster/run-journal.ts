import type { KubernetesApi } from '../kubernetes/api.ts';
import { type Journal, deleteJournal, openJournal, readJournal } from '../kubernetes/journal.ts';

interface Where {
  readonly api: () => Promise<KubernetesApi>;
  readonly namespace: string;
  /** `hubwright deploy training`. undefined: no journal is kept, and one that is there is left alone. */
  readonly command: string | undefined;
}

/** Keeps in the cluster what a run does, from its first step on, until it has come to its end. */
export class RunJournal {
  readonly #where: Where;
  #journal: Promise<Journal> | undefined;

  constructor(where: Where) {
    this.#where = where;
  }

  /** Does the work of a step, written down before and after. */
  async step<Result>(id: string, title: string, work: () => Promise<Result>): Promise<Result> {
    const { api, namespace, command } = this.#where;
    if (command === undefined) return work();
    this.#journal ??= api().then((open) => openJournal(open, namespace, command));
    const journal = await this.#journal;
    await journal.stepBegun(id, title);
    const result = await work();
    await journal.stepDone(id);
    return result;
  }

  /** Whether the same command has left it, and not come to its end. */
  async isLeft(): Promise<boolean> {
    const { api, namespace, command } = this.#where;
    return command !== undefined && (await readJournal(await api(), namespace))?.command === command;
  }

  /** Also where this run had nothing to do: an earlier one may have died after its last step. */
  async finished(): Promise<void> {
    const { api, namespace, command } = this.#where;
    if (command !== undefined) await deleteJournal(await api(), namespace);
  }
}
