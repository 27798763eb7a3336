# Shared by the scripts of this folder: what is said, what is installed, what is built. Source it; it runs nothing.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$ROOT/build/release
BIN=$BUILD/bin
STARTED=$SECONDS

say() { printf '[%3ds] %s\n' $((SECONDS - STARTED)) "$*"; }
warn() { printf '[%3ds] %s\n' $((SECONDS - STARTED)) "$*" >&2; }
die() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    exit 1
}

# packages KIND...: the names listed for those kinds.
packages() {
    local kind
    for kind in "$@"; do sed -n "s/^$kind: *//p" "$ROOT/scripts/packages.txt"; done | sort -u
}

# ensure_packages KIND...: installs what is missing, and says so when it cannot.
ensure_packages() {
    command -v dpkg-query >/dev/null ||
        die "this is not a Debian system, so the packages cannot be installed from here." \
            "Install the counterparts of scripts/packages.txt, then build with: cmake --preset release && cmake --build --preset release"
    local missing=() name
    for name in $(packages "$@"); do
        dpkg-query -W -f '${Status}\n' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    [ "$(id -u)" -eq 0 ] || die "these packages are missing and only root can install them: ${missing[*]}" \
        "Run: sudo apt-get install ${missing[*]}"
    say "installing ${#missing[@]} packages: ${missing[*]}"
    mkdir -p "$ROOT/build"
    local log=$ROOT/build/apt.log
    # Debian starts a service for a daemon's package where it can; these scripts start their own, so none is wanted.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && made=1
    fi
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
        > "$log" 2>&1 < /dev/null
    local status=$?
    [ -n "$made" ] && rm -f $policy
    [ $status -eq 0 ] || die "apt-get failed; the end of $log:" "$(tail -5 "$log")"
}

# build TARGET...: configures once, then builds with progress. MESETA_CMAKE_ARGS is handed to the configuration.
build() {
    mkdir -p "$ROOT/build"
    say "configuring (build/release)"
    (cd "$ROOT" && cmake --preset release ${MESETA_CMAKE_ARGS:-} > "$BUILD.configure.log" 2>&1) ||
        die "the configuration failed; the end of build/release.configure.log:" "$(tail -20 "$BUILD.configure.log")"
    say "building: $*"
    local status
    if [ -t 1 ]; then
        NINJA_STATUS='       [%f/%t, %es] ' ninja -C "$BUILD" "$@"
        status=$?
    else
        NINJA_STATUS='[%f/%t, %es] ' ninja -C "$BUILD" "$@" > "$BUILD.log" 2>&1 &
        local ninja=$!
        while kill -0 $ninja 2>/dev/null; do
            wait_or_tick $ninja 15
            kill -0 $ninja 2>/dev/null && say "  $(tail -c 300 "$BUILD.log" 2>/dev/null | grep -o '\[[0-9]*/[0-9]*, [0-9.]*s\]' | tail -1)"
        done
        wait $ninja
        status=$?
    fi
    [ $status -eq 0 ] || die "the build failed:" "$(grep -E 'error|FAILED' -A4 "$BUILD.log" 2>/dev/null | head -40)"
}

# wait_or_tick PID SECONDS: returns when the process has ended, or after that long.
wait_or_tick() {
    local end=$((SECONDS + $2))
    while [ $SECONDS -lt $end ] && kill -0 "$1" 2>/dev/null; do sleep 0.2; done
}

# wait_until SECONDS COMMAND...: retries until the command succeeds.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
