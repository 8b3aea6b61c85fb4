#!/usr/bin/env bash
# Writes the plain manifests of k8s/ anew from the chart, after it has changed: render-k8s.sh [FOLDER]; needs helm (or HELM=path).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/k8s}
helm=${HELM:-helm}
mkdir -p "$out/base" "$out/overlays/prod"
render() { "$helm" template stablevideo "$root/helm/stablevideo" --namespace stablevideo --set test.enabled=false "$@"; }
render --set keda.enabled=false >"$out/base/stablevideo.yaml"
render | awk 'BEGIN { RS = "---\n"; ORS = "" } /kind: ScaledObject/ { print "---\n" $0 }' >"$out/overlays/prod/scaledobjects.yaml"
