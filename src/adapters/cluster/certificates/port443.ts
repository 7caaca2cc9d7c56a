import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { DoorAnswer } from '../../../plan/kubernetes/certificates/observed.ts';
import { connectionProblem, noAnswer, timeoutMs } from './connection-problem.ts';
import { covers, factsOf } from './x509.ts';

/**
 * Asks as a browser would: TLS to port 443, by the hub's name. Whatever is shown is read, and judged by who knows what should
 * be: nothing is sent.
 */
export function askPort443(address: string, domain: string | undefined): Promise<DoorAnswer> {
  return new Promise((resolve) => {
    let reached = false;
    const servername = domain === undefined || isIP(domain) !== 0 ? {} : { servername: domain };
    const socket = connect({ host: address, port: 443, ...servername, rejectUnauthorized: false });
    const failed = (problem: string): void => resolve({ address, problem, reached });
    socket.setTimeout(timeoutMs, () => socket.destroy(noAnswer()));
    socket.on('connect', () => (reached = true));
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      const facts = certificate && factsOf(certificate.toString());
      if (certificate === undefined || facts === undefined) failed('it shows no certificate');
      else
        resolve({
          address,
          shown: { ...facts, coversDomain: domain === undefined || covers(certificate, domain) },
        });
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      failed(error.code?.startsWith('ERR_SSL_') === true ? tlsProblem(error) : connectionProblem(error)),
    );
  });
}

/** OpenSSL's own words stand between colons, after numbers. */
function tlsProblem({ code = '' }: NodeJS.ErrnoException): string {
  const alert = code
    .replace(/^ERR_SSL_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return `it refuses to speak TLS for that name (${alert})`;
}
