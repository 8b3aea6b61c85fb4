#!/usr/bin/env bash
# Makes sure that this machine has what StableVideo Cluster needs: the .NET 10 SDK, ffmpeg and the system libraries of OpenCV.
# Installs missing Debian/Ubuntu packages as root or through passwordless sudo. Changes nothing when all is there.
#   setup.sh           what the product needs
#   setup.sh --tests   also what only the tests need: redis-server, Chromium and Prometheus where they are packages
# Exit codes: 0 all there, 3 something is missing and could not be installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PATH:/usr/sbin:/sbin"

for_tests=false
[ "${1:-}" = --tests ] && for_tests=true

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 3; }

# Reads to the end: a grep that stops early breaks the pipe, which pipefail takes for a library that is missing.
has_library() { ldconfig -p 2>/dev/null | grep -F "$1 " >/dev/null; }
has_package() { apt-cache show "$1" >/dev/null 2>&1; }

# Since the 64-bit time transition (Debian 13, Ubuntu 24.04) the package of libgtk-3.so.0 carries a suffix.
gtk_package() { if has_package libgtk-3-0t64; then echo libgtk-3-0t64; else echo libgtk-3-0; fi; }

check_dotnet() {
  if ! command -v dotnet >/dev/null; then
    fail "The .NET 10 SDK is missing." \
      "Get it from https://dotnet.microsoft.com/download/dotnet/10.0 (Debian/Ubuntu: package dotnet-sdk-10.0) and run this again."
  fi
  local version
  if ! version=$(dotnet --version 2>/dev/null); then
    fail "The installed .NET SDK does not satisfy global.json (10.0.100 or later in .NET 10). Installed: $(dotnet --list-sdks | tr '\n' ' ')" \
      "Get .NET 10 from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
  fi
}

has_browser() { [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ]; }

# Prints what is missing, one word a line: ffmpeg, gtk, redis, chromium, prometheus.
missing_parts() {
  command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || echo ffmpeg
  has_library libgtk-3.so.0 || echo gtk
  if [ "$for_tests" = true ] && ! command -v redis-server >/dev/null; then echo redis; fi
  # Ubuntu has it as a snap only, which a test can not start.
  if [ "$for_tests" = true ] && ! has_browser && has_package chromium; then echo chromium; fi
  if [ "$for_tests" = true ] && [ ! -x /usr/bin/prometheus ] && has_package prometheus; then echo prometheus; fi
}

package_names() {
  local part
  for part in "$@"; do
    case "$part" in
      gtk) gtk_package ;;
      redis) echo redis-server ;;
      *) echo "$part" ;;
    esac
  done
}

install_packages() {
  local parts=("$@") elevate=()
  if ! command -v apt-get >/dev/null; then
    fail "Missing: ${parts[*]/gtk/GTK 3 (libgtk-3.so.0)}. This is not a Debian or Ubuntu system: install ffmpeg and GTK 3 with its package manager and run this again."
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
      local names
      names=$(package_names "${parts[@]}" | tr '\n' ' ')
      fail "Missing system packages: ${names% }. This user is neither root nor allowed to use sudo without a password." \
        "Run: sudo apt-get install ${names% }   and then this again."
    fi
    elevate=(sudo -n)
  fi
  local apt=("${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300) log
  log=$(mktemp)
  say "updating the package lists"
  "${apt[@]}" update >"$log" 2>&1 </dev/null || say "apt-get update failed, going on with the lists that are here"
  local packages
  mapfile -t packages < <(package_names "${parts[@]}")
  say "installing ${packages[*]}"
  if ! "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >>"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install: ${packages[*]}. Its last words are above."
  fi
  rm -f "$log"
}

check_dotnet
mapfile -t missing < <(missing_parts)
if [ "${#missing[@]}" -gt 0 ]; then
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_parts)
  [ "${#missing[@]}" -eq 0 ] || fail "Still missing after the installation: ${missing[*]}."
fi
say ".NET SDK $(dotnet --version), $(ffmpeg -version 2>/dev/null | sed -n '1s/^\(ffmpeg version [^ ]*\).*/\1/p'), GTK 3: all there"
