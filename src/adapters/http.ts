import * as http from 'node:http';

/** Seconds for the whole of it. */
const patienceSeconds = 300;

/**
 * What stands at an address. Goes through the proxy of `https_proxy`, as other tools do.
 *
 * @throws when there is nothing or nobody answers.
 */
export async function get(url: string): Promise<Uint8Array> {
  // Node's fetch looks at these variables only when it is told to. Not there before 24.14.
  const restore = http.setGlobalProxyFromEnv?.();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceSeconds * 1000) });
    if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    // `fetch failed` alone tells nobody anything: the cause does.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  } finally {
    restore?.();
  }
}
