#!/bin/sh
# Runs PROGRAM for as long as whoever started it lives: descriptor 3 is a pipe that closes with them, however they die.
# Usage: attended.sh PROGRAM [ARGUMENT ...] 3<PIPE
set -u

# Its output goes through pipes of our own. When nobody reads any more, a program in Go would die of its next word, and
# its last ones come before it has put things in order: what is left is read by us.
pipes=$(mktemp -d) && mkfifo "$pipes/out" "$pipes/err" || exit
exec 5<>"$pipes/out" 6<"$pipes/out" 7>"$pipes/out"
exec 5<>"$pipes/err" 8<"$pipes/err" 9>"$pipes/err" 5<&-
rm -r "$pipes"
{ cat; cat >/dev/null; } <&6 3<&- 6<&- 7>&- 8<&- 9>&- &
out=$!
{ cat >&2; cat >/dev/null; } <&8 3<&- 6<&- 7>&- 8<&- 9>&- &
err=$!

# A program in the background would get an empty standard input.
exec 4<&0 0</dev/null
"$@" <&4 >&7 2>&9 3<&- 4<&- 6<&- 7>&- 8<&- 9>&- &
program=$!
exec 4<&- 6<&- 7>&- 8<&- 9>&-

{
  read -r _ <&3
  # Politely first: Helm marks its release as failed, where killed it would leave it pending.
  kill -TERM "$program" || exit
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 1
    kill -0 "$program" || exit
  done
  kill -KILL "$program"
} >/dev/null 2>&1 &
watch=$!
exec 3<&-

trap 'kill -TERM "$program"' TERM HUP
trap '' INT
wait "$program"
code=$?
# A signal ends `wait` before the program has ended.
while kill -0 "$program" 2>/dev/null; do
  wait "$program"
  code=$?
done
kill "$watch" 2>/dev/null
wait "$out" "$err"
exit "$code"
