import { request } from 'node:http';
import type { PortAnswer } from '../../../plan/kubernetes/certificates/observed.ts';
import { connectionProblem, noAnswer, timeoutMs } from './connection-problem.ts';

/**
 * Asks as Let's Encrypt would: port 80, by the hub's name, below the path of its challenges. Any answer will do: it shows
 * that the way is open, and that the path is not kept back by something before the hub.
 */
export function askPort80(address: string, domain: string): Promise<PortAnswer> {
  return new Promise((resolve) => {
    const path = '/.well-known/acme-challenge/hubwright';
    const asked = request({ host: address, port: 80, path, headers: { host: domain }, timeout: timeoutMs });
    asked.on('response', (response) => {
      response.resume();
      resolve({ address, status: response.statusCode ?? 0 });
      asked.destroy();
    });
    asked.on('timeout', () => asked.destroy(noAnswer()));
    asked.on('error', (error) => resolve({ address, problem: connectionProblem(error) }));
    asked.end();
  });
}
