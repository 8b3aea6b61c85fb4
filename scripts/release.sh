#!/usr/bin/env bash
# Makes a release in artifacts/release: release.sh [--no-tests] [--key KEYID]
#   archives of the command line, silo and gateway for Linux x64, the client's package, the chart, and SHA256SUMS;
#   with --key the sums are signed by gpg. The version is that of Directory.Build.props and must have a section in CHANGELOG.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

tests=true key=
while [ $# -gt 0 ]; do
  case "$1" in
    --no-tests) tests=false ;;
    --key) key=${2:?--key needs the id of a key}; shift ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
grep -q "^## $version\$" CHANGELOG.md || { echo "release: CHANGELOG.md has no section '## $version'" >&2; exit 1; }
grep -q "^appVersion: \"$version\"\$" helm/stablevideo/Chart.yaml || { echo "release: helm/stablevideo/Chart.yaml is not of version $version" >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || { echo "release: there are changes that are not committed" >&2; exit 1; }
[ "$tests" = false ] || ./test.sh --format

# From a copy: publishing for one system leaves another restore behind than the tests use.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git archive HEAD | tar -x -C "$work"
out=$PWD/artifacts/release
rm -rf "$out" && mkdir -p "$out"
# The same bytes whoever packs them: names in order, no owners, the time of the commit.
pack() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="$(git log -1 --format=%cI)" -C "$work/out" -c "$1" | gzip -n >"$out/$1.tar.gz"; }
for part in Cli Silo Gateway; do
  name=stablevideo-$(echo "$part" | tr '[:upper:]' '[:lower:]')-$version-linux-x64
  dotnet restore "$work/src/StableVideo.$part" -p:LockedRestore=true -v quiet
  dotnet publish "$work/src/StableVideo.$part" -c Release -r linux-x64 --self-contained false --no-restore -p:LockedRestore=true -p:RunAnalyzers=false -p:DebugType=none -o "$work/out/$name" -v quiet
  [ "$part" = Gateway ] || { mkdir -p "$work/out/$name/models" && cp -r models/embedded "$work/out/$name/models/"; }
  cp LICENSE CHANGELOG.md "$work/out/$name/"
  pack "$name"
done
dotnet pack "$work/src/StableVideo.Client" -c Release -o "$out" -v quiet
mkdir -p "$work/out/stablevideo" && cp -r helm/stablevideo/. "$work/out/stablevideo/" && mv "$work/out/stablevideo" "$work/out/stablevideo-chart-$version" && pack "stablevideo-chart-$version"
(cd "$out" && sha256sum -- * >SHA256SUMS)
[ -z "$key" ] || gpg --batch --yes --local-user "$key" --armor --detach-sign "$out/SHA256SUMS"
echo "release: $version in $out"
(cd "$out" && ls -1)
