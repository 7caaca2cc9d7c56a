#!/bin/sh
# Lints or formats our own code: `code.sh lint`, `code.sh format`, `code.sh check` (is it formatted?).
# The folders are named because the tools, given none, also walk what is not ours.
set -eu
cd "$(dirname "$0")/.."

mode=$1
shift
for path in src tests bench scripts vitest.config.ts; do
  [ ! -e "$path" ] || set -- "$@" "$path"
done

case $mode in
  lint) exec oxlint --type-aware --deny-warnings "$@" ;;
  format) exec oxfmt "$@" ;;
  check) exec oxfmt --check "$@" ;;
  *)
    echo "code.sh: unknown mode $mode (lint, format or check)" >&2
    exit 2
    ;;
esac
