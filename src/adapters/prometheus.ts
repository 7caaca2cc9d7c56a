import { UserError, messageOf } from '../errors.ts';
import type { PrometheusApi } from '../ports.ts';

/** The envelope of every answer (Prometheus' documentation, "HTTP API"). */
interface Envelope {
  readonly status?: 'success' | 'error';
  readonly data?: unknown;
  readonly error?: string;
}

interface Vector {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [time: number, value: string];
  }[];
}

/** Seconds for one answer: a question about weeks of many people takes its time. */
const patienceSeconds = 120;

/** Asks the Prometheus at that address, which may have a path: `http://127.0.0.1:9090/`. */
export function prometheusApi(address: string): PrometheusApi {
  const base = `${address.replace(/\/$/, '')}/api/v1`;
  return {
    async query(expression, at) {
      const { result } = (await ask(`${base}/query`, {
        query: expression,
        ...(at === undefined ? {} : { time: String(at.getTime() / 1000) }),
      })) as Vector;
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async retention() {
      // Others that speak Prometheus' language do not tell.
      const told = await ask(`${base}/status/runtimeinfo`).catch(() => undefined);
      return (told as { storageRetention?: string } | undefined)?.storageRetention;
    },
  };
}

/** With a form it is a POST: queries can be longer than addresses may be. */
async function ask(url: string, form?: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await send(url, form);
  const answer = await response.json().then(
    (json) => json as Envelope,
    () => undefined,
  );
  if (response.ok && answer?.status === 'success') return answer.data;
  if (answer?.error !== undefined) throw refused(answer.error, form?.['query'] ?? url);
  const asks = response.status === 401 || response.status === 403;
  throw new UserError({
    what: asks
      ? `Prometheus wants a log-in: it answered ${response.status}.`
      : `What answers there is no Prometheus: it answered ${response.status}.`,
    where: url,
    fix: asks
      ? 'Name an address that is open to you, such as one inside the cluster, in `monitoring.existingPrometheus`.'
      : 'Correct `monitoring.existingPrometheus`, or look at what else listens there.',
  });
}

async function send(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
  try {
    return await fetch(url, {
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      signal: AbortSignal.timeout(patienceSeconds * 1000),
    });
  } catch (error) {
    throw new UserError({
      what: 'Prometheus does not answer.',
      where: url,
      fix: '`hubwright status` shows whether it runs, `hubwright logs prometheus` its log.',
      details: error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error),
      cause: error,
    });
  }
}

function refused(message: string, query: string): UserError {
  const tooMuch = /timed out|too many samples/.test(message);
  return new UserError({
    what: tooMuch ? 'That is more than Prometheus can look through.' : 'Prometheus refused the question.',
    where: query,
    fix: tooMuch ? 'Ask for a shorter time.' : '`hubwright logs prometheus` shows its log.',
    details: message,
  });
}
