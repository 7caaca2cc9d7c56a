import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorCode } from './files.ts';

const unzip = promisify(gunzip);

/** Sends a request; the answer's body is read by the caller as it comes. @throws the system's error when there is none. */
export function openRequest(
  url: string,
  options: Omit<RequestOptions, 'headers'> & { readonly headers: OutgoingHttpHeaders },
  body: string | undefined,
): Promise<IncomingMessage> {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  // Node does not set the length where a DELETE has a body.
  const headers = { ...options.headers, ...(bytes ? { 'content-length': bytes.length } : {}) };
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { ...options, headers }, resolve);
    request.on('error', reject);
    request.end(bytes);
  });
}

/** The whole body as text. */
export async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const zipped = response.headers['content-encoding'] === 'gzip' && whole.length > 0;
  return (zipped ? await unzip(whole) : whole).toString('utf8');
}

export function isCertificateFault(error: unknown): boolean {
  return /CERT|UNABLE_TO_VERIFY|SELF_SIGNED/.test(errorCode(error) ?? '');
}

/** Whether waiting is of no use: what stands there is not the server that is meant. */
export function cannotMend(error: unknown): boolean {
  return isCertificateFault(error) || /^(?:EPROTO|ERR_SSL_WRONG_VERSION)/.test(errorCode(error) ?? '');
}
