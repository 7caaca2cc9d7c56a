import type { Step } from '../plan.ts';

/** Whom it hurts, worst first: findings are shown in this order. */
export const harms = [
  /** Nobody, or nobody new, gets in. */
  'nobodyGetsIn',
  /** Some people cannot work, or their work is at risk. */
  'someCannotWork',
  /** It works now, and will stop. */
  'willStop',
  /** It costs money or clutters, and hurts nobody. */
  'leftOver',
] as const;

export type Harm = (typeof harms)[number];

/** Something that is wrong, as the operator at nine o'clock wants to be told. */
export interface Finding {
  /** What it is about, in a word or two; with the check's id unique: `LoadBalancer proxy-public`. */
  readonly subject: string;
  readonly harm: Harm;
  /** A whole sentence, without its reasons: `The load balancer of proxy-public is in ERROR.` */
  readonly what: string;
  /** What was seen, with ids and times: each a short line that somebody could look up again. */
  readonly evidence: readonly string[];
  /** What it does to people. Whole sentences. */
  readonly meaning: string;
  /** The next thing to do: a sentence with a command in backquotes. */
  readonly fix: string;
  /** What `--fix` does; without it there is nothing that a program should do by itself. Ids are unique in all of a run. */
  readonly repair?: readonly Step[];
  /** For the cloud's operators, ready to be sent. */
  readonly message?: string;
}
