import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The last address asked: redirects have been followed. */
  readonly url: string;
  readonly text: string;
}

interface Question {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest wait for the whole answer. */
  readonly seconds?: number;
}

/**
 * As much of a browser as logging in takes: cookies, redirects, and JupyterHub's `_xsrf` token in forms and headers.
 *
 * On node:http, because `fetch` sends `Sec-Fetch-Mode: cors` with everything, and JupyterHub gives no `_xsrf` cookie to
 * such requests (its `_xsrf_utils.py`).
 */
export class Browser {
  readonly #cookies: Cookie[] = [];
  readonly #headers: Readonly<Record<string, string>>;

  /** @param headers sent with every request, such as an Authorization. */
  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.#headers = headers;
  }

  /** Follows redirects to the same host; stops at the first that leads elsewhere. */
  get(url: string, seconds?: number): Promise<Answer> {
    return this.#follow(url, { method: 'GET', ...(seconds === undefined ? {} : { seconds }) });
  }

  /** Sends a form. */
  post(url: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const body = new URLSearchParams({ ...fields, _xsrf: this.#xsrf(url) }).toString();
    return this.#follow(url, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  }

  /** Sends JSON, as JupyterLab does. */
  send(method: string, url: string, content?: unknown): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', 'X-XSRFToken': this.#xsrf(url) };
    return this.#follow(url, {
      method,
      headers,
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
  }

  /** What a websocket to that address has to send to be known. */
  headersFor(url: string): Record<string, string> {
    const cookies = this.#cookiesFor(url).map(({ name, value }) => `${name}=${value}`);
    return { ...this.#headers, ...(cookies.length === 0 ? {} : { Cookie: cookies.join('; ') }) };
  }

  #xsrf(url: string): string {
    return this.#cookiesFor(url).find(({ name }) => name === '_xsrf')?.value ?? '';
  }

  async #follow(url: string, first: Question): Promise<Answer> {
    const { origin } = new URL(url);
    let [current, question] = [url, first];
    for (let hops = 0; hops < 20; hops++) {
      const answer = await ask(current, {
        ...question,
        headers: { ...this.headersFor(current), ...question.headers },
      });
      for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line, current);
      const next = answer.headers.location;
      if (answer.status < 300 || answer.status >= 400 || next === undefined) return answer;
      const target = new URL(next, current);
      if (target.origin !== origin) return answer;
      [current, question] = [target.href, { method: 'GET' }];
    }
    throw new Error(`too many redirects from ${url}`);
  }

  #keep(line: string, url: string): void {
    const cookie = parseCookie(line, url);
    const old = this.#cookies.findIndex(({ name, path }) => name === cookie.name && path === cookie.path);
    if (old !== -1) this.#cookies.splice(old, 1);
    if (!cookie.expired) this.#cookies.push(cookie);
  }

  /** The longest path first, as RFC 6265 has it: each server has an `_xsrf` cookie of its own beside the hub's. */
  #cookiesFor(url: string): Cookie[] {
    const { pathname } = new URL(url);
    return this.#cookies
      .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .toSorted((a, b) => b.path.length - a.path.length);
  }
}

function ask(url: string, { method, headers, body, seconds = 120 }: Question): Promise<Answer> {
  const request = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...headers }, signal: AbortSignal.timeout(seconds * 1000) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, url, text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expired: boolean;
}

function parseCookie(line: string, url: string): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const attribute = (name: string): string | undefined =>
    attributes.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = attribute('expires');
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1).replace(/^"|"$/g, ''),
    path: attribute('path') ?? new URL('.', url).pathname,
    expired: attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now()),
  };
}
