import { setTimeout as sleep } from 'node:timers/promises';
import { nowOf } from './age.ts';
import type { KubernetesApi, LiveObject } from './api.ts';
import { hindranceOf } from './hindrance.ts';
import { readinessOf } from './readiness.ts';
import { sentenceOf } from './wait.ts';

interface Where {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** Called with a sentence each time that there is something new to say. */
  readonly report: (text: string) => void;
}

/** Between looks. */
const pauseMs = 2000;
/** The server tells its time in whole seconds. */
const roundedMs = 2000;

/** Kinds that z2jh and Longhorn have hooks of; what others wait for shows first. */
const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
];

/**
 * Does the work of a Helm, and tells meanwhile what its hooks wait for: that is where images are pulled to every node,
 * and Helm itself says nothing before they are done.
 */
export async function tellingOfHooks<Result>(where: Where, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  void watch(where, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
  }
}

async function watch({ api, namespace, report }: Where, over: AbortSignal): Promise<void> {
  // It is a courtesy: no question is asked twice for it, and none that fails hinders the work.
  const once = api.with({ patience: { mostAttempts: 1, attemptSeconds: 5, totalSeconds: 5 } });
  const since = nowOf(api) - roundedMs;
  let said: string | undefined;
  while (await pause(over)) {
    const text = await hindranceOfHooks(once, namespace, since).catch(() => undefined);
    if (over.aborted || text === undefined || text === said) continue;
    said = text;
    report(text);
  }
}

/** @returns false when the work is over. */
async function pause(over: AbortSignal): Promise<boolean> {
  await sleep(pauseMs, undefined, { signal: over }).catch(() => undefined);
  return !over.aborted;
}

/** What the first hook waits for of which something is known; undefined: there is none that is not done. */
async function hindranceOfHooks(
  api: KubernetesApi,
  namespace: string,
  since: number,
): Promise<string | undefined> {
  const lists = kinds.map(([apiVersion, kind]) => api.list({ apiVersion, kind, namespace }));
  const hooks = (await Promise.all(lists)).flat().filter((object) => isHook(object, since));
  const sentences = await Promise.all(
    hooks.map(async (hook) => {
      const readiness = readinessOf(hook);
      if (readiness.ready) return [];
      const reason = readiness.unseen ? undefined : await hindranceOf(api, hook);
      return [{ reason, text: sentenceOf(hook, readiness.state, reason) }];
    }),
  );
  const open = sentences.flat();
  return (open.find(({ reason }) => reason !== undefined) ?? open[0])?.text;
}

/** One that Helm has made for this work: failed ones of earlier work may still be there. */
function isHook({ metadata }: LiveObject, since: number): boolean {
  const { annotations, creationTimestamp } = metadata;
  return annotations?.['helm.sh/hook'] !== undefined && Date.parse(creationTimestamp) >= since;
}
