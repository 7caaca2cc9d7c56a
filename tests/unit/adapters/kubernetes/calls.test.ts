import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubernetesApi } from '../../../../src/adapters/kubernetes/api.ts';
import { connectKubernetes } from '../../../../src/adapters/kubernetes/client.ts';
import { UserError } from '../../../../src/errors.ts';

// Answers that a real API server gives only by chance, in the order that a test wants them.

let folder: string;
let server: Server;
let asked: IncomingMessage[];
let answers: ((response: ServerResponse, request: IncomingMessage) => void)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hubwright-calls-'));
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    asked.push(request);
    const answer = answers.shift() ?? json(200, { gitVersion: 'v1.36.3' });
    answer(response, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const cut = (_: ServerResponse, request: IncomingMessage): void => {
  request.socket.destroy();
};

function connect(user: object = { token: 'secret' }, patience: object = {}): Promise<KubernetesApi> {
  const kubeconfig = join(folder, 'config');
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'a', user }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    }),
  );
  return connectKubernetes({ context: 'a', kubeconfig, env: {}, patience });
}

test('waits for as long as the server asks', async () => {
  answers = [json(429, {}, { 'retry-after': '1' })];
  const begun = performance.now();
  expect(await (await connect()).version()).toBe('v1.36.3');
  expect(performance.now() - begun).toBeGreaterThan(950);
});

test('a refusal is not repeated', async () => {
  answers = [json(422, { message: 'spec.replicas: Invalid value' })];
  const ref = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n' } };
  await expect((await connect()).apply(ref)).rejects.toMatchObject({
    details: 'spec.replicas: Invalid value',
  });
  expect(asked).toHaveLength(1);
});

test('a server that was there may be away for longer than one that never was', async () => {
  const away = [cut, cut, cut, cut, cut];
  answers = [...away];
  await expect((await connect()).version()).rejects.toThrow('cannot be reached');
  expect(asked).toHaveLength(4);
  answers = [json(200, { gitVersion: 'v1' }), ...away];
  const api = await connect();
  await api.version();
  expect(await api.version()).toBe('v1.36.3');
});

test('credentials of a plugin that are refused are fetched once more, not again and again', async () => {
  const plugin = join(folder, 'login');
  const runs = join(folder, 'runs');
  writeFileSync(
    plugin,
    `#!/bin/sh\necho run >> ${runs}\nprintf '{"status":{"token":"t%s"}}' $(wc -l < ${runs})\n`,
  );
  chmodSync(plugin, 0o755);
  const api = await connect({ exec: { command: plugin } });
  answers = [json(401, {})];
  expect(await api.version()).toBe('v1.36.3');
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  answers = [json(401, {}), json(401, {}), json(401, {})];
  await expect(api.version()).rejects.toMatchObject({
    what: expect.stringContaining('does not know you') as string,
    fix: expect.stringContaining(plugin) as string,
  });
  expect(readFileSync(runs, 'utf8').split('\n').length - 1).toBe(3);
});

test('a guard ends what waits, and lets nothing new begin', async () => {
  const ended = new AbortController();
  const api = (await connect()).with({
    guard: { signal: ended.signal, check: () => ended.signal.throwIfAborted() },
  });
  const reason = new UserError({ what: 'The lock was lost.', fix: 'Again.' });
  answers = [() => ended.abort(reason)];
  await expect(api.version()).rejects.toBe(reason);
  await expect(api.version()).rejects.toBe(reason);
  expect(asked).toHaveLength(1);
});

test('a log is followed on where the connection was cut', async () => {
  let text = '';
  const pod = { namespace: 'n', name: 'hub' };
  const write = (part: string): void => {
    text += part;
  };
  answers = [
    json(503, {}),
    (response, request) =>
      response.writeHead(200).write('one\n', () => setTimeout(() => cut(response, request), 50)),
    (response) => response.writeHead(200).end('two\n'),
  ];
  await (await connect()).logs(pod, { follow: true, tailLines: 10, write });
  expect(text).toBe('one\ntwo\n');
  expect(asked.map(({ url }) => url?.replace(/=2[^&]*Z$/, '=TIME'))).toEqual([
    '/api/v1/namespaces/n/pods/hub/log?follow=true&tailLines=10',
    '/api/v1/namespaces/n/pods/hub/log?follow=true&tailLines=10',
    '/api/v1/namespaces/n/pods/hub/log?follow=true&sinceTime=TIME',
  ]);
  answers = [json(404, { message: 'pods "hub" not found' })];
  await expect((await connect()).logs(pod, { follow: true, write })).rejects.toThrow(
    'There is no Pod n/hub.',
  );
});

test('two lists that change meanwhile: a page that is gone begins the list anew', async () => {
  const page = (names: string[], next?: string) =>
    json(200, {
      items: names.map((name) => ({ metadata: { name } })),
      metadata: next ? { continue: next } : {},
    });
  answers = [page(['a'], 'token'), json(410, { reason: 'Expired' }), page(['a', 'b'], 'token'), page(['c'])];
  const pods = await (await connect()).list({ apiVersion: 'v1', kind: 'Pod', namespace: 'n' });
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
});
