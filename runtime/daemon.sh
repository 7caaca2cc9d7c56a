#!/bin/sh
# Becomes the program that is named after the rest, once it has written down which process it is, and on which port.
# Usage: daemon.sh RECORD STARTED_WITH PORT PROGRAM [ARGUMENT ...]
set -eu
umask 077
record=$1
started_with=$2
port=$3
shift 3

twentieth() {
  shift 19
  echo "$1"
}

if [ -r "/proc/$$/stat" ]; then
  # Field 22 of proc(5)'s stat, which counts from the boot: hence the boot's id. The second field, the program's name,
  # may hold blanks: all up to its bracket is cut.
  read -r fields <"/proc/$$/stat"
  read -r boot </proc/sys/kernel/random/boot_id
  start_time=${boot%%-*}-$(twentieth ${fields##*\) })
else
  # In another language or time zone the same moment is another text.
  start_time=$(LC_ALL=C TZ=UTC0 ps -o lstart= -p $$ | sed 's/^ *//; s/ *$//')
fi

printf '{"pid":%s,"startTime":"%s","startedWith":"%s","port":%s,"since":"%s"}\n' \
  $$ "$start_time" "$started_with" "$port" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$record.$$"
mv "$record.$$" "$record"
exec "$@"
