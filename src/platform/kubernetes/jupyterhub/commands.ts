import type { Values } from '../../../config/values.ts';

/** Where the chart mounts the home. */
const home = '/home/jovyan';

/**
 * Runs the commands one after the other, as `runtime/hubwright_hub/commands.py` does on the local target: each may
 * fail, each has five minutes, and what they say is kept in the home.
 *
 * The commands come as arguments, never as part of this text: so no command can break the quoting. It always ends
 * with 0, because Kubernetes kills a container whose hook fails. Only what every image has is used (sh, the basic
 * tools); bash and timeout where they are.
 */
const script = String.raw`
home=$1
shift
cd "$home" || exit 0
# A command has no business with the hub.
unset JUPYTERHUB_API_TOKEN JPY_API_TOKEN
# Or git would wait for a name and a password that nobody can type.
export GIT_TERMINAL_PROMPT=0
shell=$(command -v bash || echo sh)
log=$home/profile-commands.log
# Not through a link: it could lead anywhere.
if [ -L "$log" ] || ! (umask 077; : >>"$log") 2>/dev/null; then log=/dev/null; fi
size() { wc -c <"$log"; }
say() { printf '%s\n' "$1" >>"$log"; }
if [ "$(size)" -gt 1048576 ]; then
  rest=$(tail -c 262144 "$log")
  printf '[older lines were removed]\n%s\n' "$rest" >"$log"
fi
run() {
  if command -v timeout >/dev/null; then
    timeout -k 5 300 "$shell" -c -- "$1"
  else
    "$shell" -c -- "$1"
  fi </dev/null >>"$log" 2>&1
}
count=$(($# / 2))
number=0
while [ $# -ge 2 ]; do
  number=$((number + 1))
  say "=== $(date '+%Y-%m-%d %H:%M:%S %Z')  command $number of $count: $2"
  before=$(size)
  started=$(date +%s)
  run "$1"
  code=$?
  seconds=$(($(date +%s) - started))
  if [ $(($(size) - before)) -gt 262144 ]; then
    kept=$(head -c $((before + 262144)) "$log")
    printf '%s\n[more output is not kept]\n' "$kept" >"$log"
  fi
  [ -z "$(tail -c 1 "$log")" ] || say ''
  if [ "$code" = 124 ] || { [ "$code" = 137 ] && [ "$seconds" -ge 300 ]; }; then
    outcome='stopped: it took longer than 300 s, and ended'
  else
    outcome="exit code $code"
  fi
  say "=== $outcome after $seconds s"
  say ''
  shift 2
done
exit 0
`.trimStart();

/** The hook that runs a profile's commands in the home while a server starts; undefined for a profile without. */
export function commandHook(commands: readonly string[]): Values | undefined {
  if (commands.length === 0) return undefined;
  const pairs = commands.flatMap((command) => [command, shown(command)]);
  return { postStart: { exec: { command: ['sh', '-c', script, 'profile-commands', home, ...pairs] } } };
}

/** The command as it may be logged: on one line, and with no password from an address. */
function shown(command: string): string {
  return command
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(:\/\/)[^/@\s]+@/g, '$1***@');
}
