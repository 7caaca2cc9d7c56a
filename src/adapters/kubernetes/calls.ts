import { UserError } from '../../errors.ts';
import type { LockGuard } from '../../ports.ts';
import {
  type Manner,
  type Outcome,
  type Patience,
  persist,
  retryAfterSeconds,
  stopIfEnded,
} from '../persist.ts';
import { cannotMend } from '../requests.ts';
import { explainNetwork, explainStatus } from './explain.ts';
import type { Asked } from './explain.ts';
import type { HttpAnswer, HttpCall, Transport } from './transport.ts';

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

interface Answer {
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
    return persist(() => this.#attempt(call), {
      patience: this.#patience,
      guard: this.#guard,
      reached: () => this.#shared.reached,
    });
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
    stopIfEnded(this.#guard);
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
      stopIfEnded(this.#guard);
      if (error instanceof UserError) throw error;
      const explained = explainNetwork(error, access);
      if (cannotMend(error)) throw explained;
      return explained;
    }
  }

  async #attempt(call: Call): Promise<Outcome<Answer>> {
    stopIfEnded(this.#guard);
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
      stopIfEnded(this.#guard);
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

  #judge(call: Call, answer: HttpAnswer): Outcome<Answer> {
    const { status } = answer;
    if (repeatable.has(status))
      return {
        kind: 'again',
        retryAfter: retryAfterSeconds(answer.retryAfter, answer.date),
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
}

/** Overloaded, restarting, or a load balancer that finds no server behind it. */
const repeatable: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

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
