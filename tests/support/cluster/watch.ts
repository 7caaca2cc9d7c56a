import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeConfig, type KubernetesObject, Watch } from '@kubernetes/client-node';

/** Ends what was started. */
export type Stop = () => void;

/** Calls `work` with each object that there is, and each time that one changes, until it is stopped. */
// The kind is told by the caller, who knows what the path answers.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function forEach<Kind extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  work: (object: Kind) => Promise<void>,
): Stop {
  const watch = new Watch(config);
  const stopped = new AbortController();
  let current: AbortController | undefined;

  // Without a resourceVersion a watch begins with what there is, so starting anew misses nothing.
  const again = (): void => {
    if (!stopped.signal.aborted) setTimeout(() => void begin().catch(again), 200).unref();
  };
  const insist = async (object: Kind): Promise<void> => {
    for (const pause of [0, 300, 1000]) {
      await sleep(pause);
      try {
        await work(object);
        return;
      } catch {
        // Mostly it was done before, or the object is gone: nothing to tell anybody.
      }
    }
  };
  const seen = (type: string, object: Kind): void => {
    if (type !== 'ADDED' && type !== 'MODIFIED') return;
    void insist(object);
  };
  const begin = async (): Promise<void> => {
    current = await watch.watch(path, {}, seen, again);
    if (stopped.signal.aborted) current.abort();
  };
  begin().catch(again);
  return () => {
    stopped.abort();
    current?.abort();
  };
}
