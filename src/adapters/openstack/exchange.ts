import { randomUUID } from 'node:crypto';
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
import {
  type Asked,
  type Context,
  explainAnswer,
  explainNonsense,
  explainSilence,
  isBusy,
  neverSent,
} from './explain.ts';
import type { Fetch, FetchInit } from './http.ts';
import { fetchAt } from './redirects.ts';

export interface Request extends Asked {
  /** Asked before each attempt: a token may have been renewed. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** The token was refused; the next `headers` have another. */
  readonly refused?: () => void;
  readonly body?: object | undefined;
  /** Statuses that are answers, not failures. */
  readonly allow?: readonly number[];
  /** Whether it may be done twice, where it is not known whether it was done. Unless said, anything but a POST may. */
  readonly mayRepeat?: boolean;
  /** Goes on trying while the object is being changed by somebody else (409 with PENDING_*). */
  readonly whileBusy?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined where there is none, and for failures. */
  readonly body: unknown;
}

/** Overloaded: nothing was done. */
const refusedForNow: ReadonlySet<number> = new Set([429, 503]);
/** Something went wrong on the way or within: it may have been done. */
const uncertain: ReadonlySet<number> = new Set([408, 500, 502, 504]);

/** Makes requests, again where that can help: a POST only where it is sure that nothing was done. */
export class Exchange {
  readonly context: Context;
  readonly #fetch: Fetch;
  readonly #patience: Patience;
  readonly #guard: LockGuard | undefined;
  /** Hosts that have answered once. */
  readonly #reached: Set<string>;

  constructor(
    context: Context,
    fetch: Fetch,
    { patience, guard }: { readonly patience: Patience; readonly guard?: LockGuard | undefined },
    reached: Set<string> = new Set(),
  ) {
    this.context = context;
    this.#fetch = fetch;
    this.#patience = patience;
    this.#guard = guard;
    this.#reached = reached;
  }

  with({ guard = this.#guard, patience }: Manner): Exchange {
    const manner = { guard, patience: { ...this.#patience, ...patience } };
    return new Exchange(this.context, this.#fetch, manner, this.#reached);
  }

  /** @throws OpenstackError where there is no answer, or one that is a failure. */
  async send(request: Request): Promise<Answer> {
    const { host } = new URL(request.url);
    return persist(() => this.#attempt(request, host), {
      patience: this.#patience,
      guard: this.#guard,
      reached: () => this.#reached.has(host),
    });
  }

  async #attempt(request: Request, host: string): Promise<Outcome<Answer>> {
    stopIfEnded(this.#guard);
    // What these need is asked for with a patience of its own.
    const own = await request.headers?.();
    const requestId = `req-${randomUUID()}`;
    const timeout = AbortSignal.timeout(this.#patience.attemptSeconds * 1000);
    const signal = this.#guard ? AbortSignal.any([timeout, this.#guard.signal]) : timeout;
    let response: Response, text: string;
    try {
      response = await fetchAt(
        this.#fetch,
        initOf(request, { requestId, own, signal }),
        request,
        this.context,
      );
      text = await response.text();
    } catch (error) {
      stopIfEnded(this.#guard);
      if (error instanceof UserError) throw error;
      return this.#silence(error, request, requestId, timeout.aborted);
    }
    this.#reached.add(host);
    return this.#judge(request, response, text);
  }

  #silence(error: unknown, request: Request, requestId: string, timedOut: boolean): Outcome<Answer> {
    // What `fetch failed` means stands in its cause.
    const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
    const waited = timedOut ? this.#patience.attemptSeconds : undefined;
    const explained = explainSilence(cause, request, this.context, { waited, requestId });
    if (cannotMend(cause) || !(mayRepeat(request) || neverSent(cause))) throw explained;
    return { kind: 'again', retryAfter: undefined, error: () => explained };
  }

  #judge(request: Request, response: Response, text: string): Outcome<Answer> {
    const { status, headers } = response;
    if (response.ok || request.allow?.includes(status))
      return { kind: 'answer', answer: { status, headers, body: this.#parse(text, request, status) } };
    const requestId =
      headers.get('x-openstack-request-id') ?? headers.get('x-compute-request-id') ?? undefined;
    const failure = { status, body: text, requestId };
    const explained = explainAnswer(failure, request, this.context);
    const refused = status === 401 && request.refused !== undefined;
    if (refused) request.refused();
    if (!refused && !this.#mayHelp(request, failure)) throw explained;
    return {
      kind: 'again',
      retryAfter: retryAfterSeconds(headers.get('retry-after'), headers.get('date')),
      ...(refused ? { refused } : {}),
      error: () => explained,
    };
  }

  #mayHelp(request: Request, failure: Parameters<typeof isBusy>[0]): boolean {
    const { status } = failure;
    if (refusedForNow.has(status)) return true;
    if (uncertain.has(status)) return mayRepeat(request);
    return request.whileBusy === true && isBusy(failure);
  }

  #parse(text: string, request: Request, status: number): unknown {
    if (status >= 400 || (text === '' && request.method !== 'GET')) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw explainNonsense(text, request, this.context);
    }
  }
}

function initOf(
  { method, body }: Request,
  given: {
    readonly requestId: string;
    readonly own: Readonly<Record<string, string>> | undefined;
    readonly signal: AbortSignal;
  },
): FetchInit {
  return {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': 'hubwright',
      'x-openstack-request-id': given.requestId,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...given.own,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: given.signal,
  };
}

function mayRepeat(request: Request): boolean {
  return request.mayRepeat ?? request.method !== 'POST';
}
