import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import type { LockGuard } from '../../ports.ts';
import { cannotMend, explainNetwork, explainStatus } from './explain.ts';
import type { Asked } from './explain.ts';
import type { HttpAnswer, HttpCall, Transport } from './transport.ts';

/** How long a call is tried for. */
export interface Patience {
  /** For one answer. */
  readonly attemptSeconds: number;
  /** For all attempts together. */
  readonly totalSeconds: number;
  readonly mostAttempts: number;
}

export const usualPatience: Patience = { attemptSeconds: 20, totalSeconds: 90, mostAttempts: 10 };

/** Attempts at a server that has not answered once: it is away, or the address is wrong. */
const attemptsAtSilence = 4;
const firstPauseMs = 200;
const longestPauseMs = 5000;
const longestRetryAfterSeconds = 30;

/** How calls are made. What is not given stays as it is. */
export interface Manner {
  /** Ends calls from outside: a lock that was lost. Asked before each request, for what a timer may be late for. */
  readonly guard?: LockGuard;
  readonly patience?: Partial<Patience>;
}

export interface Call extends Asked {
  readonly method: HttpCall['method'];
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The answer is text, not JSON. */
  readonly plain?: true;
  /** Statuses that are answers, not failures. */
  readonly allow?: readonly number[];
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or text where the call is plain; a Status object for statuses of `allow`. */
  readonly body: unknown;
}

/** Makes calls, again where that can help. Every call has to be safe to do twice. */
export class Caller {
  readonly transport: Transport;
  readonly #patience: Patience;
  readonly #guard: LockGuard | undefined;
  readonly #shared: { reached: boolean; clockAhead: number };

  constructor(
    transport: Transport,
    patience: Patience,
    guard?: LockGuard,
    shared: { reached: boolean; clockAhead: number } = { reached: false, clockAhead: 0 },
  ) {
    this.transport = transport;
    this.#patience = patience;
    this.#guard = guard;
    this.#shared = shared;
  }

  with({ guard = this.#guard, patience }: Manner): Caller {
    return new Caller(this.transport, { ...this.#patience, ...patience }, guard, this.#shared);
  }

  get clockAhead(): number {
    return this.#shared.clockAhead;
  }

  async call(call: Call): Promise<Answer> {
    // People may have to log in for it; that is no silence of the server's.
    await this.transport.credentials.get();
    const until = Date.now() + this.#patience.totalSeconds * 1000;
    let refused = false;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(call);
      if (outcome.kind === 'answer') return outcome.answer;
      // Fresh credentials that are refused too are not a matter of trying.
      if (outcome.refused && refused) throw outcome.error();
      refused ||= outcome.refused === true;
      const pause = pauseMs(attempt, outcome.retryAfter);
      if (!this.#mayRepeat(attempt, until - pause)) throw outcome.error();
      await sleep(pause, undefined, this.#guard ? { signal: this.#guard.signal } : {}).catch(() =>
        this.#stopIfEnded(),
      );
    }
  }

  /**
   * Gives the answer's text as it comes, until its end, until the connection is cut, or until the signal.
   *
   * @returns the error where trying again may help; undefined at the end.
   * @throws UserError where it does not help.
   */
  async stream(
    call: Call,
    write: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<UserError | undefined> {
    this.#stopIfEnded();
    const signals = [signal, this.#guard?.signal].filter((each) => each !== undefined);
    const { access } = this.transport;
    try {
      const response = await this.transport.open({ ...httpCall(call), signal: AbortSignal.any(signals) });
      response.setEncoding('utf8');
      const status = response.statusCode ?? 0;
      let refusal = '';
      for await (const text of response) {
        if (status >= 400) refusal += text as string;
        else write(text as string);
      }
      if (status < 400) return undefined;
      const error = explainStatus(
        { status, body: refusal, retryAfter: undefined, date: undefined },
        call,
        access,
      );
      if (repeatable.has(status)) return error;
      throw error;
    } catch (error) {
      if (signal?.aborted) return undefined;
      this.#stopIfEnded();
      if (error instanceof UserError) throw error;
      const explained = explainNetwork(error, access);
      if (cannotMend(error)) throw explained;
      return explained;
    }
  }

  #mayRepeat(attempt: number, lastBegin: number): boolean {
    const { mostAttempts } = this.#patience;
    const most = this.#shared.reached ? mostAttempts : Math.min(mostAttempts, attemptsAtSilence);
    return attempt < most && Date.now() < lastBegin;
  }

  async #attempt(call: Call): Promise<Outcome> {
    this.#stopIfEnded();
    const timeout = AbortSignal.timeout(this.#patience.attemptSeconds * 1000);
    try {
      const answer = await this.transport.send({
        ...httpCall(call),
        signal: this.#guard ? AbortSignal.any([timeout, this.#guard.signal]) : timeout,
      });
      this.#shared.reached = true;
      if (answer.date) this.#shared.clockAhead = Date.parse(answer.date) - Date.now();
      return this.#judge(call, answer);
    } catch (error) {
      this.#stopIfEnded();
      if (error instanceof UserError) throw error;
      const explained = (): UserError =>
        explainNetwork(
          error,
          this.transport.access,
          timeout.aborted ? this.#patience.attemptSeconds : undefined,
        );
      if (cannotMend(error)) throw explained();
      return { kind: 'again', retryAfter: undefined, error: explained };
    }
  }

  #judge(call: Call, answer: HttpAnswer): Outcome {
    const { status } = answer;
    if (repeatable.has(status))
      return {
        kind: 'again',
        retryAfter: answer.retryAfter,
        error: () => explainStatus(answer, call, this.transport.access),
      };
    if (status === 401 && this.transport.credentials.refused())
      return {
        kind: 'again',
        refused: true,
        retryAfter: undefined,
        error: () => explainStatus(answer, call, this.transport.access),
      };
    if ((status >= 200 && status < 300) || call.allow?.includes(status))
      return {
        kind: 'answer',
        answer: { status, body: call.plain ? answer.body : parseBody(answer, call, this.transport) },
      };
    throw explainStatus(answer, call, this.transport.access);
  }

  #stopIfEnded(): void {
    this.#guard?.signal.throwIfAborted();
    this.#guard?.check();
  }
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'again';
      readonly retryAfter: string | undefined;
      /** The credentials were, and can be had anew. */
      readonly refused?: true;
      readonly error: () => UserError;
    };

/** Overloaded, restarting, or a load balancer that finds no server behind it. */
const repeatable: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** The pause before the next attempt: as the server asks for, or doubled each time, with some chance in it. */
export function pauseMs(attempt: number, retryAfter: string | undefined, chance = Math.random()): number {
  const asked = Number(retryAfter);
  if (retryAfter !== undefined && Number.isFinite(asked))
    return Math.min(Math.max(asked, 0), longestRetryAfterSeconds) * 1000;
  return Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * (0.5 + chance / 2);
}

function httpCall({ method, path, headers, body }: Call): Omit<HttpCall, 'signal'> {
  return {
    method,
    path,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

function parseBody(answer: HttpAnswer, call: Call, { access }: Transport): unknown {
  // The server's own words for a path that it does not serve: no such group of kinds.
  if (answer.status === 404 && answer.body.trim() === '404 page not found') return {};
  try {
    return JSON.parse(answer.body) as unknown;
  } catch (error) {
    throw new UserError({
      what: 'What answers there is no Kubernetes API.',
      where: `${call.method} ${access.cluster.server}${call.path}`,
      fix:
        'See whether a proxy or a log-in page stands in between: `kubectl --context ' +
        access.context +
        ' version`.',
      details: answer.body.slice(0, 500),
      cause: error,
    });
  }
}
