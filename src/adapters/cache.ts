import { homedir } from 'node:os';
import { join } from 'node:path';

/** How it could be done in another place, as half a sentence. */
export const inCache = 'name another folder with `XDG_CACHE_HOME=/some/folder`';

/** Where downloads are kept; all of it can be deleted at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hubwright');
}
