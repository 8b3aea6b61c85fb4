#!/usr/bin/env bash
# Builds the images of gateway and silos with their software bills of materials and provenance.
#   build-images.sh TAG [PREFIX]           e.g. build-images.sh 0.1.0 registry.example.com/stablevideo
#   build-images.sh TAG PREFIX --push      also pushes them
#   build-images.sh --locks                writes the lock files of a restore anew, after packages have changed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --locks ]; then
  for project in Gateway Cli Silo; do
    dotnet restore "src/StableVideo.$project" -p:LockedRestore=true -p:RestoreLockedMode=false --force-evaluate
  done
  exit 0
fi
if [ $# -lt 1 ] || [ "$1" = --help ]; then
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 2
fi
tag=$1 prefix=${2:-stablevideo} output=--load
[ "${3:-}" = --push ] && output=--push
command -v docker >/dev/null || { echo "build-images: docker with buildx is needed" >&2; exit 3; }

build() {
  docker buildx build --file "$1" --tag "$prefix/$2:$tag" --sbom=true --provenance=mode=max "$output" .
}
build src/StableVideo.Gateway/Dockerfile gateway
build src/StableVideo.Silo/Dockerfile.cpu silo-cpu
build src/StableVideo.Silo/Dockerfile.gpu silo-gpu
