import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { prometheusApi } from '../../../src/adapters/prometheus.ts';

interface Asked {
  readonly line: string;
  readonly form: URLSearchParams;
}

/** Something that always answers this. */
async function answering(status: number, body: string): Promise<{ address: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const take = async (request: IncomingMessage): Promise<void> => {
    asked.push({
      line: `${request.method} ${request.url}`,
      form: new URLSearchParams(await text(request)),
    });
  };
  const server = createServer((request, response) => {
    void take(request).then(() => response.writeHead(status).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prom/`, asked };
}

const at = new Date('2026-11-23T12:00:00Z');

function query(address: string) {
  return prometheusApi(address).query('up', at);
}

describe('Prometheus', () => {
  test('is asked below the path of its address, with the question in a form', async () => {
    const result = [{ metric: { job: 'hub' }, value: [1, '0.5'] }];
    const { address, asked } = await answering(
      200,
      JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }),
    );
    expect(await query(address)).toEqual([{ labels: { job: 'hub' }, value: 0.5 }]);
    expect(asked.map(({ line }) => line)).toEqual(['POST /prom/api/v1/query']);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({ query: 'up', time: '1795435200' });
  });

  test('that refuses a question is quoted with the question', async () => {
    const { address } = await answering(400, JSON.stringify({ status: 'error', error: 'parse error' }));
    await expect(query(address)).rejects.toMatchObject({
      what: 'Prometheus refused the question.',
      where: 'up',
      details: 'parse error',
    });
  });

  test('that would need too much for it: ask for less', async () => {
    const error = 'query processing would load too many samples into memory in query execution';
    const { address } = await answering(422, JSON.stringify({ status: 'error', error }));
    await expect(query(address)).rejects.toMatchObject({ fix: 'Ask for a shorter time.' });
  });

  test('that is something else is said to be so', async () => {
    const { address } = await answering(200, '<html>Grafana</html>');
    await expect(query(address)).rejects.toMatchObject({
      what: 'What answers there is no Prometheus: it answered 200.',
    });
  });

  test('behind a log-in is said to be so', async () => {
    const { address } = await answering(401, 'no');
    await expect(query(address)).rejects.toMatchObject({
      what: 'Prometheus wants a log-in: it answered 401.',
    });
  });

  test('that nobody is, is an error with the command that looks', async () => {
    await expect(query('http://127.0.0.1:1/')).rejects.toMatchObject({
      what: 'Prometheus does not answer.',
      fix: expect.stringContaining('hubwright status'),
    });
  });

  test('that does not say how long it keeps samples is no failure', async () => {
    const { address } = await answering(404, 'page not found');
    expect(await prometheusApi(address).retention()).toBeUndefined();
  });
});
