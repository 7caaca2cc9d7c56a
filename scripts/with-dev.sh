#!/bin/sh
# Runs one of the contributor's tools (vitest, oxlint, tsc …) with every package installed and on the
# pinned Node: `with-dev.sh vitest run`. The Node of the machine may be too old to run TypeScript.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
scope=all
. "$root/scripts/install.sh"
installed || install_packages

PATH=$modules/.bin:$PATH
export PATH
cd "$root"
exec "$@"
