# shellcheck shell=bash
# Sourced by run, test and tapbench: installs what is missing, quickly decides that nothing is, and sets NODE and its environment.
# Exit 3 with the command to run where packages may not be installed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 3
stamp=node_modules/.tapbench-installed

# More lines of the list below, for who sources this.
more_packages=

# Debian packages, and how to see that one is there: package, then paths or commands of which one must exist
debian_packages() {
  cat <<'LIST'
pcscd /usr/sbin/pcscd
vsmartcard-vpcd /usr/lib/pcsc/drivers/serial/libifdvpcd.so*
softhsm2 /usr/lib/*/softhsm/libsofthsm2.so /usr/lib/softhsm/libsofthsm2.so
libpcsclite-dev /usr/include/PCSC/winscard.h
g++ g++
make make
python3 python3
LIST
  printf '%s\n' "$more_packages"
}

say() { printf '%s\n' "tapbench: $*" >&2; }
stop() { say "$1"; exit 3; }

# Whether one of the paths (patterns) or commands is there.
present() {
  local probe
  for probe in "$@"; do
    case "$probe" in
      /*) compgen -G "$probe" >/dev/null && return 0 ;;
      *) command -v "$probe" >/dev/null && return 0 ;;
    esac
  done
  return 1
}

missing_packages() {
  local package probes
  debian_packages | while read -r package probes; do
    [ -n "$package" ] || continue
    # shellcheck disable=SC2086 # the probes are words; their patterns are expanded by present
    (set -f; present $probes) || printf '%s ' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Installing a server must not start it: scripts start private ones. policy-rc.d is how Debian is told so, see invoke-rc.d(8).
without_services() (
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] && { "$@"; exit; }
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  "$@"
)

apt_install() {
  as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

install_packages() {
  local missing command
  missing=$(missing_packages); missing=${missing% }
  [ -z "$missing" ] && return 0
  command="apt-get update && apt-get install -y --no-install-recommends $missing"
  command -v apt-get >/dev/null || stop "these programs are missing: $missing. This is not a Debian: install what corresponds to these packages, then try again."
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    stop "these Debian packages are missing and may not be installed from here. Run as root, then try again:
  $command"
  fi
  say "installing Debian packages: $missing"
  # shellcheck disable=SC2086 # the packages are words
  ${more_packages:+without_services} apt_install $missing >.tapbench/apt.log 2>&1 ||
    { tail -5 .tapbench/apt.log >&2; stop "installing failed (all of it: .tapbench/apt.log). Run as root, then try again:
  $command"; }
}

# Node 24 comes with the lockfile on Linux; elsewhere the host's own must do.
find_node() {
  local arch
  case "$(uname -s)-$(uname -m)" in Linux-x86_64) arch=x64 ;; Linux-aarch64) arch=arm64 ;; *) arch=none ;; esac
  NODE="$root/node_modules/node-linux-$arch/bin/node"
  if [ -x "$NODE" ]; then NODE_HOME="$root/node_modules/node-linux-$arch"; return 0; fi
  NODE=$(command -v node || true); NODE_HOME=
  # The sources are TypeScript that Node itself runs.
  [ "$("${NODE:-false}" -p 'process.features.typescript === "strip"' 2>/dev/null)" = true ] ||
    stop "expected Node 24 from the lockfile, or Node 22.18 or newer on this machine, found: $("${NODE:-node}" --version 2>/dev/null || echo none)"
}

wanted_stamp() { cat package-lock.json scripts/lib/setup.sh | sha256sum | cut -c1-64; }

install_modules() {
  [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted_stamp)" ] && return 0
  command -v npm >/dev/null || stop "npm is missing: install Node 20 or newer with npm, then try again."
  say "installing npm packages from the lockfile"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >.tapbench/npm.log 2>&1 ||
    { tail -5 .tapbench/npm.log >&2; stop "npm ci failed (all of it: .tapbench/npm.log). Mend it, then try again:
  npm ci --ignore-scripts"; }
  find_node
  say "building the PC/SC and PKCS#11 bindings"
  # The headers come with the Node of the lockfile, so that nothing is downloaded.
  PATH="${NODE%/*}:$PATH" ${NODE_HOME:+env npm_config_nodedir="$NODE_HOME"} npm rebuild smartcard pkcs11js --loglevel=error >.tapbench/rebuild.log 2>&1 ||
    { tail -20 .tapbench/rebuild.log >&2; stop "building the bindings failed (all of it: .tapbench/rebuild.log)"; }
  wanted_stamp >"$stamp"
}

setup() {
  mkdir -p .tapbench
  # Two commands started at once must not install into each other.
  exec 9>.tapbench/setup.lock
  if command -v flock >/dev/null; then flock 9; fi
  install_packages
  install_modules
  exec 9>&-
  find_node
  # Signers start in a third of the time when Node has compiled their sources before.
  export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/.tapbench/cache/compiled}"
  # glibc gives large blocks that are free back to the system, instead of keeping ever larger ones: a bench is 100 MB smaller, as quick.
  export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-1048576}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-4194304}"
}
