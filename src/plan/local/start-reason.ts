import type { Daemon } from './observed.ts';

/** Why a daemon has to be started, or again; undefined when it runs with these very settings. */
export function startReason(daemon: Daemon, startedWith: string, changed: string): string | undefined {
  if (daemon.state === 'stopped') return 'it is not running';
  if (daemon.state === 'crashed') return 'it has stopped by itself';
  return daemon.startedWith === startedWith ? undefined : changed;
}
