# What scripts/run and scripts/test share. Sourced, not run.
set -euo pipefail
called_from=$PWD
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

build_packages="g++ cmake ninja-build ccache pkg-config libpoco-dev libboost-filesystem-dev libboost-program-options-dev
  libboost-system-dev libssl-dev libsqlite3-dev libutf8proc-dev rapidjson-dev libyaml-cpp-dev
  libhowardhinnant-date-dev tzdata libcppunit-dev"
gateway_packages="radosgw ceph-mon ceph-osd ceph-common openssl curl python3"
browser_packages="$gateway_packages chromium-headless-shell fonts-dejavu-core fonts-droid-fallback fonts-noto-color-emoji nodejs npm sqlite3"
test_packages="$gateway_packages $browser_packages abigail-tools awscli clang-16 clang-format doxygen git jq libclang-rt-16-dev
  man-db procps prometheus python3-yaml restic s3cmd xz-utils zsh"
bench_packages="wrk nginx-light etcd-server strace openssl python3"
test_tools="@seriousme/openapi-schema-validator@2.2.5 axe-core@4.14.1 playwright-core@1.48.2"

started=$SECONDS
say() { printf '[%3d s] %s\n' $((SECONDS - started)) "$*" >&2; }
fail() { printf 'coffer: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        fail "needs root to install packages, and there is no sudo. As root: apt-get install -y $missing"
    fi
}

# install_packages NAME...: installs those that are not there. A program that came another way (node, npm) counts.
install_packages() {
    missing=
    local name
    for name in "$@"; do
        case $name in
            npm | nodejs) command -v "${name%js}" >/dev/null && continue ;;
        esac
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing="$missing $name"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "needs Debian 12's packages:$missing"
    say "installing$missing"
    local apt="env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
    # Services that packages would start have no place on a machine that only builds and tests.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        made=1
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
    fi
    local log
    log=$(mktemp)
    if ! { as_root $apt update && as_root $apt install --no-install-recommends $missing; } >"$log" 2>&1; then
        [ -z "$made" ] || as_root rm -f $policy
        tail -n 20 "$log" >&2
        fail "the packages above could not be installed"
    fi
    rm -f "$log"
    [ -z "$made" ] || as_root rm -f $policy
}

# install_tools: what tests need from the npm registry, in build/tools.
install_tools() {
    [ "$(cat build/tools/installed 2>/dev/null)" != "$test_tools" ] || return 0
    say "installing $test_tools"
    npm install --silent --no-audit --no-fund --save-exact --prefix build/tools $test_tools >&2 ||
        fail "npm could not install the tools above"
    echo "$test_tools" >build/tools/installed
}

# build PRESET DIRECTORY TARGET...: configures and builds, with ninja's progress.
build() {
    local preset=$1 directory=$2
    shift 2
    mkdir -p "$directory"
    say "configuring ($preset)"
    cmake --preset "$preset" >"$directory/configure.log" 2>&1 || { cat "$directory/configure.log" >&2; fail "cmake cannot configure the build"; }
    say "building ($preset): $*"
    cmake --build "$directory" --target "$@" >&2 || fail "the build failed; the first error stands above"
}
