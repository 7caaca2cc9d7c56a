import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOptions } from './api.ts';
import type { Call, Caller } from './calls.ts';
import { knownResource, objectPath, queryOf } from './resources.ts';

/** Times in a row that following may fail before any text came. */
const mostFailures = 5;

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Writes a container's log. */
export async function readLogs(
  caller: Caller,
  pod: PodName,
  options: LogOptions,
  signal?: AbortSignal,
): Promise<void> {
  const { tailLines, write } = options;
  if (!options.follow) {
    const { body } = await caller.call({ ...logCall(pod, options, { tailLines }), plain: true });
    write(body as string);
    return;
  }
  const now = (): string => new Date(Date.now() + caller.clockAhead).toISOString();
  let from: { tailLines?: number | undefined; sinceTime?: string } = { tailLines };
  for (let failures = 0; failures < mostFailures; failures++) {
    const taken = (text: string): void => {
      write(text);
      // Where the connection is cut (load balancers do that to quiet ones), it goes on from here.
      from = { sinceTime: now() };
      failures = 0;
    };
    const error = await caller.stream(logCall(pod, options, from), taken, signal);
    if (!error) return;
    if (failures === mostFailures - 1) throw error;
    await sleep(500 * (failures + 1));
  }
}

function logCall(
  pod: PodName,
  { container, previous, follow }: LogOptions,
  from: { readonly tailLines?: number | undefined; readonly sinceTime?: string },
): Call {
  const resource = knownResource('v1', 'Pod');
  if (!resource) throw new Error('pods have no path');
  return {
    method: 'GET',
    path: `${objectPath(resource, pod)}/log${queryOf({ container, previous, follow, ...from })}`,
    headers: { accept: '*/*' },
    verb: 'get',
    resource,
    subresource: 'log',
    ...pod,
  };
}
