#!/bin/sh
# Builds the real parts that tests use from their Go modules, once, into the user's cache:
#
#   tests/parts/build.sh [NAME...]           what is not there yet: kubernetes etcd kwok helm3 helm4 registry scrape-config cluster-api pebble
#   tests/parts/build.sh --where NAME...     builds nothing; says for each where it is, or would be
#
# Each part is a folder here, whose go.mod and go.sum hold its build to these versions. A build happens beside its
# place and is moved there when it is whole, so that one that was killed is never used.
# Exit code 3: this machine cannot build it (no Go, or one that is too old).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hubwright/parts

# The toolchain of the machine, never one that go would download; the modules of go.sum, never newer ones.
export CGO_ENABLED=0 GOWORK=off GOTOOLCHAIN=local GOFLAGS='-buildvcs=false -mod=readonly'

module() { # NAME
  case $1 in
    kubernetes) echo k8s.io/kubernetes ;;
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    kwok) echo sigs.k8s.io/kwok ;;
    helm3) echo helm.sh/helm/v3 ;;
    helm4) echo helm.sh/helm/v4 ;;
    registry) echo github.com/distribution/distribution/v3 ;;
    scrape-config) echo github.com/prometheus-operator/prometheus-operator ;;
    pebble) echo github.com/letsencrypt/pebble/v2 ;;
    cluster-api) echo sigs.k8s.io/cluster-api ;;
    *)
      echo "build.sh: unknown part $1 (kubernetes etcd kwok helm3 helm4 registry scrape-config cluster-api pebble)" >&2
      exit 2
      ;;
  esac
}

version() { # NAME: the line of go.mod is "require MODULE VERSION", or that in a block
  sed -n "s|^\(require\)\{0,1\}[[:space:]]*$(module "$1") \(v[^ ]*\).*|\2|p" "$here/$1/go.mod" | head -n 1
}

# What calls itself v0.0.0 is refused: by charts that ask for a version of Kubernetes, and by Hubwright.
stamps() { # NAME VERSION
  case $1 in
    kubernetes)
      package=k8s.io/component-base/version minor=${2#v*.}
      echo "-X $package.gitVersion=$2 -X $package.gitMajor=1 -X $package.gitMinor=${minor%%.*} -X $package.gitTreeState=clean"
      ;;
    kwok) echo "-X sigs.k8s.io/kwok/pkg/consts.Version=${2#v}" ;;
    helm3 | helm4) echo "-X $(module "$1")/internal/version.version=$2" ;;
  esac
}

# Of these the definitions of kinds are wanted, and no program.
definitions() { # FOLDER
  for wanted in sigs.k8s.io/cluster-api/core sigs.k8s.io/cluster-api/controlplane/kubeadm \
    sigs.k8s.io/cluster-api-provider-openstack; do
    module=$(echo "$wanted" | cut -d / -f 1,2)
    version=$(sed -n "s|^[[:space:]]*$module \(v[^ ]*\)$|\1|p" go.mod)
    source=$(go mod download -json "$module@$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
    cp "$source${wanted#"$module"}/config/crd/bases/"*.yaml "$1/"
  done
  chmod -R u+w "$1"
}

compile() { # NAME VERSION FOLDER
  [ ! -d "$3" ] || return 0
  rm -rf "$3.new"
  mkdir "$3.new"
  cd "$here/$1"
  if [ "$1" = cluster-api ]; then
    definitions "$3.new"
    mv "$3.new" "$3"
    return 0
  fi
  # A program of our own, or those that go.mod names as tools.
  what=tool
  [ ! -e main.go ] || what=.
  nice -n 10 go build -trimpath -ldflags "-s -w $(stamps "$1" "$2")" -o "$3.new/" "$what"
  # Go names a program after the folder of its source.
  [ ! -e "$3.new/server" ] || mv "$3.new/server" "$3.new/etcd"
  mv "$3.new" "$3"
}

able() { # NAME
  needed=$(sed -n 's/^go //p' "$here/$1/go.mod")
  if ! command -v go >/dev/null; then
    echo "$1 needs Go $needed or newer, and there is none on the PATH" >&2
    exit 3
  fi
  # Outside of any module, so that go answers whatever its age.
  found=$(cd / && go env GOVERSION)
  if [ "$(printf '%s\n' "$needed" "${found#go}" | sort -V | head -n 1)" != "$needed" ]; then
    echo "$1 needs Go $needed or newer; $(command -v go) is ${found#go}" >&2
    exit 3
  fi
}

where=no
if [ "${1:-}" = --where ]; then
  where=yes
  shift
fi
[ $# -gt 0 ] || set -- kubernetes etcd kwok helm3 helm4 registry scrape-config cluster-api pebble

for name; do
  module "$name" >/dev/null
  version=$(version "$name")
  folder=$cache/$name-$version
  if [ $where = yes ]; then
    echo "$folder"
    continue
  fi
  [ ! -d "$folder" ] || continue
  able "$name"
  mkdir -p "$cache"
  start=$(date +%s)
  echo "build $name $version"
  # Of two runs at once the second waits, and then finds the part built. The lock ends with its holder.
  (
    ! command -v flock >/dev/null || flock 9
    compile "$name" "$version" "$folder"
  ) 9>"$folder.lock"
  echo "built $name $version in $(($(date +%s) - start)) s"
done
