/**
 * The outside world as the inner folders see it. `adapters/` implements these; tests may bring their own.
 */

/** Which process it is: ids are reused, a pair of id and start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system tells it; compared as text, never read. */
  readonly startTime: string;
}

export interface Clock {
  now(): Date;
  /** Resolves after that many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Seconds that Helm gives each hook, where people set no `--timeout`: the pre-puller of z2jh pulls images of several GB, and
 * the seed gives 25 minutes. A Helm of somebody else counts as dead after that.
 */
export const hookSeconds = 25 * 60;

/** Held until released, or until the process that holds it is gone. */
export interface Lock {
  release(): Promise<void>;
  /** For locks that can be lost while they are held; those of this machine end with the process alone. */
  readonly guard?: LockGuard;
}

export interface LockGuard {
  /** Given with the reason once the lock is lost. */
  readonly signal: AbortSignal;
  /** @throws UserError when we cannot be sure any more that nobody else has it. */
  check(): void;
}

/** A person's server as the hub tells of it. */
export interface RunningServer {
  readonly user: string;
  /** Slug of the profile it was started with; undefined when the hub does not say. */
  readonly profile: string | undefined;
  /** Fingerprint of the profile's settings at that time. */
  readonly fingerprint: string | undefined;
  /** ISO 8601. */
  readonly started: string | undefined;
  readonly lastActivity: string | undefined;
  readonly ready: boolean;
  /** Of a cluster, on which it runs; undefined before that is known. */
  readonly node?: string;
  /** Whether limits were set for it when it started; undefined when the hub does not say. */
  readonly limited?: boolean;
}

export interface HubUser {
  readonly name: string;
  readonly admin: boolean;
  readonly lastActivity: string | undefined;
  readonly server: RunningServer | undefined;
}

/** Names of people who exist for one `verify` only begin like this, so that everybody can see what they are. */
export const temporaryPrefix = 'hubwright-verify-';

/** Somebody whom a `verify` made, and did not live to take away. */
export function isTemporary(name: string): boolean {
  return name.startsWith(temporaryPrefix);
}

/** A person, with the namespace of the environment where that is another one: `ann`, `ann (testing)`. */
export function whose(server: { readonly user: string; readonly elsewhere: string | undefined }): string {
  return server.elsewhere === undefined ? server.user : `${server.user} (${server.elsewhere})`;
}

/** The hub's REST API, asked with the tool's own service token. */
export interface HubApi {
  users(): Promise<readonly HubUser[]>;
  /** Removes the person from the hub and stops their server. */
  deleteUser(name: string): Promise<void>;
  createUser(name: string): Promise<void>;
  /** Makes the hub read the list of accounts now. @returns the SHA-256 of the text that it has read. */
  syncAccounts(): Promise<string>;
  /** Names of people who have chosen a password of their own. */
  changedPasswords(): Promise<ReadonlySet<string>>;
  /** A token with which the tool acts as that person; for hubs whose log-in page it cannot use. */
  createToken(name: string): Promise<string>;
  /** Makes the hub tell a new proxy about everybody's routes. */
  syncProxy(): Promise<void>;
  /** What the hub tells Prometheus, in its text format. */
  metrics(): Promise<string>;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What one DNS resolver says of a name. */
export interface DnsAnswer {
  readonly resolver: string;
  readonly a: readonly string[];
  readonly aaaa: readonly string[];
  /** Who may issue certificates for it: of the name itself, or of its nearest parent that says so. */
  readonly caa: readonly CaaRecord[];
  /** Why it could not say all of that: `A: it does not answer`. */
  readonly failures: readonly string[];
}

export interface CaaRecord {
  readonly tag: 'issue' | 'issuewild' | 'other';
  /** `letsencrypt.org`; empty forbids everybody. */
  readonly value: string;
}

/** Prometheus' HTTP API. What is asked is PromQL. */
export interface PrometheusApi {
  /** @param at Unless said, now by its own clock. */
  query(expression: string, at?: Date): Promise<readonly Sample[]>;
  /** How long it keeps samples, in its words: `15d or 20GiB`. undefined: it does not say. */
  retention(): Promise<string | undefined>;
}

/** How a person gets in: with a password through the log-in page, or with a token of the hub's. */
export type Credentials =
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  | { readonly kind: 'token'; readonly name: string; readonly token: string };

/** A person at the hub, without a browser: follows redirects, keeps cookies, speaks to kernels. */
export interface Person {
  logIn(): Promise<void>;
  /** Starts a server of that profile and waits until it can be used. */
  startServer(profile: string): Promise<void>;
  startKernel(): Promise<Kernel>;
  stopServer(): Promise<void>;
}

export interface Kernel {
  /** Runs a cell and gives what it printed; throws with the traceback's last line when the cell failed. */
  run(code: string): Promise<string>;
  close(): Promise<void>;
}
