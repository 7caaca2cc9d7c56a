/** Something that is wrong, as `status` tells it. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly what: string;
  /** The command that mends it. */
  readonly fix: string;
  /** What was seen, where the sentence leaves it out: each a short line that somebody could look up again. */
  readonly evidence?: readonly string[];
}

/** What is in trouble. */
export type TroubleKind =
  /** Hub, proxy, or another part that runs all the time. */
  | 'part'
  | 'release'
  /** What records what happens. */
  | 'recording'
  /** A change that was begun and has not come to its end. */
  | 'interrupted'
  | 'certificate'
  | 'loadBalancer'
  /** A floating IP that is not where the file says. */
  | 'address'
  | 'node'
  /** Of a person. */
  | 'server'
  /** A person's volume. */
  | 'home'
  /** A part of Longhorn. */
  | 'storage'
  | 'storageClass'
  /** Limits of CPU and memory that could not be set. */
  | 'limits';
