/** One thing to do. Steps whose needs are met run side by side. */
export interface Step<Action = unknown> {
  /** Stable and unique in its plan: `hub`, `python:standard`. */
  readonly id: string;
  readonly title: string;
  /** Why it has to be done, in plain words. */
  readonly reason: string;
  /** Ids of the steps that come first; those that the plan does not have count as done. */
  readonly needs: readonly string[];
  readonly action: Action;
  /** A plan with it comes to the same as one without: it keeps something for later, or who takes the lock does it too. */
  readonly incidental?: true;
  /** It mends what was left in the middle, and is told before it is begun. */
  readonly mends?: true;
}

/** Under this id it is noted that people's work is tried, after the steps of a deploy. */
export const checkId = 'verify';

/** What the plan means for those who are working right now. */
export interface Impact {
  readonly kind: 'loginAway' | 'websocketsCut' | 'serverStops' | 'nextStart' | 'untouched' | 'accessEnds';
  readonly people: readonly string[];
  /** A whole sentence. */
  readonly text: string;
}

/** Something to know that no step changes: a limit that cannot be enforced, an image that cannot run. */
export interface Note {
  readonly severity: 'info' | 'warning';
  readonly text: string;
}

/** A field that becomes another; both as JSON, and `(secret)` where it is one. */
export interface FieldChange {
  /** `singleuser.profileList[large].mem_limit` */
  readonly path: string;
  /** undefined: was not there. */
  readonly before: string | undefined;
  /** undefined: will not be there. */
  readonly after: string | undefined;
}

export interface ObjectChange {
  /** `Deployment hub` */
  readonly object: string;
  /** `restored`: somebody changed or deleted it by hand. */
  readonly kind: 'created' | 'changed' | 'deleted' | 'restored';
  readonly fields: readonly FieldChange[];
}

/** What changes in one system, for the reviewer. */
export interface SystemChange {
  readonly title: string;
  /** Of its Helm release. */
  readonly values: readonly FieldChange[];
  readonly objects: readonly ObjectChange[];
}

/** What a plan was made from, to tell later whether it is still so. */
export interface Basis {
  /** In plain words, by what it is about: `release hub/hub` → `revision 4, deployed`. */
  readonly facts: Readonly<Record<string, string>>;
  /** What the file asks for, by title; each is compared as a whole. */
  readonly wanted: Readonly<Record<string, unknown>>;
}

/** A release that a deploy changes, and the revision to which it goes back where the deploy fails. */
export interface WayBack {
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  /** Its newest revision before the deploy. */
  readonly newest: number;
  readonly to: number;
}

/** A revision of a release that one could go back to, or the one it is at. */
export interface RevisionChoice {
  readonly number: number;
  /** ISO 8601. */
  readonly deployedAt: string;
  readonly chart: string;
  readonly status: string;
  readonly description: string;
  readonly is: 'current' | 'chosen' | 'other';
  /** Why it is not safe to go there. */
  readonly hindrance?: string;
}

/** Why a plan may be looked at, and must not be done. Told as a UserError. */
export interface Refusal {
  readonly what: string;
  readonly where: string;
  readonly fix: string;
  /** Who says so. */
  readonly details?: string;
  /** 2: it is the file that has to change; otherwise time or `--repair` mends it. */
  readonly exitCode?: 2;
}

export interface Plan<Action = unknown> {
  readonly environment: string;
  readonly steps: readonly Step<Action>[];
  readonly impacts: readonly Impact[];
  readonly notes: readonly Note[];
  /** Field by field; the local target has none. */
  readonly changes?: readonly SystemChange[];
  /** The local target has none: its plans are not kept. */
  readonly basis?: Basis;
  /** Of a deploy that goes back where it fails. */
  readonly waysBack?: readonly WayBack[];
  /** Of such a deploy: a way that can only be gone with the database that is saved before. */
  readonly wayWithDatabase?: WayBack;
  /** After a deploy that failed: what else people can do, a sentence with a command. */
  readonly offer?: string;
  /** Of a rollback, newest first. */
  readonly revisions?: readonly RevisionChoice[];
  readonly refusal?: Refusal;
}
