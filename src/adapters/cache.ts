import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept; all of it can be deleted at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hubwright');
}
